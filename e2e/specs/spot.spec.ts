// A station's point: picked on the map when it is added, and moved when it moves; by its coordinates without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person, town } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

const shown = async (page: Page): Promise<string> => (await page.locator("main .q-summary").textContent()) ?? "";

/** Touches the map at a share of its width and height; the form beside it has the point then. */
async function touch(page: Page, across: number, down: number): Promise<string> {
  const canvas = page.locator(".q-map canvas");
  await canvas.waitFor();
  await page.waitForFunction(() => document.querySelector('[data-role="map-note"]')?.textContent
    === document.querySelector<HTMLElement>(".q-map")?.dataset["tPick"]);
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  assert.ok(box !== null);
  await page.mouse.click(box.x + box.width * across, box.y + box.height * down);
  const field = page.locator('form [name="coordinates"]');
  assert.match(await field.inputValue(), /^\d+\.\d{6},\d+\.\d{6}$/);
  assert.equal(await page.locator('form [name="datum"]').inputValue(), "wgs84");
  return field.inputValue();
}

for (const locale of LOCALES) {
  test(`a station is added and moved on the map (${locale})`, async () => {
    const desk = await stage.desk({ locale });
    await signIn(desk, person("tenant-admin"));
    await desk.goto("/admin/places/spots");
    await ready(desk);
    await desk.locator('[data-role="map-open"]').click();
    const first = await touch(desk, 0.5, 0.5);
    await desk.locator('form#add [name="name"]').fill(`新驿站 ${locale}`);
    await accessible(desk, "/admin/places/spots with a map");
    await picture(desk, `spot-add-${locale}`);
    await desk.locator("form#add button").click();
    await desk.waitForURL(/\/admin\/places\/[0-9a-f-]{36}$/);
    const [lng] = first.split(",");
    assert.ok((await shown(desk)).includes(String(Number(lng))), "as it was picked");

    const before = await shown(desk);
    const second = await touch(desk, 0.7, 0.4);
    assert.ok(Number(second.split(",")[0]) > Number(lng), "to the east");
    await accessible(desk, "one station with a map");
    await picture(desk, `spot-move-${locale}`);
    await desk.locator("form#change button").click();
    await desk.waitForFunction((before) =>
      document.querySelector("main .q-summary")?.textContent !== before, before);
    assert.ok((await shown(desk)).includes(String(Number(second.split(",")[0]))), "and as it was moved");
    stage.quiet();
  });
}

test("without script the coordinates do it", async () => {
  const desk = await stage.desk({ script: false });
  await signIn(desk, person("tenant-admin"));
  await desk.goto("/admin/places/spots");
  await desk.locator('form#add [name="name"]').fill("无脚本驿站");
  await desk.locator('form#add [name="coordinates"]').fill(`${town.place.lng},${town.place.lat}`);
  await desk.locator('form#add [name="datum"]').selectOption("wgs84");
  await desk.locator("form#add button").click();
  await desk.waitForURL(/\/admin\/places\/[0-9a-f-]{36}$/);
  const before = await shown(desk);
  await desk.locator('form#change [name="coordinates"]').fill(`${town.place.lng + 0.001},${town.place.lat}`);
  await desk.locator('form#change [name="datum"]').selectOption("wgs84");
  await desk.locator("form#change button").click();
  await desk.waitForLoadState("load");
  assert.notEqual(await shown(desk), before);
  stage.quiet();
});
