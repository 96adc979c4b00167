// The pictures of the README, made from a town that lives: always made and looked over, kept by
// `node run.mjs screenshots --renew`.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { Photo } from "../src/photo.ts";
import { ready, signIn, Stage } from "../src/stage.ts";
import { OUT, person } from "../src/town.ts";

const FOLDER = path.join(OUT, "screenshots");

let stage: Stage;
before(async () => { stage = await Stage.open(); await mkdir(FOLDER, { recursive: true }); });
after(() => stage.close());

/** Takes the picture of what fits on the screen; nothing in it may be cut off or still to come. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  const lacking = await page.evaluate(async () => {
    await document.fonts.ready;
    const onScreen = (element: Element): boolean => {
      const { top, bottom, width } = element.getBoundingClientRect();
      return width > 0 && bottom > 0 && top < innerHeight;
    };
    const pictures = [...document.images].filter(onScreen);
    await Promise.all(pictures.map((image) => image.decode().catch(() => undefined)));
    const empty = pictures.filter((image) => image.naturalWidth === 0).map((image) => image.src);
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["wider than the screen"] : [];
    return [...empty, ...wide];
  });
  assert.deepEqual(lacking, [], name);
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: "disabled", caret: "hide" });
}

/** One of `matters`, and a photo of it out of the town's own life. */
async function noticed(desk: Page, matters: string[]): Promise<{ matter: string; photo: Photo }> {
  await desk.goto("/cases?state=closed");
  const seen = await desk.locator('[data-role="rows"] [data-case]:has(img)').evaluateAll((rows) =>
    rows.map((row) => [row.querySelector("strong")?.textContent ?? "", row.querySelector("img")?.src ?? ""] as const));
  const [matter, thumb] = seen.find(([matter]) => matters.includes(matter)) ?? seen[0] ?? ["", ""];
  const answer = await desk.request.get(thumb.replace(/thumb$/, "full"));
  assert.ok(answer.ok(), `${thumb}: ${answer.status()}`);
  return { matter, photo: { name: "street.jpg", mimeType: "image/jpeg", buffer: await answer.body() } };
}

test("the queue of the grid centre, and a rider's phone about to send", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases");
  await ready(desk);
  assert.ok((await desk.locator('[data-role="rows"] [data-case]').count()) > 3, "there is life in the queue");
  await desk.locator('.q-map.is-open canvas').waitFor();
  await take(desk, "queue");
  await desk.goto("/wall");
  await ready(desk);
  await take(desk, "wall");

  const phone = await stage.phone();
  await signIn(phone, person("rider"));
  await phone.goto("/report");
  await ready(phone);
  await phone.locator('[data-role="position"].is-good').waitFor();
  await phone.waitForLoadState("networkidle");
  const suggested = phone.locator('[data-role="suggestions"] [data-slot="name"]');
  const { matter, photo } = await noticed(desk, await suggested.allTextContents());
  await phone.locator('[data-role="photo-input"]').first().setInputFiles(photo);
  await phone.locator('[data-role="photos"] img').waitFor();
  const same = suggested.getByText(matter, { exact: true });
  await ((await same.count()) > 0 ? same : suggested).first().click();
  await phone.evaluate(() => scrollTo(0, 0));
  await take(phone, "report");
  stage.quiet();
});

test("what came of a report", async () => {
  const phone = await stage.phone();
  await signIn(phone, person("rider"));
  await phone.goto("/mine");
  // The longest line of life says most; the newest reports have hardly begun theirs.
  const paths = await phone.locator("main [data-case] a:has(strong)").evaluateAll((links) =>
    links.map((link) => link.getAttribute("href")));
  let longest = { path: "", steps: 0 };
  for (const path of paths) {
    await phone.goto(path ?? "");
    const steps = await phone.locator(".q-timeline > li").count();
    if (steps > longest.steps) longest = { path: path ?? "", steps };
  }
  assert.ok(longest.steps > 0, "the rider has reported something");
  await phone.goto(longest.path);
  await ready(phone);
  await take(phone, "line-of-life");
  stage.quiet();
});
