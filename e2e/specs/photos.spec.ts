// Photos of units and grid workers: shrunk on the phone, however quickly send is pressed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { act, delivered, form, openCase, report } from "../src/acts.ts";
import { drawPhoto } from "../src/photo.ts";
import { ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

/** The long side that a photo leaves the phone with. */
const LONG_SIDE = 2048;

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** Opens something in the list that offers one of these commands, with its form open, and says which. */
async function openOffering(page: Page, list: string, commands: string[]): Promise<string> {
  await page.goto(list);
  const links = await page.locator("main [data-case] a:has(strong)").all();
  const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
  for (const path of paths) {
    await page.goto(path ?? "");
    for (const command of commands) {
      if ((await form(page, command).locator('[name="photo"]').count()) === 0) continue;
      await page.locator(`details#${command}`).evaluate((panel: HTMLDetailsElement) => { panel.open = true; });
      await ready(page);
      return command;
    }
  }
  return assert.fail(`${list} offers none of ${commands.join(", ")}`);
}

/** Somebody reports something, and the dispatcher has it open. */
async function reported(words: string, eastMetres: number): Promise<Page> {
  const phone = await stage.phone({ eastMetres });
  await report(phone, { words });
  await delivered(phone);
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await openCase(desk, "/cases", words);
  return desk;
}

/** A unit is given something to handle, so that there is something to take photos of. */
async function giveToUnit(): Promise<void> {
  const desk = await reported("请派人清理", 260);
  await act(desk, "file", { urgency: "normal" });
  await act(desk, "dispatch", { lead: person("unit-handler").unit ?? "" });
}

/** A grid worker is asked to verify something. */
async function askToVerify(): Promise<void> {
  const words = "请核实这里";
  const desk = await reported(words, 100);
  const offered = form(desk, "ask-verify").locator("option", { hasText: person("grid-worker").name });
  await act(desk, "ask-verify", { verifier: (await offered.first().getAttribute("value")) ?? "", words });
}

/** Width and height of what a file input holds. */
function held(page: Page, command: string): Promise<{ width: number; height: number; type: string; bytes: number }> {
  return form(page, command).locator('[name="photo"]').first().evaluate(async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file === undefined) throw new Error("no file");
    const { width, height } = await createImageBitmap(file);
    return { width, height, type: file.type, bytes: file.size };
  });
}

for (const [role, prepare, list, commands] of [
  ["unit-handler", giveToUnit, "/unit", ["hand-in"]],
  ["grid-worker", askToVerify, "/ground", ["pass", "confirm"]],
] as const) {
  test(`a large photo of a ${role} is sent small`, async () => {
    await prepare();
    const scratch = await stage.desk();
    await scratch.goto("/report");
    const photo = await drawPhoto(scratch, role, 4000, 3000);
    const phone = await stage.phone();
    await signIn(phone, person(role));
    const command = await openOffering(phone, list, [...commands]);
    const panel = form(phone, command);
    await panel.locator('[name="photo"]').first().setInputFiles(photo);
    await phone.waitForFunction((bytes) =>
      [...document.querySelectorAll<HTMLInputElement>('form [name="photo"]')].some((input) =>
        (input.files?.[0]?.size ?? bytes) < bytes), photo.buffer.length);
    const light = await held(phone, command);
    assert.deepEqual([Math.max(light.width, light.height), light.type], [LONG_SIDE, "image/jpeg"]);

    // Chosen again, and sent at once: what goes is the small one all the same.
    await panel.locator('[name="photo"]').first().setInputFiles(photo);
    const words = panel.locator('textarea[name="note"], textarea[name="words"]').first();
    await words.evaluate((field: HTMLTextAreaElement) => { field.value = "照片已缩小"; });
    const sent = phone.waitForRequest((request) => request.method() === "POST"
      && new URL(request.url()).pathname.endsWith(`/${command}`));
    const loaded = phone.waitForEvent("load");
    await panel.evaluate((form: HTMLFormElement) => form.requestSubmit());
    const request = await sent;
    const answer = await request.response();
    assert.ok((answer?.status() ?? 500) < 400, `${command}: ${answer?.status()}`);
    const { requestBodySize } = await request.sizes();
    assert.ok(requestBodySize < photo.buffer.length, `${requestBodySize} of ${photo.buffer.length} bytes`);
    await loaded;
    stage.quiet();
  });
}

// Phones with a camera of 108 megapixels are common; no server takes such a photo, and no line carries it.
test("a photo of 108 megapixels goes through, shrunk on the phone", async () => {
  const words = "一亿零八百万像素";
  const phone = await stage.phone({ eastMetres: 1500 });
  await phone.goto("/report");
  const photo = await drawPhoto(phone, "108", 12_000, 9_000);
  await signIn(phone, person("rider"));
  await report(phone, { words, photos: [photo] });
  await delivered(phone);
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await openCase(desk, "/cases", words);
  const kept = await desk.locator("main .q-photos a").first().evaluate(async (link: HTMLAnchorElement) => {
    const image = new Image();
    image.src = link.href;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });
  assert.deepEqual(kept, [LONG_SIDE, LONG_SIDE * 9_000 / 12_000]);
  stage.quiet();
});
