// Every step that a case can take is pressed on a page, by somebody whose step it is; what a walk misses is named.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { act, delivered, type Fields, openCase, openListed, report } from "../src/acts.ts";
import { drawPhoto } from "../src/photo.ts";
import { type Locale, picture, signIn, type Size, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

/** All steps but those that begin a case, which are one's own report page. */
const STEPS = [
  "ask-verify", "confirm", "refute", "file", "decline", "appeal", "merge", "unmerge", "dispatch", "send-back", "start",
  "hand-in", "ask-check", "pass", "fail", "ask-extension", "grant-extension", "refuse-extension", "suspend", "resume",
  "supervise", "answer-supervision", "reopen", "rate", "withdraw", "void", "correct", "question", "answer", "transfer",
  "take-back", "undo", "accept", "hand-in-part", "comment",
];
const RUNS: { locale: Locale; size: Size }[] = [{ locale: "zh", size: "phone" }, { locale: "en", size: "desk" }];
// Beyond where the other walks report, so that nothing of theirs is a repeat of this, and still in the worker's round.
const EAST_METRES = 1400;

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** Everybody who has to do with a case, each before a screen of their own. */
class Cast {
  readonly pressed = new Set<string>();
  readonly #pages = new Map<string, Page>();
  readonly #run: { locale: Locale; size: Size };
  readonly #eastMetres: number;

  constructor(run: { locale: Locale; size: Size }, eastMetres: number) {
    this.#run = run;
    this.#eastMetres = eastMetres;
  }

  async page(role: string, n = 0): Promise<Page> {
    const key = `${role} ${n}`;
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = await stage.at(this.#run.size, { locale: this.#run.locale, eastMetres: this.#eastMetres });
      await signIn(page, person(role, n));
      this.#pages.set(key, page);
    }
    return page;
  }

  /** Somebody reports, and it is a case. */
  async reports(words: string): Promise<string> {
    const rider = await this.page("rider");
    await report(rider, { words, photos: [await drawPhoto(rider, words)] });
    await delivered(rider);
    return openCase(await this.page("dispatcher"), "/cases", words);
  }

  /** A step on the page that is open, and a picture of what came of it. */
  async step(page: Page, command: string, fields: Fields = {}): Promise<void> {
    await act(page, command, fields);
    this.pressed.add(command);
    await picture(page, `step-${command}-${this.#run.locale}-${this.#run.size}`);
  }
}

/** A moment some days ahead, as a date field takes it (Beijing time). */
function inDays(days: number): string {
  return new Date(Date.now() + (days * 24 + 8) * 3_600_000).toISOString().slice(0, 16);
}

for (const [turn, run] of RUNS.entries()) {
  // A town that is walked through twice holds the cases of the first walk.
  const tag = `${run.locale}-${run.size} ${Date.now().toString(36)}`;

  test(`every step of the table has its place on a page (${run.locale}-${run.size})`, async () => {
    const cast = new Cast(run, EAST_METRES + turn * 150);
    const centre = await cast.page("dispatcher");
    const watch = await cast.page("supervisor");
    const rider = await cast.page("rider");
    const worker = person("grid-worker");

    // Intake: asked, answered, looked at, filed, taken back, filed.
    const words = `护栏松动 ${tag}`;
    const id = await cast.reports(words);
    await cast.step(centre, "question", { words: "在路的哪一侧？ which side?" });
    await openCase(rider, "/mine", words);
    await cast.step(rider, "answer", { words: "东侧 the east side" });
    await centre.goto(`/cases/${id}`);
    await cast.step(centre, "ask-verify", { verifier: await offered(centre, "ask-verify", worker.name), words });
    const ground = await cast.page("grid-worker");
    await openListed(ground, "/ground", id, words);
    await cast.step(ground, "confirm", { words: "属实 so it is", photo: await drawPhoto(ground, "seen") });
    await centre.goto(`/cases/${id}`);
    await cast.step(centre, "file", { urgency: "normal" });
    await cast.step(centre, "undo");
    await cast.step(centre, "file", { urgency: "urgent" });
    await cast.step(centre, "correct", { address: "路口东侧 east of the crossing" });
    await cast.step(centre, "comment", { words: "已电话核对 phoned" });

    // Handling: sent back, given again with a helper, more time refused and granted, put aside, watched over.
    const unit = person("unit-handler").unit ?? "";
    await cast.step(centre, "dispatch", { lead: unit });
    const lead = await cast.page("unit-lead");
    await openListed(lead, "/unit", id, words);
    await cast.step(lead, "send-back", { reason: "不属我处 not ours" });
    await centre.goto(`/cases/${id}`);
    const helper = person("unit-handler", 1).unit ?? "";
    await cast.step(centre, "dispatch", { lead: unit, assist: await offered(centre, "dispatch", helper) });
    const helping = await cast.page("unit-handler", 1);
    await openListed(helping, "/unit", id, words);
    await cast.step(helping, "accept");
    await cast.step(helping, "hand-in-part", { note: "已断电 power is off" });
    await lead.goto(`/unit/cases/${id}`);
    await cast.step(lead, "start");
    for (const [answer, fields] of [["refuse-extension", { reason: "明天有雨 rain" }], ["grant-extension", {}]] as const) {
      await lead.goto(`/unit/cases/${id}`);
      await cast.step(lead, "ask-extension", { until: inDays(30), reason: "缺材料 parts are missing" });
      await watch.goto(`/cases/${id}`);
      await cast.step(watch, answer, fields);
    }
    await cast.step(watch, "suspend", { reason: "等待到货 awaiting parts", review_at: inDays(5) });
    await cast.step(watch, "resume");
    await cast.step(watch, "supervise", { words: "请说明进度 how far is it?" });
    await lead.goto(`/unit/cases/${id}`);
    await cast.step(lead, "answer-supervision", { words: "今晚完成 tonight" });
    await lead.goto(`/unit/cases/${id}`);
    await cast.step(lead, "hand-in", { note: "已加固 fixed", photo: await drawPhoto(lead, "after") });

    // Checking: failed, handed in again, passed, rated, opened again, given outside and back, entered by mistake.
    for (const verdict of ["fail", "pass"]) {
      await centre.goto(`/cases/${id}`);
      await cast.step(centre, "ask-check", { checker: await offered(centre, "ask-check", worker.name) });
      await openListed(ground, "/ground", id, words);
      await cast.step(ground, verdict, { [verdict === "fail" ? "reason" : "words"]: "现场看过 seen on the spot", photo: await drawPhoto(ground, verdict) });
      if (verdict === "pass") break;
      await lead.goto(`/unit/cases/${id}`);
      await cast.step(lead, "hand-in", { note: "再次加固 fixed again", photo: await drawPhoto(lead, "again") });
    }
    await openCase(rider, "/mine", words);
    await cast.step(rider, "rate", { rating: "2" });
    await cast.step(rider, "reopen", { reason: "又松了 loose again" });
    await centre.goto(`/cases/${id}`);
    await cast.step(centre, "transfer", { body: "县12345热线", reference: tag });
    await cast.step(centre, "take-back", { reason: "对方退回 returned" });
    await watch.goto(`/cases/${id}`);
    await cast.step(watch, "void", { reason: "演示录入 entered for show" });
    // Two are needed for that.
    const other = await cast.page("supervisor", 1);
    await other.goto("/looks");
    await act(other, "answer");
    await watch.goto(`/cases/${id}`);
    await picture(watch, `step-void-${run.locale}-${run.size}`);
    assert.ok(!(await watch.content()).includes(`/cases/${id}/void"`), "it is void, and cannot be declared so again");

    // Beside it: declined and appealed, refuted, withdrawn, one into the other and out again.
    const branch = `树枝低垂 ${tag}`;
    const declined = await cast.reports(branch);
    await cast.step(centre, "decline", { reason: await firstReason(centre), words: "请补充位置 where is it?" });
    await openCase(rider, "/mine", branch);
    await cast.step(rider, "appeal", { words: "在桥头 at the bridge" });
    await centre.goto(`/cases/${declined}`);
    await cast.step(centre, "ask-verify", { verifier: await offered(centre, "ask-verify", worker.name), words: branch });
    await openListed(ground, "/ground", declined, branch);
    await cast.step(ground, "refute", { words: "未见 not there", photo: await drawPhoto(ground, "nothing") });

    const main = await cast.reports(`路灯不亮甲 ${tag}`);
    await cast.reports(`路灯不亮乙 ${tag}`);
    // What is alike is offered with a button of its own.
    const alike = centre.locator(`form[action$="/merge"]:has([name="main"][value="${main}"]) button`).first();
    await Promise.all([centre.waitForNavigation(), alike.click()]);
    cast.pressed.add("merge");
    assert.ok((await centre.content()).includes(`/cases/${main}`), "a merged case names the one it follows");
    await cast.step(centre, "unmerge", { reason: "两盏灯 two lamps" });
    await openCase(rider, "/mine", `路灯不亮乙 ${tag}`);
    await cast.step(rider, "withdraw");

    assert.deepEqual(STEPS.filter((step) => !cast.pressed.has(step)), [], "steps that no page offered");
    stage.quiet();
  });
}

/** The value of the choice with these words, in the form of a command. */
async function offered(page: Page, command: string, words: string): Promise<string> {
  const choice = page.locator(`form[action$="/${command}"] option`, { hasText: words }).first();
  return (await choice.getAttribute("value")) ?? "";
}

/** A reason for not taking it on that may be appealed against. */
async function firstReason(page: Page): Promise<string> {
  const reasons = page.locator('form[action$="/decline"] select[name="reason"] option[value]:not([value=""])');
  return (await reasons.first().getAttribute("value")) ?? "";
}
