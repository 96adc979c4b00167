// What is noticed without signal is neither lost nor doubled.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { delivered, report } from "../src/acts.ts";
import { drawPhoto } from "../src/photo.ts";
import { signIn, Stage } from "../src/stage.ts";
import { person, town } from "../src/town.ts";
import { Wire } from "../src/wire.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

test("kept over a reload without signal, sent once with it", async () => {
  const phone = await stage.phone({ eastMetres: 900 });
  await phone.goto("/report");
  await phone.evaluate(() => navigator.serviceWorker.ready);
  // The worker has the page once it has taken it over.
  await phone.reload();
  await phone.context().setOffline(true);
  await report(phone, { words: "离线一次", photos: [await drawPhoto(phone, "offline")] });
  await phone.locator('[data-role="sent"]').waitFor();
  await phone.reload();
  const kept = phone.locator('[data-role="outbox-list"] > *');
  await kept.first().waitFor();
  assert.equal(await kept.count(), 1, "still on this phone");
  await phone.context().setOffline(false);
  await phone.reload();
  await delivered(phone);
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
  wire.mend();
  await phone.goto("/report");
  await delivered(phone);
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
