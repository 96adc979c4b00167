// A consent is given with a finger or by keys alone, and withdrawn in one step.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

const GIVE = 'form[action^="/me/consents/to/"]';

/** Withdraws what holds, so that it is asked for again; says what ended with it. */
async function withdraw(page: Page): Promise<string> {
  await page.goto("/me/consents");
  const holding = page.locator('section a[href^="/me/consents/"]').first();
  if (await page.locator(GIVE).count() > 0) return "";
  await holding.click();
  await page.locator('form[action$="/withdraw"] button').click();
  await ready(page);
  await accessible(page, "a withdrawn consent");
  return (await page.locator("main").textContent()) ?? "";
}

for (const locale of LOCALES) {
  test(`signed with a finger (${locale})`, async () => {
    const page = await stage.phone({ locale });
    await signIn(page, person("rider"));
    await withdraw(page);
    await page.goto("/me/consents");
    await ready(page);
    const canvas = page.locator(`${GIVE} canvas`);
    await canvas.waitFor();
    await accessible(page, "/me/consents with a box to sign in");
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 20, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 80, { steps: 8 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name="signature"]')?.files?.length === 1);
    await picture(page, `consent-signature-${locale}`);
    await page.locator(`${GIVE} [name="agreed"]`).check();
    await page.locator(`${GIVE} button.q-button--primary`).click();
    await page.waitForURL(/\/me\/consents$/);
    await page.locator('section a[href^="/me/consents/"]').first().click();
    const proof = page.locator('a[href$="/proof"]');
    await proof.waitFor();
    const answer = await page.request.get(new URL((await proof.getAttribute("href")) ?? "", page.url()).href);
    assert.equal(answer.headers()["content-type"], "image/jpeg");
    assert.ok((await withdraw(page)).length > 0);
    stage.quiet();
  });
}

test("given by keys alone", async () => {
  const page = await stage.desk();
  await signIn(page, person("rider"));
  await withdraw(page);
  await page.goto("/me/consents");
  await ready(page);
  await page.locator(`${GIVE} [name="agreed"]`).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  const clear = page.locator(`${GIVE} [data-module="signature"] button`);
  if (await clear.evaluate((button) => button === document.activeElement)) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  // The page comes back at the same address, without the form.
  await page.locator(GIVE).waitFor({ state: "detached" });
  await withdraw(page);
  stage.quiet();
});
