// What is noticed without signal is neither lost nor doubled.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { delivered, report } from "../src/acts.ts";
import { drawPhoto } from "../src/photo.ts";
import { ready, signIn, Stage } from "../src/stage.ts";
import { person, town } from "../src/town.ts";
import { Wire } from "../src/wire.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** Letters that no other report has. */
const tag = (): string => randomUUID().replaceAll(/[^a-f]/g, "");

/** How many reports of these words the server has of whoever is signed in. */
async function onServer(page: Page, words: string): Promise<number> {
  const answer = await page.request.get("/mine", { headers: { accept: "application/json" } });
  assert.ok(answer.ok(), `/mine: ${answer.status()}`);
  const { reports } = (await answer.json()) as { reports: { words: string }[] };
  return reports.filter((one) => one.words === words).length;
}

test("kept over a reload without signal, sent once with it", async () => {
  const words = `离线一次 ${tag()}`;
  const phone = await stage.phone({ eastMetres: 900 });
  await signIn(phone, person("rider"));
  await phone.goto("/report");
  await phone.evaluate(() => navigator.serviceWorker.ready);
  // The worker has the page once it has taken it over.
  await phone.reload();
  await phone.context().setOffline(true);
  await report(phone, { words, photos: [await drawPhoto(phone, "offline")] });
  await phone.locator('[data-role="sent"]').waitFor();
  await phone.reload();
  const kept = phone.locator('[data-role="outbox-list"] > *');
  await kept.first().waitFor();
  assert.equal(await kept.count(), 1, "still on this phone");
  await phone.context().setOffline(false);
  assert.equal(await onServer(phone, words), 0, "nothing has been sent yet");
  await phone.reload();
  await delivered(phone);
  assert.equal(await onServer(phone, words), 1);
  // Opened again it sends nothing again.
  await phone.reload();
  await ready(phone);
  assert.equal(await onServer(phone, words), 1);
  stage.quiet();
});

test("kept over closing the browser without signal, sent once when it is opened again", async () => {
  const words = `关掉浏览器 ${tag()}`;
  const folder = await mkdtemp(path.join(tmpdir(), "qige-phone-"));
  const phone = await stage.phoneWith(folder, { eastMetres: 700 });
  await signIn(phone, person("rider"));
  await phone.goto("/report");
  await phone.evaluate(() => navigator.serviceWorker.ready);
  await phone.reload();
  await phone.context().setOffline(true);
  await report(phone, { words, photos: [await drawPhoto(phone, "closed")] });
  await phone.locator('[data-role="sent"]').waitFor();
  await phone.context().close();

  const again = await stage.phoneWith(folder, { eastMetres: 700 });
  await again.context().setOffline(true);
  await again.goto("/report");
  const kept = again.locator('[data-role="outbox-list"] > *');
  await kept.first().waitFor();
  assert.equal(await kept.count(), 1, "still on this phone");
  await again.context().setOffline(false);
  assert.equal(await onServer(again, words), 0, "nothing has been sent yet");
  await again.reload();
  await delivered(again);
  assert.equal(await onServer(again, words), 1);
  await again.context().close();
  await rm(folder, { recursive: true });
  stage.quiet();
});

test("a photo whose connection breaks half-way goes on where it stopped", async () => {
  const wire = await Wire.lay();
  const phone = await stage.phone({ eastMetres: 1100, url: wire.url });
  await phone.goto("/report");
  // Heavy enough for several pieces of 256 KB, even after the phone has shrunk it.
  const photo = await drawPhoto(phone, "heavy", 2048, 1536);
  wire.cutAfter(400 * 1024);
  await report(phone, { words: "半途而断", photos: [photo] });
  await phone.locator('[data-role="sent"]').waitFor();
  for (let wait = 0; wire.whole && wait < 100; wait += 1) await phone.waitForTimeout(100);
  assert.ok(!wire.whole, "the photo is large enough to be cut");
  const before = wire.asked.length;
  assert.ok(wire.asked.some(({ method, offset }) => method === "PATCH" && offset === 0), "it began at the beginning");
  wire.mend();
  await phone.goto("/report");
  await delivered(phone);
  const after = wire.asked.slice(before);
  assert.equal(after[0]?.method, "HEAD", "the phone asks what has arrived");
  const pieces = after.filter(({ method }) => method === "PATCH");
  assert.ok((pieces[0]?.offset ?? 0) > 0, `it goes on from there: ${JSON.stringify(after)}`);
  await phone.close();
  await wire.remove();
});

test("the same batch twice at once is one report with one receipt", async () => {
  const phone = await stage.phone();
  await signIn(phone, person("rider", 1));
  const csrf = await phone.locator("body").getAttribute("data-csrf");
  const device = randomUUID();
  const made = await phone.request.post("/me/device", {
    data: { device }, headers: { "x-csrf-token": csrf ?? "", accept: "application/json" },
  });
  assert.ok(made.ok(), `device: ${made.status()}`);
  const { token } = (await made.json()) as { token: string };
  const records = [{ index: 0, id: uuid7(), kind: "report", body: {
    matter: null, words: "同一批两次", ...town.place, accuracy_metres: 10, datum: "wgs84",
    made_at: new Date().toISOString(), photos: [], joins: null, solved: false,
  } }];
  const send = async (): Promise<unknown> => {
    const answer = await fetch(new URL("/sync/records", town.url), {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ device, records }),
    });
    assert.equal(answer.status, 200);
    return answer.json();
  };
  const [first, second] = await Promise.all([send(), send()]);
  assert.deepEqual(first, second);
  await phone.goto("/mine");
  assert.equal(await phone.getByText("同一批两次").count(), 1);
});

/** A UUID of version 7 (RFC 9562 §5.7), as the phone makes them. */
function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(15)}`;
}
