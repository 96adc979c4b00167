// Reports are about places: words that speak of a person are noticed while they are written, in the server's words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { opened } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { LOCALES, ready, Stage } from "../src/stage.ts";

const ABOUT_A_PERSON = "桥下有个形迹 可疑的人";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

for (const locale of LOCALES) {
  test(`words about a person are noticed before they are sent, and lead to help (${locale})`, async () => {
    const phone = await stage.phone({ locale, eastMetres: 900 });
    await phone.goto("/report");
    await ready(phone);
    const form = phone.locator('form[action="/report"]');
    const note = form.locator('[data-role="about-person"]');
    await opened(form.locator('[name="words"]'));
    await form.locator('[name="words"]').fill("桥下的井盖没了");
    assert.ok(await note.isHidden());
    await form.locator('[name="words"]').fill(ABOUT_A_PERSON);
    await note.waitFor();
    await accessible(phone);

    // What the server says to the same words, sent without script.
    const plain = await stage.phone({ locale, script: false });
    await plain.goto("/report");
    await plain.locator("details:has(#f-words) > summary").click();
    await plain.locator('[name="words"]').fill(ABOUT_A_PERSON);
    await plain.locator('[data-role="send"]').click();
    await plain.locator("#f-words[aria-invalid]").waitFor();
    const said = (await note.locator("p").innerText()).trim();
    assert.ok((await plain.locator("main").innerText()).includes(said), said);

    // It is not kept on the phone only to be refused later.
    await form.locator('[data-role="send"]').click();
    assert.ok(await note.isVisible() && await form.isVisible());
    assert.equal(await phone.locator('[data-role="outbox-list"] [data-state]').count(), 0);

    await note.locator('[data-role="help"]').click();
    const help = form.locator('input[name="matter"]:checked');
    assert.equal(await help.inputValue(), "matter-90-004");
    assert.ok(await form.locator(".q-no-photo").isVisible());
    await form.locator('[name="words"]').fill("桥下有位老人需要帮助");
    assert.ok(await note.isHidden());
    await form.locator('[data-role="send"]').click();
    await phone.locator('[data-role="sent"]').waitFor();
    stage.quiet();
  });
}
