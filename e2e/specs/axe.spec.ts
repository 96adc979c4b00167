// Every page, in both languages, as its people see it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person, town } from "../src/town.ts";

/** Who looks at which pages; nobody is a stranger. */
const PAGES: [who: string | null, desk: boolean, paths: string[]][] = [
  [null, false, ["/", "/report", "/follow", "/map", "/figures", "/sign-in", "/sign-in/code", "/sign-in/code/enter", "/invited", "/privacy", "/problems/report-about-person"]],
  ["rider", false, ["/report", "/mine", "/me", "/me/cover", "/me/home", "/me/points", "/me/second-step", "/me/second-step/code", "/me/second-step/change", "/me/passkeys", "/me/providers", "/me/consents", "/me/access", "/me/data", "/me/data/all", "/me/leave", "/me/notices", "/me/notices/sent"]],
  ["dispatcher", true, ["/cases", "/cases/repeats", "/cases/new", "/me", "/me/cover"]],
  ["supervisor", true, ["/cases", "/notices", "/handover", "/wall", "/wall?by=grids", "/evaluation", "/evaluation?by=class", "/evaluation/cases?indicator=on-time-file&of=true", "/evaluation/score", "/reports", "/routing", "/routing/new", "/routing?matter=matter-09-006&at=2026-09-23T18:00", "/looks"]],
  ["unit-handler", false, ["/unit"]],
  ["grid-worker", false, ["/ground", "/members"]],
  ["tenant-admin", true, ["/admin", "/admin/places", "/admin/places/import", "/admin/places/spots", "/admin/units", "/admin/calendar", "/admin/calendar/try", "/admin/people", "/admin/settings", "/admin/suggestions", "/admin/points", "/admin/jobs", "/evaluation/score", "/members", "/members?owing=true", "/members/roster", "/members/roster/take", "/admin/consents", "/admin/consents/call-back", "/admin/consents/call-back/preview", "/admin/retention", "/admin/requests", "/looks", "/admin/impact", "/admin/channels", "/admin/notice-words", "/admin/notice-words/unit-dispatched", "/admin/applications", "/admin/deliveries"]],
  ["security-admin", true, ["/admin/people", "/admin/permissions", "/admin/tokens", "/admin/keys", "/members", "/looks"]],
  ["auditor", true, ["/admin/journal", "/admin/journal/verify", "/admin/access", "/admin/retention", "/admin/retention/log", "/admin/impact"]],
];

/** Pages of one thing: who follows which link to them from where. */
const LINKED: [who: string, desk: boolean, from: string, pages: string[]][] = [
  ["rider", false, "/mine", ["/mine/{case}", "/mine/{case}/receipt"]],
  ["rider", false, "/me/consents", ["/me/consents/{id}"]],
  ["dispatcher", true, "/cases", ["/cases/{id}"]],
  ["supervisor", true, "/reports", ["/reports/{month}"]],
  ["supervisor", true, "/routing", ["/routing/{id}"]],
  ["unit-handler", false, "/unit", ["/unit/cases/{id}"]],
  ["tenant-admin", true, "/admin/places", ["/admin/places/{id}"]],
  ["tenant-admin", true, "/admin/units", ["/admin/units/{id}"]],
  ["tenant-admin", true, "/admin/people", ["/admin/people/{id}", "/admin/people/{id}/consents"]],
  ["security-admin", true, "/admin/people", ["/admin/people/{id}", "/admin/people/{id}/sees"]],
  ["security-admin", true, "/admin/people", ["/admin/people/{id}", "/admin/people/{id}/password"]],
];

/** Pages that are not opened here, each with why. */
const ELSEWHERE: Record<string, string> = {
  "/setup": "closed once somebody is here",
  "/dev/components": "for whoever changes the product",
  "/cases/{id}/next": "leads on to another page",
  "/cases/selection": "comes after cases were ticked; bulk.spec.ts opens it",
  "/sign-in/second": "comes after a password alone; second-step tests open it",
  "/invited/{code}": "opened in members.spec.ts",
  "/ground/{case}": "nobody's task waits for long in the demonstration; main-job.spec.ts opens it",
  "/admin/channels/{id}": "no group is told anything in the demonstration",
  "/admin/places/import/{id}": "comes after a file alone",
  "/admin/people/{id}/consents/{consent}": "who consents in the demonstration is nobody of the first page",
};

/** What the description of the product says about an address. */
interface Described { get?: { responses?: { 200?: { content?: Record<string, unknown> } } } }

const opened = new Set<string>();

/** Opens a page, and holds it to what a page must be. */
async function look(page: Page, path: string, name: string): Promise<void> {
  const answer = await page.goto(path);
  if (answer?.status() !== 200) throw new Error(`${path}: ${answer?.status()}`);
  opened.add(new URL(page.url()).pathname);
  await ready(page);
  await accessible(page, path);
  await picture(page, `axe-${name}`);
}

/** An address of this shape that the page links to, or that begins with its own. */
async function linked(page: Page, shape: string): Promise<string> {
  const hrefs = await page.locator("main a[href]").evaluateAll((links) =>
    links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  const found = hrefs.find((href) => fits(href, shape, "[^/]*\\d[^/]*"));
  const [, above, last] = /^(.*)(\/[^/{]+)$/.exec(shape) ?? [];
  const here = new URL(page.url()).pathname;
  if (found === undefined && above !== undefined && fits(here, above)) return here + last;
  if (found === undefined) throw new Error(`${page.url()} leads to no ${shape}`);
  return found;
}

/** Whether an address is of a shape; ids and months have digits in them, and names of pages have none. */
function fits(path: string, shape: string, id = "[^/]+"): boolean {
  return new RegExp(`^${shape.replaceAll(/\{\w+\}/g, id)}$`).test(path);
}

function named(who: string | null, path: string, locale: string): string {
  return `${who ?? "stranger"}${path.replaceAll(/[^a-z0-9-]+/gi, "-")}-${locale}`;
}

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

for (const locale of LOCALES) {
  for (const [who, desk, paths] of PAGES) {
    test(`${who ?? "a stranger"} (${locale})`, async (context) => {
      const page = desk ? await stage.desk({ locale }) : await stage.phone({ locale });
      if (who !== null) await signIn(page, person(who));
      for (const path of paths) {
        await context.test(path, () => look(page, path, named(who, path, locale)));
      }
      stage.quiet();
    });
  }
}

for (const locale of LOCALES) {
  for (const [who, desk, from, pages] of LINKED) {
    test(`${who}, from ${from} (${locale})`, async (context) => {
      const page = desk ? await stage.desk({ locale }) : await stage.phone({ locale });
      await signIn(page, person(who));
      await page.goto(from);
      for (const shape of pages) {
        await context.test(shape, async () => look(page, await linked(page, shape), named(who, shape, locale)));
      }
      stage.quiet();
    });
  }
}

// Not every case has a photo to cover faces on.
for (const locale of LOCALES) {
  test(`a stored photo (${locale})`, async () => {
    const page = await stage.desk({ locale });
    await signIn(page, person("dispatcher"));
    await page.goto("/cases");
    const cases = await page.locator('main a[href^="/cases/0"]').evaluateAll((links) =>
      links.map((link) => (link as HTMLAnchorElement).href));
    for (const one of cases) {
      await page.goto(one);
      if (await page.locator('main a[href$="/cover"]').count() > 0) break;
    }
    const shape = "/photos/{object}/cover";
    await look(page, await linked(page, shape), named("dispatcher", shape, locale));
    stage.quiet();
  });
}

// Whoever reported without an account has the pages of their follow code.
for (const locale of LOCALES) {
  test(`by a follow code (${locale})`, async (context) => {
    const page = await stage.phone({ locale, eastMetres: 2400 + (locale === "en" ? 200 : 0) });
    const words = `摊位占了半条路 ${locale}`;
    const data = { matter: "matter-06-012", words, ...town.place, accuracy_metres: 12, datum: "wgs84", photos: [], joins: null, solved: false };
    const sent = await page.request.post(`${town.url}/report`, { data, headers: { accept: "application/json" } });
    const follow = `/follow/${(await sent.json() as { follow_code: string }).follow_code}`;
    for (const part of ["", "/receipt", "/call", "/data", "/data/all"]) {
      await context.test(part || "/", () => look(page, follow + part, named(null, `/follow${part}`, locale)));
    }
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
  const seen = new Set([...opened].map(of));
  assert.deepEqual(pages.filter((shape) => !seen.has(shape) && ELSEWHERE[shape] === undefined), []);
  const odd = Object.keys(ELSEWHERE).filter((shape) => seen.has(shape) || !pages.includes(shape));
  assert.deepEqual(odd, [], "opened here, or no page any more");
});
