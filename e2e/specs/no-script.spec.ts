// Browsers that run no script: old ones, locked ones, and those of people who switched it off.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { act, form } from "../src/acts.ts";
import { drawPhoto } from "../src/photo.ts";
import { signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

test("a report with a photo is a plain form", async () => {
  const scratch = await stage.desk();
  await scratch.goto("/report");
  const photo = await drawPhoto(scratch, "plain");
  const phone = await stage.phone({ script: false });
  await phone.goto("/report");
  const form = phone.locator('form[action="/report"]');
  await form.locator('[name="photo"]').first().setInputFiles(photo);
  const words = form.locator('[name="words"]');
  if (!(await words.isVisible())) await form.locator('details:has([name="words"]) > summary').click();
  await words.fill("没有脚本也能报");
  await form.locator('[data-role="send"]').click();
  await phone.waitForURL((url) => url.pathname !== "/report");
  await phone.getByText("没有脚本也能报").first().waitFor();
});

test("the queue is read, filtered and worked by links and forms", async () => {
  const desk = await stage.desk({ script: false });
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases");
  const rows = desk.locator('[data-role="rows"] [data-case]');
  assert.ok((await rows.count()) > 0, "the demonstration has cases waiting");
  await desk.locator('form[data-module="filter"] [data-role="filter-submit"]').first().click();
  await desk.waitForLoadState("load");
  await rows.first().locator('[data-role="open"]').click();
  await desk.waitForURL(/\/cases\/[0-9a-f-]{36}/);
  assert.ok((await desk.locator("form[method='post']").count()) > 0, "a case offers what can be done with it");
});

test("a unit begins and hands in by plain forms", async () => {
  const scratch = await stage.desk();
  await scratch.goto("/report");
  const photo = await drawPhoto(scratch, "mended");
  const phone = await stage.phone({ script: false });
  await signIn(phone, person("unit-handler"));
  await phone.goto("/unit");
  const links = await phone.locator("main [data-case] a:has(strong)").all();
  const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
  for (const path of paths) {
    await phone.goto(path ?? "");
    if ((await form(phone, "start").count()) > 0) await act(phone, "start");
    if ((await form(phone, "hand-in").locator('[name="photo"]').count()) > 0) break;
  }
  await act(phone, "hand-in", { note: "没有脚本也能交", photo });
  await phone.getByText("没有脚本也能交").first().waitFor();
});
