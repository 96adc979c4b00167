// Faces and plates are covered with one finger before a photo leaves the phone: what is stored has no trace of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { delivered, openCase, opened, report } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { drawPhoto, lightness } from "../src/photo.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

/** What is covered and what is looked at, in shares of the photo. */
const COVERED = { left: 0.1, top: 0.2, right: 0.4, bottom: 0.6 };
const BESIDE = { left: 0.6, top: 0.2, right: 0.9, bottom: 0.3 };
/** Painted black, and what JPEG makes of it at the most; the street is far lighter. */
const BLACK_MAX = 6;
const STREET_MIN = 60;
/** The narrowest phone that pages are made for. */
const NARROW = { width: 360, height: 740 };

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** The report form with a photo in it, and the editor over that photo. */
async function editorOver(phone: Page): Promise<Locator> {
  await phone.setViewportSize(NARROW);
  await phone.goto("/report");
  await ready(phone);
  await phone.locator('[data-role="photo-input"]').first().setInputFiles(await drawPhoto(phone, "plate"));
  await phone.locator('[data-role="photo-cover"]').click();
  const dialog = phone.locator('dialog[data-role="cover"]');
  await dialog.locator('[data-role="cover-image"]').waitFor();
  return dialog;
}

async function drag(phone: Page, sheet: Locator, area: typeof COVERED): Promise<void> {
  const frame = await sheet.boundingBox();
  assert.ok(frame !== null);
  const at = (x: number, y: number): [number, number] => [frame.x + frame.width * x, frame.y + frame.height * y];
  await phone.mouse.move(...at(area.left, area.top));
  await phone.mouse.down();
  await phone.mouse.move(...at(area.right, area.top), { steps: 3 });
  await phone.mouse.move(...at(area.right, area.bottom), { steps: 3 });
  await phone.mouse.up();
}

for (const locale of LOCALES) {
  test(`a box drawn with a finger is painted into the photo that is stored (${locale})`, async () => {
    const phone = await stage.phone({ locale, eastMetres: 1100 });
    await signIn(phone, person("rider"));
    const dialog = await editorOver(phone);
    const done = dialog.locator('[data-role="cover-done"]');
    assert.ok(await done.isDisabled(), "nothing to cover yet");
    const sheet = dialog.locator('[data-role="cover-sheet"]');
    await drag(phone, sheet, COVERED);
    // A second one is drawn by mistake, and taken back.
    await drag(phone, sheet, BESIDE);
    assert.equal(await dialog.locator(".q-cover__box").count(), 2);
    await dialog.locator('[data-role="cover-undo"]').click();
    assert.equal(await dialog.locator(".q-cover__box").count(), 1);
    await accessible(phone);
    await picture(phone, `photo-boxes-${locale}`);
    const preview = phone.locator('[data-role="photos"] img');
    const before = await preview.getAttribute("src");
    await done.click();
    await phone.waitForFunction((before) =>
      document.querySelector('[data-role="photos"] img')?.getAttribute("src") !== before, before);
    assert.ok(await lightness(preview, COVERED) < BLACK_MAX, "the preview shows it");

    await phone.locator('input[name="matter"]').first().check({ force: true });
    await opened(phone.locator('[name="words"]'));
    await phone.locator('[name="words"]').fill(`车停在盲道上 ${locale}`);
    await phone.locator('[data-role="send"]').click();
    await phone.goto(await delivered(phone));
    const stored = phone.locator('main img[src*="photos"]').first();
    await stored.waitFor();
    assert.ok(await lightness(stored, COVERED) < BLACK_MAX, "what lay under the box is gone");
    assert.ok(await lightness(stored, BESIDE) > STREET_MIN, "the rest is as it was");
    stage.quiet();
  });
}

test("boxes are added, moved, sized and taken away by keys, and going back covers nothing", async () => {
  const phone = await stage.phone();
  const dialog = await editorOver(phone);
  const preview = await phone.locator('[data-role="photos"] img').getAttribute("src");
  await dialog.locator('[data-role="cover-add"]').focus();
  await phone.keyboard.press("Enter");
  const box = dialog.locator(".q-cover__box");
  const share = (side: "left" | "top" | "width" | "height") =>
    box.evaluate((element: HTMLElement, side) => Math.round(Number.parseFloat(element.style[side])), side);
  assert.ok(await box.evaluate((element) => element === document.activeElement), "the new box has the focus");
  const [left, height] = [await share("left"), await share("height")];
  await phone.keyboard.press("ArrowRight");
  await phone.keyboard.press("Shift+ArrowDown");
  assert.deepEqual([await share("left"), await share("height")], [left + 1, height + 1]);
  await phone.keyboard.press("Delete");
  assert.equal(await box.count(), 0);
  await phone.keyboard.press("Enter");
  assert.equal(await box.count(), 1, "the focus went to where the next is added");
  await phone.keyboard.press("Escape");
  assert.ok(await dialog.isHidden());
  assert.equal(await phone.locator('[data-role="photos"] img').getAttribute("src"), preview);
  stage.quiet();
});

for (const locale of LOCALES) {
  test(`what slipped through is covered by the centre, and the picture as it was is gone (${locale})`, async () => {
    const words = `旁边有人 ${locale}`;
    const phone = await stage.phone({ locale, eastMetres: 1300 });
    await report(phone, { words, photos: [await drawPhoto(phone, "face")] });
    await delivered(phone);
    const desk = await stage.desk({ locale });
    await signIn(desk, person("dispatcher"));
    const id = await openCase(desk, "/cases", words);
    const stored = desk.locator('main .q-photos img[src^="/photos/"]').first();
    assert.ok(await lightness(stored, COVERED) > STREET_MIN);
    const before = await stored.getAttribute("src");
    await desk.locator('main .q-photos a[href$="/cover"]').first().click();
    await ready(desk);
    await accessible(desk);
    await desk.locator('[data-role="cover-open"]').click();
    const dialog = desk.locator('dialog[data-role="cover"]');
    await dialog.locator('[data-role="cover-image"]').waitFor();
    await drag(desk, dialog.locator('[data-role="cover-sheet"]'), COVERED);
    await dialog.locator('[data-role="cover-done"]').click();
    const shown = desk.locator('[data-role="cover-shown"] .q-cover__box');
    await shown.first().waitFor();
    assert.equal(await shown.count(), 1);
    await desk.locator('[name="reason"]').fill("路人的脸 a bystander");
    await accessible(desk);
    await picture(desk, `photo-cover-${locale}`);
    await desk.locator('form[data-module="cover"] button:not([type="button"])').click();
    await desk.waitForURL((url) => url.pathname === `/cases/${id}`);
    assert.notEqual(await stored.getAttribute("src"), before);
    assert.ok(await lightness(stored, COVERED) < BLACK_MAX, "what lay under the box is gone");
    assert.ok(await lightness(stored, BESIDE) > STREET_MIN, "the rest is as it was");
    const gone = await desk.evaluate(async (address) => (await fetch(address)).status, before ?? "");
    assert.equal(gone, 404);
    stage.quiet();
  });
}
