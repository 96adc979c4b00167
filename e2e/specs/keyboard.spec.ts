// The dispatcher's hour without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

test("the first tab stop skips to the page, and the focus can be seen", async () => {
  const desk = await stage.desk();
  await desk.goto("/report");
  await desk.keyboard.press("Tab");
  assert.equal(await desk.evaluate(() => document.activeElement?.getAttribute("href")), "#main");
  const shown = await desk.evaluate(() => {
    const box = document.activeElement?.getBoundingClientRect();
    return box !== undefined && box.top >= 0 && box.left >= 0 && box.width > 1;
  });
  assert.ok(shown, "the skip link shows itself when it has the focus");
});

test("the queue is walked, help is shown, a case is opened by keys alone", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases");
  await ready(desk);
  await desk.keyboard.press("?");
  await desk.locator('dialog[data-role="keys-help"][open]').waitFor();
  await desk.keyboard.press("Escape");
  await desk.keyboard.press("j");
  await desk.keyboard.press("j");
  await desk.keyboard.press("k");
  const current = desk.locator('[data-role="rows"] [aria-current="true"]');
  assert.equal(await current.count(), 1);
  const wanted = await current.getAttribute("data-case");
  await desk.keyboard.press("Enter");
  await desk.waitForURL((url) => url.pathname === `/cases/${wanted}`);
  await desk.goBack();
  await ready(desk);
  await desk.keyboard.press("/");
  assert.ok(await desk.evaluate(() => document.activeElement?.matches("input[type=search], [data-role=search]")));
  stage.quiet();
});

test("a case is filed by its key, and undone by another", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases?state=reported");
  await ready(desk);
  // What was given a matter by its reporter is filed at once; the rest is asked about on its own page.
  const ids = await desk.locator('[data-role="rows"] [data-case]').evaluateAll((rows) =>
    rows.map((row) => row.querySelector('form[action$="/file"]') === null ? null : row.getAttribute("data-case")));
  const at = ids.findIndex((id) => id !== null);
  assert.ok(at >= 0, "the demonstration has reports with a matter");
  const current = desk.locator('[data-role="rows"] [aria-current="true"]');
  do {
    await desk.keyboard.press("j");
  } while ((await current.getAttribute("data-case")) !== ids[at]);
  await desk.keyboard.press("f");
  await desk.locator('[data-module="undo"]').waitFor();
  await ready(desk);
  assert.equal(await desk.locator(`[data-case="${ids[at]}"]`).count(), 0, "it waits no longer");
  await desk.keyboard.press("u");
  await desk.locator(`[data-case="${ids[at]}"]`).waitFor();
  stage.quiet();
});
