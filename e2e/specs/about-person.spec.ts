// Reports are about places: words that speak of a person are noticed while they are written, in the server's words.
// Numbers of people are noticed wherever something is written about a case.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator } from "playwright-core";
import { act, delivered, form as formOf, openCase, opened, report } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { LOCALES, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

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

for (const [turn, locale] of LOCALES.entries()) {
  test(`a number of somebody is noticed in every form, and units read it only where they need it (${locale})`, async () => {
    const words = `车挡住通道 ${locale}，车主电话13812345678`;
    const phone = await stage.phone({ locale, eastMetres: 1200 + turn * 200 });
    await report(phone, { words });
    await delivered(phone);
    const desk = await stage.desk({ locale });
    await signIn(desk, person("dispatcher"));
    await desk.goto("/cases/new");
    await ready(desk);
    await noticed(desk.locator("#f-words"), "personal", "13812345678");
    await noticed(desk.locator("#f-words"), "about-person", ABOUT_A_PERSON);
    await openCase(desk, "/cases", words.slice(0, 8));
    for (const command of ["comment", "question", "decline"]) {
      await noticed(formOf(desk, command).locator('textarea[name="words"]'), "personal", "苏G12345");
    }
    await accessible(desk);
    await act(desk, "file", { urgency: "critical" });
    const lead = person("unit-handler").unit ?? "";
    await act(desk, "dispatch", { lead, released_words: words });
    const unit = await stage.phone({ locale });
    await signIn(unit, person("unit-handler"));
    await openCase(unit, "/unit", words.slice(0, 8));
    const shown = await unit.locator("main").innerText();
    assert.ok(shown.includes("138****5678") && !shown.includes("13812345678"), shown);
    await noticed(formOf(unit, "send-back").locator("textarea"), "personal", "13812345678");
    stage.quiet();
  });
}

/** A note beside a field comes with what it is about, and goes with it. */
async function noticed(field: Locator, role: string, text: string): Promise<void> {
  const note = field.locator(`xpath=..//*[@data-role="${role}"]`);
  await opened(field);
  await field.fill("井盖没了");
  assert.ok(await note.isHidden());
  await field.fill(text);
  await note.waitFor();
  await field.fill("");
  assert.ok(await note.isHidden());
}
