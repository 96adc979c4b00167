// Routing rules: dragged, moved by keys, tried, and what they say on a case.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { picture, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

const order = (page: Page) => page.locator("#rules > li").evaluateAll((rows) => rows.map((row) => row.id));

async function rules(): Promise<Page> {
  const desk = await stage.desk();
  await signIn(desk, person("supervisor"));
  await desk.goto("/routing");
  await ready(desk);
  return desk;
}

test("a rule is dragged to another place, and moved back by keys", async () => {
  const desk = await rules();
  const before = await order(desk);
  const handle = desk.locator("#rules > li").nth(0).locator('[data-role="handle"]');
  const goal = await desk.locator("#rules > li").nth(2).boundingBox();
  await handle.hover();
  await desk.mouse.down();
  assert.ok(goal);
  await desk.mouse.move(goal.x + 40, goal.y + goal.height - 4, { steps: 12 });
  await Promise.all([desk.waitForEvent("load"), desk.mouse.up()]);
  await ready(desk);
  const dragged = [before[1], before[2], before[0], ...before.slice(3)];
  assert.deepEqual(await order(desk), dragged);
  // The row has the focus: two steps up and all is as it was.
  for (const _step of [1, 2]) {
    await Promise.all([desk.waitForEvent("load"), desk.keyboard.press("Alt+ArrowUp")]);
    await ready(desk);
  }
  assert.deepEqual(await order(desk), before);
  const focused = await desk.evaluate(() => document.activeElement?.closest("li")?.id);
  assert.equal(focused, before[0]);
  stage.quiet();
});

test("a rule is written, tried, and taken out", async () => {
  const desk = await rules();
  const before = await order(desk);
  await desk.locator('a[href="/routing/new"]').click();
  await desk.locator("#f-matter").fill("matter-06-010");
  await desk.locator("#f-hours").selectOption("outside");
  await desk.locator("#f-lead").selectOption({ index: 1 });
  await desk.locator("#f-name").fill("夜里的垃圾");
  const save = desk.locator("form.q-stack button.q-button--primary");
  await save.click();
  await desk.locator("[data-refused]").waitFor();
  assert.equal(await desk.locator("#f-name").inputValue(), "夜里的垃圾", "what was typed is still there");
  await picture(desk, "routing-never-reached");
  await desk.locator("#f-matter").fill("matter-06-002");
  await Promise.all([desk.waitForURL("**/routing"), save.click()]);
  await ready(desk);
  assert.equal((await order(desk)).length, before.length + 1);
  await desk.locator("#f-matter").fill("matter-06-002");
  await desk.locator("#f-at").fill("2026-09-23T23:00");
  await Promise.all([desk.waitForURL(/matter=/), desk.locator("#try button").click()]);
  assert.equal(await desk.locator("#rules > li[data-wins]").last().innerText().then((text) => text.includes("夜里的垃圾")), true);
  await picture(desk, "routing-tried");
  const remove = desk.locator("#rules > li").last().locator('form[action$="/remove"] button');
  await Promise.all([desk.waitForURL("**/routing"), remove.click()]);
  assert.deepEqual(await order(desk), before);
  stage.quiet();
});
