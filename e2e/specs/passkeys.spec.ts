// A passkey, by Chromium's own virtual authenticator: added, used to come in, used in the place of a code,
// renamed, removed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { SIZES, Stage, signIn } from "../src/stage.ts";
import { person, town } from "../src/town.ts";

// A passkey is for a name; an address of numbers has none.
const url = town.url.replace("127.0.0.1", "localhost");

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** A device with a screen lock that its owner opens. */
async function device(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

for (const [turn, size] of SIZES.entries()) {
  for (const locale of ["zh", "en"] as const) {
    test(`a passkey is added, lets in, and goes (${size}, ${locale})`, async () => {
      const page = await stage.at(size, { locale, url });
      const rider = person("rider", turn);
      await signIn(page, rider);
      const { cdp, id } = await device(page);
      await page.goto("/me/passkeys");
      const form = page.locator('form[data-module="passkey"]');
      await form.locator('[data-role="able"]').waitFor();
      await accessible(page);
      await form.locator('input[name="name"]').fill("My phone");
      await form.locator('input[name="password"]').fill("not this one");
      await form.locator("button").click();
      await form.locator('[data-role="note"]:not(:empty)').waitFor();
      await form.locator('input[name="password"]').fill(rider.password);
      await form.locator("button").click();
      await page.locator("strong", { hasText: "My phone" }).waitFor();
      assert.equal((await cdp.send("WebAuthn.getCredentials", { authenticatorId: id })).credentials.length, 1);
      await accessible(page);

      await page.goto("/me");
      await page.locator('form[action="/sign-out"] button').first().click();
      await page.goto("/sign-in?next=/me/passkeys");
      await page.locator('form[action="/sign-in/passkey"] [data-role="able"]').waitFor();
      await accessible(page);
      await page.locator('form[action="/sign-in/passkey"] button').click();
      await page.waitForURL((at) => at.pathname === "/me/passkeys");

      const naming = page.locator("details", { has: page.locator('form[action$="/name"]') });
      await naming.locator("summary").click();
      await naming.locator('input[name="name"]').fill("Phone at work");
      await naming.locator("button").click();
      await page.locator("strong", { hasText: "Phone at work" }).waitFor();
      const removing = page.locator("details", { has: page.locator('form[action$="/remove"]') });
      await removing.locator("summary").click();
      await accessible(page);
      await removing.locator('input[name="password"]').fill(rider.password);
      await removing.locator("button").click();
      await page.locator("strong", { hasText: "Phone at work" }).waitFor({ state: "detached" });

      // What is no more here opens nothing, and says so.
      await page.goto("/me");
      await page.locator('form[action="/sign-out"] button').first().click();
      await page.goto("/sign-in");
      await page.locator('form[action="/sign-in/passkey"] [data-role="able"]').waitFor();
      await page.locator('form[action="/sign-in/passkey"] button').click();
      await page.locator("main [data-refused]").waitFor();
      assert.equal(new URL(page.url()).pathname, "/sign-in/passkey");
      stage.quiet();
    });
  }
}
