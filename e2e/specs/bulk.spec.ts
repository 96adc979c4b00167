// Several cases at once, by keys alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

test("what is ticked is commented on and taken back in one press, without a mouse", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases");
  await ready(desk);
  for (let row = 0; row < 3; row += 1) {
    await desk.keyboard.press("j");
    await desk.keyboard.press("x");
  }
  await desk.keyboard.press("C");
  await desk.waitForURL((url) => url.pathname === "/cases/selection");
  await ready(desk);
  const planned = desk.locator('input[name="case"]:checked');
  assert.equal(await planned.count(), 3, "all that were ticked can be spoken about");
  await desk.locator('textarea[name="words"]').focus();
  await desk.keyboard.type("周五前统一处理");
  await desk.locator("h1").click();
  await Promise.all([desk.waitForEvent("load"), desk.keyboard.press("g")]);
  await ready(desk);
  await desk.locator(".q-notice--success").waitFor();
  await Promise.all([desk.waitForEvent("load"), desk.keyboard.press("u")]);
  await ready(desk);
  await desk.locator(".q-notice--success").waitFor();
  assert.equal(await desk.locator(".q-field__error").count(), 0, "each was taken back");
  stage.quiet();
});

test("all that a filter holds is planned before anything is done", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases?state=reported");
  await ready(desk);
  const waiting = await desk.locator('[data-role="rows"] [data-case]').count();
  await desk.keyboard.press("X");
  await desk.keyboard.press("F");
  await desk.waitForURL((url) => url.pathname === "/cases/selection");
  await ready(desk);
  assert.ok((await desk.locator('input[name="case"]').count()) >= waiting);
  await desk.keyboard.press("b");
  await desk.waitForURL((url) => url.pathname === "/cases");
  stage.quiet();
});
