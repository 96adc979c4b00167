// Correcting the point of a report: on the light drawing, on the map, by keys, and where there is no map.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { delivered } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { LOCALES, picture, ready, Stage } from "../src/stage.ts";
import { town } from "../src/town.ts";

/** What nobody outside may learn before sending: a point as exact as the phone has it. */
const EXACT = /(?:lng|lat)=-?\d+\.\d{4,}|bbox=[^&]*\d\.\d{3,}/;

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** The panel is open, and says in which grid the phone stands. */
async function openPanel(page: Page): Promise<void> {
  await page.goto("/report");
  await ready(page);
  await page.locator('[data-role="pin"] > summary').click();
  await page.locator('[data-role="pin-canvas"] svg .pin-shape').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-role="pin-grid"]')?.textContent !== "");
}

const lng = async (page: Page): Promise<number> => Number(await page.locator('form [name="lng"]').inputValue());

for (const locale of LOCALES) {
  test(`the point is moved on the map, by thumb and by keys (${locale})`, async () => {
    const phone = await stage.phone({ locale });
    const asked: string[] = [];
    phone.on("request", (request) => asked.push(request.url()));
    await openPanel(phone);
    assert.ok(Math.abs((await lng(phone)) - town.place.lng) < 1e-5, "the phone's own point at first");
    await phone.locator('[data-role="pin-map-open"]').click();
    const canvas = phone.locator('[data-role="pin-map"] canvas');
    await canvas.waitFor();
    await phone.locator('[data-role="pin-map-close"]').waitFor();
    assert.equal(await phone.locator('[data-role="pin-canvas"]').isVisible(), false);
    await phone.waitForLoadState("networkidle");
    await accessible(phone, "/report with a map");
    await phone.locator('[data-role="pin"]').scrollIntoViewIfNeeded();
    await picture(phone, `pin-map-${locale}`);

    const before = await lng(phone);
    await canvas.focus();
    for (let press = 0; press < 3; press += 1) await phone.keyboard.press("ArrowRight");
    await phone.waitForFunction((before) =>
      Number(document.querySelector<HTMLInputElement>('form [name="lng"]')?.value) > before, before);
    const box = await canvas.boundingBox();
    assert.ok(box !== null);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 3];
    const keyed = await lng(phone);
    await phone.mouse.move(x, y);
    await phone.mouse.down();
    await phone.mouse.move(x - 60, y, { steps: 5 });
    await phone.mouse.up();
    await phone.waitForFunction((before) =>
      Number(document.querySelector<HTMLInputElement>('form [name="lng"]')?.value) > before + 1e-4, keyed);
    assert.equal(await phone.locator('form [name="accuracy_metres"]').inputValue(), "", "nobody measured it");

    await phone.locator('[data-role="pin-map-close"]').click();
    await phone.locator('[data-role="pin-canvas"] svg').waitFor();
    await picture(phone, `pin-drawing-${locale}`);
    await phone.locator('[data-role="pin-reset"]').click();
    assert.ok(Math.abs((await lng(phone)) - town.place.lng) < 1e-5, "back to what the phone says");
    assert.deepEqual(asked.filter((url) => EXACT.test(url)), []);
    assert.deepEqual(asked.filter((url) => new URL(url).origin !== new URL(town.url).origin
      && !/^(blob|data):/.test(url)), [], "no other host is asked for anything");
    stage.quiet();
  });
}

test("the corrected point is the one that arrives", async () => {
  const phone = await stage.phone({ eastMetres: 5200 });
  await openPanel(phone);
  await phone.locator('[data-role="pin-map-open"]').click();
  const canvas = phone.locator('[data-role="pin-map"] canvas');
  await canvas.focus();
  const before = await lng(phone);
  for (let press = 0; press < 5; press += 1) await phone.keyboard.press("Shift+ArrowLeft");
  await phone.waitForFunction((before) =>
    Number(document.querySelector<HTMLInputElement>('form [name="lng"]')?.value) < before - 1e-4, before);
  const moved = await lng(phone);
  await phone.locator('input[name="matter"]').first().check({ force: true });
  const sent = phone.waitForRequest((request) => request.url().endsWith("/sync/records"));
  await phone.locator('[data-role="send"]').click();
  const [record] = ((await sent).postDataJSON() as { records: { body: { lng: number; datum: string } }[] }).records;
  assert.equal(record?.body.datum, "wgs84");
  assert.ok(Math.abs((record?.body.lng ?? 0) - moved) < 1e-6);
  await delivered(phone);
  stage.quiet();
});

test("without signal the drawing serves, and says why there is no map", async () => {
  const phone = await stage.phone();
  await phone.goto("/report");
  await phone.evaluate(() => navigator.serviceWorker.ready);
  await phone.reload();
  await openPanel(phone);
  await phone.context().setOffline(true);
  await phone.locator('[data-role="pin-map-open"]').click();
  await phone.waitForFunction(() => document.querySelector('[data-role="pin-note"]')?.textContent !== "");
  const failed = await phone.locator('[data-module="report"]').getAttribute("data-t-pin-map-failed");
  await phone.getByText(failed ?? "").first().waitFor();
  const before = await lng(phone);
  await phone.locator('[data-role="pin-canvas"] svg').focus();
  await phone.keyboard.press("ArrowRight");
  assert.ok((await lng(phone)) > before, "the drawing moves the point without network");
  stage.quiet();
});

test("a panel that is first opened without signal comes from the cache", async () => {
  const phone = await stage.phone();
  await phone.goto("/report");
  await phone.evaluate(() => navigator.serviceWorker.ready);
  await phone.reload();
  await phone.context().setOffline(true);
  await phone.reload();
  await ready(phone);
  await phone.locator('[data-role="pin"] > summary').click();
  await phone.locator('[data-role="pin-canvas"] svg .pin-shape').waitFor();
  stage.quiet();
});

for (const locale of LOCALES) {
  test(`a map that was open once is there without signal too, with its grids (${locale})`, async () => {
    const phone = await stage.phone({ locale });
    await phone.goto("/report");
    await phone.evaluate(() => navigator.serviceWorker.ready);
    await phone.reload();
    const map = async () => {
      await openPanel(phone);
      await phone.locator('[data-role="pin-map-open"]').click();
      await phone.locator('[data-role="pin-map-close"]').waitFor();
      await phone.waitForLoadState("networkidle");
    };
    await map();
    const inside = await phone.locator('[data-role="pin-grid"]').textContent();
    // Nothing may come from the browser's own cache: on a phone that is the first to go.
    const line = await phone.context().newCDPSession(phone);
    await line.send("Network.clearBrowserCache");
    await phone.context().setOffline(true);
    await map();
    assert.equal(await phone.locator('[data-role="pin-grid"]').textContent(), inside);
    const before = await lng(phone);
    await phone.locator('[data-role="pin-map"] canvas').focus();
    await phone.keyboard.press("ArrowRight");
    await phone.waitForFunction((before) =>
      Number(document.querySelector<HTMLInputElement>('form [name="lng"]')?.value) > before, before);
    await phone.locator('[data-role="pin"]').scrollIntoViewIfNeeded();
    await picture(phone, `pin-map-offline-${locale}`);
    stage.quiet();
  });
}

test("where nothing can draw a map, none is offered", async () => {
  const phone = await stage.phone();
  await phone.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await openPanel(phone);
  assert.equal(await phone.locator('[data-role="pin-map-open"]').isVisible(), false);
  assert.equal(await phone.locator('[data-role="pin-note"]').textContent(), "");
  stage.quiet();
});
