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
  await desk.keyboard.press("/");
  assert.ok(await desk.evaluate(() => document.activeElement?.matches("input[type=search], [data-role=search]")));
  stage.quiet();
});

test("a case is filed by its key, and undone by another", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases?state=reported");
  await ready(desk);
  await desk.keyboard.press("j");
  await desk.keyboard.press("Enter");
  await desk.locator('[data-key="f"]').first().waitFor();
  await ready(desk);
  await desk.keyboard.press("f");
  const undo = desk.locator('[data-module="undo"]');
  if (!(await undo.isVisible().catch(() => false))) await desk.keyboard.press("Enter");
  await undo.waitFor();
  await desk.keyboard.press("u");
  await desk.locator('form[action$="/file"]').first().waitFor({ state: "attached" });
  stage.quiet();
});
