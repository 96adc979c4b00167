// Every page of the product as its people see it: in Chinese on the screen that they have before them, in English
// on the other one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { act } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { type Locale, LOCALES, picture, ready, signIn, type Size, Stage } from "../src/stage.ts";
import { person, town } from "../src/town.ts";

/**
 * Who looks at which pages, and on which screen in Chinese; nobody is a stranger. A page of one thing is named by
 * its shape, and found by a link on a page that this person has seen before.
 */
const PAGES: [who: string | null, home: Size, paths: string[]][] = [
  [null, "phone", [
    "/", "/report", "/follow", "/map", "/figures", "/sign-in", "/sign-in/code", "/sign-in/code/enter",
    "/sign-in/second", "/invited", "/privacy", "/problems/report-about-person",
  ]],
  ["rider", "phone", [
    "/report", "/mine", "/mine/{case}", "/mine/{case}/receipt", "/me", "/me/cover", "/me/home", "/me/points",
    "/me/password", "/me/sign-ins", "/me/second-step", "/me/second-step/code", "/me/second-step/change",
    "/me/passkeys", "/me/providers", "/me/consents", "/me/consents/{id}", "/me/access", "/me/data", "/me/data/all",
    "/me/leave", "/me/notices", "/me/notices/sent",
  ]],
  ["dispatcher", "desk", ["/cases", "/cases/{id}", "/cases/repeats", "/cases/new", "/me", "/me/cover"]],
  ["supervisor", "desk", [
    "/cases", "/notices", "/handover", "/wall", "/wall?by=grids", "/evaluation", "/evaluation?by=class",
    "/evaluation/cases?indicator=on-time-file&of=true", "/evaluation/score", "/reports", "/reports/{month}",
    "/routing", "/routing/new", "/routing/{id}", "/routing?matter=matter-09-006&at=2026-09-23T18:00", "/looks",
  ]],
  ["unit-handler", "phone", ["/unit", "/unit/cases/{id}"]],
  ["grid-worker", "phone", ["/ground", "/members"]],
  ["tenant-admin", "desk", [
    "/admin", "/admin/places", "/admin/places?kind=grid", "/admin/places/{id}", "/admin/places/import",
    "/admin/places/spots", "/admin/units", "/admin/units/{id}", "/admin/calendar", "/admin/calendar/try",
    "/admin/settings", "/admin/suggestions", "/admin/points", "/admin/jobs", "/evaluation/score", "/members",
    "/members?owing=true", "/members/roster", "/members/roster/take", "/admin/consents",
    "/admin/consents/call-back", "/admin/consents/call-back/preview", "/admin/retention", "/admin/requests",
    "/looks", "/admin/impact", "/admin/channels", "/admin/notice-words", "/admin/notice-words/unit-dispatched",
    "/admin/applications", "/admin/deliveries",
    // Not everybody is asked for a consent.
    `/admin/people?q=${encodeURIComponent(person("rider").name)}`, "/admin/people/{id}",
    "/admin/people/{id}/consents", "/admin/people/{id}/consents/{consent}", "/admin/people",
  ]],
  ["security-admin", "desk", [
    "/admin/people", "/admin/people/{id}", "/admin/people/{id}/password", "/admin/people/{id}/sees",
    "/admin/permissions", "/admin/tokens", "/admin/keys", "/members", "/looks",
  ]],
  ["auditor", "desk", [
    "/admin/journal", "/admin/journal/verify", "/admin/access", "/admin/sign-ins", "/admin/retention",
    "/admin/retention/log", "/admin/impact",
  ]],
];

/** Pages that are not opened here, each with why. */
const ELSEWHERE: Record<string, string> = {
  "/setup": "closed once somebody is here: first-day.spec.ts opens it",
  "/admin/places/import/{id}": "comes after a file alone: first-day.spec.ts opens it",
  "/dev/components": "for whoever changes the product, and served to nobody else",
  "/cases/{id}/next": "shows nothing: it leads on to the next case",
  "/invited/{code}": "comes after an invitation alone: members.spec.ts opens it",
  "/ground/{case}": "nobody's task waits for long in the demonstration: main-job.spec.ts opens it",
};

/** What the description of the product says about an address. */
interface Described { get?: { responses?: { 200?: { content?: Record<string, unknown> } } } }

/** Addresses that were opened. */
const seen = new Set<string>();

/** Somebody before a screen, and the links that they have seen so far, those of the last page first. */
class Visit {
  readonly page: Page;
  readonly #who: string;
  readonly #locale: Locale;
  readonly #links: string[] = [];
  #last = "";

  private constructor(page: Page, who: string, locale: Locale) {
    [this.page, this.#who, this.#locale] = [page, who, locale];
  }

  static async begin(who: string | null, home: Size, locale: Locale): Promise<Visit> {
    const other = home === "desk" ? "phone" : "desk";
    const page = await stage.at(locale === "zh" ? home : other, { locale });
    if (who !== null) await signIn(page, person(who));
    return new Visit(page, who ?? "stranger", locale);
  }

  /** Opens a page, and holds it to what a page must be. */
  async look(path: string): Promise<void> {
    const address = path.includes("{") ? this.#linked(path) : path;
    const answer = await this.page.goto(address);
    assert.equal(answer?.status(), 200, address);
    this.#last = new URL(this.page.url()).pathname;
    seen.add(this.#last);
    await ready(this.page);
    this.#links.unshift(...await this.page.locator("main a[href]").evaluateAll((links) =>
      links.map((link) => new URL((link as HTMLAnchorElement).href).pathname)));
    await accessible(this.page, path);
    await picture(this.page, `axe-${this.#who}${path.replaceAll(/[^a-z0-9-]+/gi, "-")}-${this.#locale}`);
  }

  /** An address of this shape that there was a link to, or that goes on from the page before. */
  #linked(shape: string): string {
    const found = this.#links.find((href) => fits(href, shape, "[^/]*\\d[^/]*"));
    if (found !== undefined) return found;
    const [, above = "", last = ""] = /^(.*)(\/[^/{]+)$/.exec(shape) ?? [];
    const here = this.#last.split("/").slice(0, above.split("/").length).join("/");
    return fits(here, above) ? here + last : assert.fail(`no page led to ${shape}`);
  }
}

/** Whether an address is of a shape; ids and months have digits in them, and names of pages have none. */
function fits(path: string, shape: string, id = "[^/]+"): boolean {
  return new RegExp(`^${shape.replaceAll(/\{\w+\}/g, id)}$`).test(path);
}

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

for (const locale of LOCALES) {
  for (const [who, home, paths] of PAGES) {
    test(`${who ?? "a stranger"} (${locale})`, async (context) => {
      const visit = await Visit.begin(who, home, locale);
      for (const path of paths) await context.test(path, () => visit.look(path));
      stage.quiet();
    });
  }
}

// Not every case has a photo to cover faces on, and what is done to several cases at once begins with ticking them.
for (const locale of LOCALES) {
  test(`a stored photo, and several cases (${locale})`, async () => {
    const visit = await Visit.begin("dispatcher", "desk", locale);
    await visit.page.goto("/cases");
    const rows = visit.page.locator('[data-role="rows"] [data-case]');
    const [one, other] = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-case")));
    await visit.look(`/cases/selection?do=comment&case=${one}&case=${other}`);
    await visit.page.goto("/cases?state=closed");
    await rows.and(visit.page.locator(":has(img)")).first().locator("a:has(strong)").first().click();
    const cover = visit.page.locator('main a[href^="/photos/"][href$="/cover"]').first();
    await visit.look(await cover.getAttribute("href") ?? "no photo can be covered");
    stage.quiet();
  });
}

// Whoever reported without an account has the pages of their follow code.
for (const locale of LOCALES) {
  test(`by a follow code (${locale})`, async (context) => {
    const visit = await Visit.begin(null, "phone", locale);
    const words = `摊位占了半条路 ${locale}`;
    const data = {
      matter: "matter-06-012", words, ...town.place, accuracy_metres: 12, datum: "wgs84", photos: [], joins: null,
      solved: false,
    };
    const sent = await visit.page.request.post("/report", { data, headers: { accept: "application/json" } });
    const { follow_code: code } = await sent.json() as { follow_code: string };
    for (const part of ["", "/receipt", "/call", "/data", "/data/all"]) {
      await context.test(part || "/", () => visit.look(`/follow/${code}${part}`));
    }
    stage.quiet();
  });
}

// A group that is told of the units' cases; nobody is at that address, and it is taken away again.
for (const locale of LOCALES) {
  test(`a group that is told (${locale})`, async () => {
    const visit = await Visit.begin("tenant-admin", "desk", locale);
    const { page } = visit;
    await page.goto("/admin/channels");
    const add = page.locator('form[action="/admin/channels"]');
    await add.locator('[name="kind"]').selectOption("webhook");
    await add.locator('[name="name"]').fill(`值班群 ${locale}`);
    await add.locator('[name="address"]').fill("https://nobody.invalid/hook");
    await add.locator("button").last().click();
    await page.locator('main a[href^="/admin/channels/"]').first().waitFor();
    await visit.look("/admin/channels");
    await visit.look("/admin/channels/{id}");
    await act(page, "end");
    stage.quiet();
  });
}

// What goes which way, kind by kind, stands there once somebody has a way.
for (const locale of LOCALES) {
  test(`kind by kind (${locale})`, async () => {
    for (const desk of [false, true]) {
      const page = desk ? await stage.desk({ locale }) : await stage.phone({ locale });
      await signIn(page, person("rider"));
      await page.goto("/me/notices");
      const add = page.locator('form[action="/me/notices/sms"] button');
      if (await add.count()) await add.click();
      const topics = page.locator("#kinds details");
      if (await topics.count() !== 6) throw new Error(`${await topics.count()} topics`);
      await topics.first().locator("summary").click();
      await topics.first().locator("input[type=checkbox]").first().waitFor({ state: "visible" });
      await ready(page);
      await accessible(page, page.url());
      await picture(page, `axe-rider-kind-by-kind-${desk ? "desk" : "phone"}-${locale}`);
    }
    stage.quiet();
  });
}

test("dark, and for elders", async () => {
  const page = await stage.phone();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/report");
  await accessible(page, "/report (dark)");
  await page.evaluate(() => document.documentElement.setAttribute("data-elder", "30"));
  await accessible(page, "/report (dark, elder)");
  await picture(page, "report-dark-elder");
});

// A page that is added later and opened nowhere fails here.
test("no page of the product is left out", async () => {
  const described = (await (await fetch(`${town.url}/openapi.json`)).json()) as { paths: Record<string, Described> };
  const isPage = (one: Described) => one.get?.responses?.[200]?.content?.["text/html"] !== undefined;
  const pages = Object.entries(described.paths).filter(([, one]) => isPage(one)).map(([shape]) => shape);
  assert.ok(pages.length > 50, `${pages.length} pages`);
  const of = (path: string) => pages.find((shape) => shape === path) ?? pages.find((shape) => fits(path, shape));
  const opened = new Set([...seen].map(of));
  assert.deepEqual(pages.filter((shape) => !opened.has(shape) && ELSEWHERE[shape] === undefined), []);
  const odd = Object.keys(ELSEWHERE).filter((shape) => opened.has(shape) || !pages.includes(shape));
  assert.deepEqual(odd, [], "opened here, or no page any more");
});
