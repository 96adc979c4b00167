// Put right on the spot (当场办结): a rider takes a photo before and one after, and somebody else looks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { act, delivered, form, openCase, openListed, opened } from "../src/acts.ts";
import { drawPhoto } from "../src/photo.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

for (const [turn, locale] of LOCALES.entries()) {
  test(`solved by the one who noticed it, checked by another, closed (${locale})`, async () => {
    const words = `顺手扶起共享单车 ${locale}`;
    const phone = await stage.phone({ locale, eastMetres: 320 + turn * 160 });
    await signIn(phone, person("rider"));
    const photos = [await drawPhoto(phone, "before"), await drawPhoto(phone, "after")];
    await phone.goto("/report");
    await ready(phone);
    const sending = phone.locator('form[action="/report"]');
    await sending.locator('[data-role="photo-input"]').first().setInputFiles(photos);
    await sending.locator('[data-role="photos"] img').nth(1).waitFor();
    await opened(sending.locator('[name="words"]'));
    await sending.locator('[name="words"]').fill(words);
    await sending.locator('[data-role="solved"]').check({ force: true });
    await sending.locator('[data-role="send"]').click();
    await delivered(phone);

    const desk = await stage.desk({ locale });
    await signIn(desk, person("dispatcher"));
    const id = await openCase(desk, "/cases", words);
    const state = async (): Promise<string> => {
      const answer = await desk.request.get(`/cases/${id}`, { headers: { accept: "application/json" } });
      return ((await answer.json()) as { state: string }).state;
    };
    assert.equal(await state(), "handled", "nobody is sent there");
    assert.equal(await desk.locator("main .q-photos img").count(), 2);
    await picture(desk, `solved-${locale}`);
    const worker = person("grid-worker");
    const offered = form(desk, "ask-check").locator("option", { hasText: worker.name });
    await act(desk, "ask-check", { checker: (await offered.first().getAttribute("value")) ?? "", words });
    const checker = await stage.phone({ locale });
    await signIn(checker, worker);
    await openListed(checker, "/ground", id, words);
    await act(checker, "pass", { photo: await drawPhoto(checker, "checked"), words: "已看 seen" });
    assert.equal(await state(), "closed");
    stage.quiet();
  });
}
