// What is new shows itself where people work from a list, and moves nothing until they want it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { act, delivered, form, openCase, report } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { drawPhoto } from "../src/photo.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

const rows = (page: Page): Promise<(string | null)[]> =>
  page.locator("#queue-list [data-case]").evaluateAll((all) => all.map((row) => row.getAttribute("data-case")));

/** Where the rows are on the screen. */
const places = (page: Page): Promise<number[]> =>
  page.locator("#queue-list [data-case]").evaluateAll((all) => all.map((row) => row.getBoundingClientRect().top));

/** The bar says that there is news; nothing else has changed; then the news is taken. */
async function takeNews(page: Page, cause: () => Promise<void>, name: string): Promise<void> {
  const bar = page.locator('#queue-list [data-role="news"]');
  assert.equal(await bar.isVisible(), false);
  const [listed, stood] = [await rows(page), await places(page)];
  await cause();
  await bar.waitFor();
  assert.match((await bar.textContent()) ?? "", /\b1\b/);
  assert.deepEqual(await rows(page), listed, "nothing comes by itself");
  assert.deepEqual(await places(page), stood, "nothing moves");
  await accessible(page, name);
  await picture(page, name);
  await bar.click();
  await page.waitForFunction(() =>
    document.querySelector<HTMLElement>('#queue-list [data-role="news"]')?.hidden === true);
}

for (const [turn, locale] of LOCALES.entries()) {
  test(`a unit and a grid worker are told what is new in their lists (${locale})`, async () => {
    const words = `新到一件 ${locale}`;
    const phone = await stage.phone({ locale, eastMetres: 700 + turn * 200 });
    await report(phone, { words });
    await delivered(phone);
    const centre = await stage.desk({ locale });
    await signIn(centre, person("dispatcher"));
    const id = await openCase(centre, "/cases", words);
    await act(centre, "file", { urgency: "critical" });

    const unit = await stage.phone({ locale });
    await signIn(unit, person("unit-handler"));
    await unit.goto("/unit");
    await ready(unit);
    const lead = person("unit-handler").unit ?? "";
    await takeNews(unit, () => act(centre, "dispatch", { lead }), `news-unit-${locale}`);
    assert.ok((await rows(unit)).includes(id), "the new case is there now");
    // What is none of this unit's is no news to it.
    const other = await stage.phone({ locale, eastMetres: 800 + turn * 200 });
    await report(other, { words: "别处一件" });
    await delivered(other);
    await unit.waitForTimeout(4500);
    assert.equal(await unit.locator('[data-role="news"]').isVisible(), false);

    const worker = await stage.phone({ locale });
    await signIn(worker, person("grid-worker"));
    await worker.goto("/ground");
    await ready(worker);
    await unit.goto(`/unit/cases/${id}`);
    await act(unit, "hand-in", { note: "好了 done", photo: await drawPhoto(unit, "done") });
    await centre.reload();
    const offered = form(centre, "ask-check").locator("option", { hasText: person("grid-worker").name });
    const checker = (await offered.first().getAttribute("value")) ?? "";
    await takeNews(worker, () => act(centre, "ask-check", { checker }), `news-ground-${locale}`);
    assert.ok((await rows(worker)).includes(id), "the new task is there now");
    stage.quiet();
  });
}
