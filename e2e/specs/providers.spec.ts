// Signing in by another service: a real one, on this machine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { SIZES, Stage, signIn } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** At the service: says who one is, and agrees. */
async function there(page: Page, account: string): Promise<void> {
  await page.locator('input[name="login"]').fill(account);
  await page.locator('input[name="password"]').fill("anything");
  await page.locator('button[type="submit"]').click();
  await page.locator('form[action*="/interaction/"] button[type="submit"]').click();
}

for (const [turn, size] of SIZES.entries()) {
  for (const locale of ["zh", "en"] as const) {
    const label = locale === "zh" ? "县统一身份认证" : "County sign-in";

    test(`a number that the service made sure of opens its owner's account (${size}, ${locale})`, async () => {
      const page = await stage.at(size, { locale });
      const handler = person("unit-handler", turn * 2 + (locale === "zh" ? 0 : 1));
      await page.goto("/sign-in?next=/me/providers");
      await accessible(page);
      await page.getByRole("link", { name: label }).click();
      await there(page, handler.phone);
      await page.waitForURL((at) => at.pathname === "/me/providers");
      await accessible(page);
      const ending = page.locator("details", { has: page.locator('form[action$="/unlink"]') });
      await ending.locator("summary").click();
      await ending.locator('input[name="password"]').fill(handler.password);
      await ending.locator("button").click();
      await page.locator('form[action="/me/providers/county"] button').waitFor();
      stage.quiet();
    });

    test(`an account there is linked by whoever is signed in here (${size}, ${locale})`, async () => {
      const page = await stage.at(size, { locale });
      const lead = person("unit-lead", turn * 2 + (locale === "zh" ? 0 : 1));
      const account = `somebody-${size}-${locale}`;
      await signIn(page, lead);
      await page.goto("/me/providers");
      await page.locator('input[name="password"]').fill(lead.password);
      await page.locator('form[action="/me/providers/county"] button').click();
      await page.waitForURL((at) => at.search === "?go=county");
      await accessible(page);
      await page.getByRole("link", { name: label }).click();
      await there(page, account);
      await page.waitForURL((at) => at.pathname === "/me/providers");
      await page.locator('form[action="/me/providers/county/unlink"]').waitFor({ state: "attached" });
      await page.goto("/me");
      await page.locator('form[action="/sign-out"] button').first().click();
      await page.goto("/sign-in?next=/me");
      // The service still knows this browser: it sends it back at once.
      await page.getByRole("link", { name: label }).click();
      await page.waitForURL((at) => at.pathname === "/me");
      assert.equal(await page.locator("h1").first().textContent(), lead.name);
      stage.quiet();
    });
  }
}

test("an account there that is nobody's here opens nothing", async () => {
  const page = await stage.desk();
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "县统一身份认证" }).click();
  await there(page, "nobody");
  await page.locator("main").getByText("没有对应的人").waitFor();
  await page.goto("/me");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});
