// A phone that reaches the server by name over plain HTTP: what the browser then refuses is said, and what is left
// works. Only the machine itself is trusted without HTTPS, so the name has to be another one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { delivered, openCase, report } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { drawPhoto } from "../src/photo.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person, town } from "../src/town.ts";

const NAME = "qige.test";
const URL_BY_NAME = town.url.replace(/\/\/[^:/]+/, `//${NAME}`);

let stage: Stage;
before(async () => { stage = await Stage.open([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]); });
after(() => stage.close());

for (const locale of LOCALES) {
  test(`what is lost is said, and a photo is chosen and sent (${locale})`, async () => {
    const words = `没有 HTTPS ${locale}`;
    const phone = await stage.phone({ locale, url: URL_BY_NAME });
    await phone.goto("/report");
    await ready(phone);
    assert.equal(await phone.evaluate(() => isSecureContext), false);
    assert.equal(await phone.evaluate(() => "serviceWorker" in navigator), false, "nothing can be installed");
    const lost = phone.locator('[data-module="lost"]');
    assert.ok(await lost.isVisible());
    assert.match((await lost.textContent()) ?? "", locale === "zh" ? /HTTPS|加密/ : /HTTPS/);
    await accessible(phone, "/report over plain HTTP");
    await picture(phone, `plain-http-${locale}`);
    await report(phone, { words, photos: [await drawPhoto(phone, `plain-${locale}`)] });
    await delivered(phone);
    const desk = await stage.desk({ locale });
    await signIn(desk, person("dispatcher"));
    await openCase(desk, "/cases", words);
    assert.equal(await desk.locator("main .q-photos img").count(), 1, "with its photo");
    stage.quiet();
  });
}

test("by an address that is trusted nothing is said to be lost", async () => {
  const phone = await stage.phone();
  await phone.goto("/report");
  await ready(phone);
  assert.ok(await phone.locator('[data-module="lost"]').isHidden());
});
