// Every main page, in both languages, as its people see it.
import { after, before, test } from "node:test";
import { accessible } from "../src/axe.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

/** Who looks at which pages; nobody is a stranger. */
const PAGES: [who: string | null, desk: boolean, paths: string[]][] = [
  [null, false, ["/", "/report", "/follow", "/map", "/figures", "/sign-in", "/sign-in/code", "/sign-in/code/enter", "/invited", "/privacy"]],
  ["rider", false, ["/report", "/mine", "/me", "/me/cover", "/me/passkeys", "/me/consents", "/me/data", "/me/data/all", "/me/leave", "/me/notices", "/me/notices/sent"]],
  ["dispatcher", true, ["/cases", "/cases/repeats", "/cases/new", "/me", "/me/cover"]],
  ["supervisor", true, ["/cases", "/notices", "/handover", "/wall", "/wall?by=grids", "/evaluation", "/evaluation?by=class", "/evaluation/cases?indicator=on-time-file&of=true", "/evaluation/score", "/reports", "/routing", "/routing/new", "/routing?matter=matter-09-006&at=2026-09-23T18:00", "/looks"]],
  ["unit-handler", false, ["/unit"]],
  ["grid-worker", false, ["/ground", "/members"]],
  ["tenant-admin", true, ["/admin", "/admin/places", "/admin/units", "/admin/people", "/admin/settings", "/evaluation/score", "/members", "/members/roster", "/admin/consents", "/admin/consents/call-back", "/admin/retention", "/admin/requests", "/looks", "/admin/impact", "/admin/channels", "/admin/notice-words", "/admin/notice-words/unit-dispatched", "/admin/applications", "/admin/deliveries"]],
  ["security-admin", true, ["/admin/people", "/admin/permissions", "/admin/tokens", "/members", "/looks"]],
  ["auditor", true, ["/admin/journal", "/admin/retention", "/admin/retention/log", "/admin/impact"]],
];

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

for (const locale of LOCALES) {
  for (const [who, desk, paths] of PAGES) {
    test(`${who ?? "a stranger"} (${locale})`, async (context) => {
      const page = desk ? await stage.desk({ locale }) : await stage.phone({ locale });
      if (who !== null) await signIn(page, person(who));
      for (const path of paths) {
        await context.test(path, async () => {
          const answer = await page.goto(path);
          if (answer?.status() !== 200) throw new Error(`${path}: ${answer?.status()}`);
          await ready(page);
          await accessible(page, path);
          await picture(page, `axe-${who ?? "stranger"}${path.replaceAll(/[^a-z0-9-]+/gi, "-")}-${locale}`);
        });
      }
      stage.quiet();
    });
  }
}

for (const locale of LOCALES) {
  test(`one place (${locale})`, async () => {
    const page = await stage.desk({ locale });
    await signIn(page, person("tenant-admin"));
    await page.goto("/admin/places");
    await page.locator('main a[href^="/admin/places/"]').last().click();
    await page.waitForURL(/\/admin\/places\/[0-9a-f-]{36}/);
    await ready(page);
    await accessible(page, page.url());
    await picture(page, `axe-tenant-admin-one-place-${locale}`);
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
