// The scheme's main job, from a thing noticed on the road to the word "closed", by everybody it passes through.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { act, delivered, form, openCase, openListed, report } from "../src/acts.ts";
import { accessible } from "../src/axe.ts";
import { drawPhoto } from "../src/photo.ts";
import { LOCALES, picture, signIn, SIZES, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** What a reporter reads when it is done. */
const CLOSED = { zh: "已结案", en: "Closed" };

/** What a reporter is told of the way there. */
const LIFE = ["report", "file", "dispatch", "start", "hand-in", "ask-check", "pass"];

const RUNS = LOCALES.flatMap((locale) => SIZES.map((size) => ({ locale, size })));

for (const [turn, { locale, size }] of RUNS.entries()) {
  const run = `${locale}-${size}`;
  const words = { rider: `路面破损 ${run}`, resident: `井盖松动 ${run}` };

  test(`a rider reports without signal, and it arrives once there is some (${run})`, async () => {
    const phone = await stage.at(size, { locale, eastMetres: turn * 400 });
    await signIn(phone, person("rider"));
    const photo = await drawPhoto(phone, "before");
    await phone.goto("/report");
    await phone.evaluate(() => navigator.serviceWorker?.ready);
    await phone.context().setOffline(true);
    await report(phone, { words: words.rider, photos: [photo] });
    await phone.locator('[data-role="sent"]').waitFor();
    await picture(phone, `report-kept-${run}`);
    await phone.context().setOffline(false);
    await delivered(phone);
    await picture(phone, `report-delivered-${run}`);
    stage.quiet();
  });

  test(`a resident reports without an account and follows it (${run})`, async () => {
    const phone = await stage.at(size, { locale, eastMetres: turn * 400 + 200 });
    await phone.goto("/report");
    await picture(phone, `report-${run}`);
    await report(phone, { words: words.resident, photos: [await drawPhoto(phone, "resident")] });
    await phone.goto(await delivered(phone));
    await phone.getByText(words.resident).first().waitFor();
    await accessible(phone);
    await picture(phone, `follow-${run}`);
    stage.quiet();
  });

  test(`it is filed, dispatched, handled, checked, closed and rated (${run})`, async () => {
    const centre = await stage.at(size, { locale });
    await signIn(centre, person("dispatcher"));
    await centre.goto("/cases");
    await picture(centre, `queue-${run}`);
    const id = await openCase(centre, "/cases", words.rider);
    await accessible(centre);
    await act(centre, "file", { urgency: "normal" });
    await act(centre, "dispatch", { lead: person("unit-handler").unit ?? "" });
    await picture(centre, `case-${run}`);
    const address = new URL(centre.url()).pathname;

    const unit = await stage.at(size, { locale });
    await signIn(unit, person("unit-handler"));
    await openListed(unit, "/unit", id, words.rider);
    await accessible(unit);
    const rider = person("rider");
    assert.ok(!(await unit.content()).includes(rider.name), "the handler never learns who reported it");
    await act(unit, "start");
    await act(unit, "hand-in", { note: "已修补 mended", photo: await drawPhoto(unit, "after") });
    await picture(unit, `unit-${run}`);

    await centre.goto(address);
    const worker = person("grid-worker");
    const offered = form(centre, "ask-check").locator("option", { hasText: worker.name });
    await act(centre, "ask-check", { checker: (await offered.first().getAttribute("value")) ?? "", words: words.rider });
    const checker = await stage.at(size, { locale });
    await signIn(checker, worker);
    await openListed(checker, "/ground", id, words.rider);
    await accessible(checker);
    await act(checker, "pass", { photo: await drawPhoto(checker, "checked"), words: "已看 seen" });

    const phone = await stage.at(size, { locale });
    await signIn(phone, rider);
    const own = await openCase(phone, "/mine", words.rider);
    await accessible(phone);
    const answer = await phone.request.get(`/mine/${own}`, { headers: { accept: "application/json" } });
    const seen = (await answer.json()) as { state: string; life: { kind: string }[] };
    assert.equal(seen.state, "closed");
    assert.deepEqual(seen.life.map(({ kind }) => kind), LIFE);
    // The same line of life, in words, on the page.
    assert.equal(await phone.locator("main .q-timeline > li").count(), seen.life.length);
    await phone.locator("main .q-chip").getByText(CLOSED[locale]).first().waitFor();
    await picture(phone, `line-of-life-${run}`);
    await act(phone, "rate", { rating: "5" });
    stage.quiet();
  });
}
