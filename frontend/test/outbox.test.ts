import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { batchOf } from "../src/outbox/handover";
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, DELIVERED_DAYS, WAITING_MAX } from "../src/outbox/model";
import { drop, tidy } from "../src/outbox/outcomes";
import { allDevices, append, everything, FullError, waiting } from "../src/outbox/records";
import { FakeServer, problem } from "./fake-server";
import { draft, Phone } from "./phone";

let server: FakeServer;
beforeEach(async () => {
  server = await new FakeServer().start();
});
afterEach(() => server.stop());

test("what was kept without network arrives once, in order, with its receipt", async () => {
  const phone = await Phone.new(server);
  const kept = [await phone.keep("一"), await phone.keep("二"), await phone.keep("三")];
  assert.deepEqual(
    kept.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.deepEqual(await phone.states(), ["waiting", "waiting", "waiting"]);
  assert.deepEqual(await phone.send(), { left: false, retryAfterSeconds: null });
  assert.deepEqual(await phone.states(), ["delivered", "delivered", "delivered"]);
  assert.deepEqual(
    [...server.reports.keys()],
    kept.map(({ id }) => id),
  );
  assert.equal(server.count("POST", "/sync/records"), 1);
  assert.equal((await phone.only()).receipt?.url?.startsWith("/r/"), true);
  await phone.send();
  assert.equal(server.count("POST", "/sync/records"), 1, "nothing is sent when nothing waits");
});

test("a lost answer is asked for again, and the report exists once", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一");
  let lost = 0;
  server.loseAnswerOf = ({ path }) => path === "/sync/records" && (lost += 1) <= 2;
  assert.equal((await phone.send()).left, true);
  assert.deepEqual(await phone.states(), ["waiting"]);
  assert.equal(server.reports.size, 1, "the server has it, the phone does not know");
  await phone.keep("二");
  assert.equal((await phone.send()).left, true);
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["delivered", "delivered"]);
  assert.equal(server.reports.size, 2);
  assert.equal([...server.devices.values()][0]?.records.length, 2);
});

test("what a server lost track of goes on under a new device, with the same ids", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一");
  await phone.send();
  const later = [await phone.keep("二"), await phone.keep("三")];
  for (const device of server.devices.values()) device.records.length = 0;
  assert.equal((await phone.send()).left, false);
  assert.equal(server.devices.size, 2);
  const [, second] = [...server.devices.values()];
  assert.deepEqual(
    second?.records.map(({ index, id }) => ({ index, id })),
    later.map(({ id }, index) => ({ index, id })),
  );
  assert.deepEqual(await phone.states(), ["delivered", "delivered", "delivered"]);
});

test("an answer without results is a gap too", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一");
  let gaps = 0;
  server.before = ({ path }, response) => {
    if (path !== "/sync/records" || (gaps += 1) > 1) return false;
    response.writeHead(200).end(JSON.stringify({ next: 0 }));
    return true;
  };
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["delivered"]);
  assert.equal(server.devices.size, 2);
});

test("a phone whose disk went back in time does not take another report's receipt for its own", async () => {
  const phone = await Phone.new(server);
  const first = await phone.keep("一");
  await phone.send();
  // Another report lies at the server under index 0 of this device.
  const [held] = [...server.devices.values()];
  assert.ok(held?.records[0] !== undefined);
  const second = await phone.keep("二");
  held.records.push({ index: 1, id: first.id, kind: "report", body: { words: "别的" } });
  await phone.send();
  assert.deepEqual(await phone.states(), ["delivered", "delivered"]);
  const mine = (await everything(phone.db, [""])).find(({ id }) => id === second.id);
  assert.equal(mine?.receipt?.report, second.id);
});

test("a refusal is final, says why, and holds up nothing behind it", async () => {
  const phone = await Phone.new(server);
  server.refuseWords = "坏";
  await phone.keep("坏");
  await phone.keep("好");
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["refused", "delivered"]);
  const refused = (await everything(phone.db, [""])).find(({ state }) => state === "refused");
  assert.equal(refused?.problem, "因为不行");
  assert.equal(refused?.receipt, null);
});

test("a record that the server cannot even read does not block those behind it", async () => {
  const phone = await Phone.new(server);
  await phone.keep("毒");
  await phone.keep("好");
  server.before = ({ path, body }, response) =>
    path === "/sync/records" && body.toString().includes("毒") && problem(response, 400, "看不懂");
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["refused", "delivered"]);
  assert.deepEqual(server.reports.size, 1);
});

test("401 means: register again, and go on", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一");
  await phone.send();
  for (const device of server.devices.values()) device.token = "revoked";
  await phone.keep("二");
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["delivered", "delivered"]);
  assert.equal(server.devices.size, 1, "the same device under a new token");
  assert.equal(server.count("POST", "/me/device"), 2);
});

test("a stranger registers without cookies or token, a person only where they are signed in", async () => {
  const stranger = await Phone.new(server);
  await stranger.keep("一");
  await stranger.send();
  const [asked] = server.seen;
  assert.equal(asked?.headers["x-csrf-token"], undefined);
  assert.equal(asked?.headers.cookie, undefined);

  const person = await Phone.new(server, "person-1");
  await person.keep("二");
  assert.equal(
    (await person.send()).left,
    false,
    "only signing in helps, so nothing is tried again by itself",
  );
  assert.deepEqual(await person.states(), ["waiting"]);
  assert.equal(
    (await allDevices(person.db))[0]?.signIn,
    false,
    "a worker cannot know whether a person must act",
  );
  person.session = { owner: "somebody-else", csrf: "good" };
  await person.send();
  assert.equal((await allDevices(person.db))[0]?.signIn, true);
  person.session = { owner: "person-1", csrf: "good" };
  await person.send();
  assert.deepEqual(await person.states(), ["delivered"]);
  assert.equal((await allDevices(person.db))[0]?.signIn, false);
  assert.equal(server.seen.at(-1)?.headers.authorization, "Bearer token-2");
});

test("one owner's trouble does not hold up another's reports", async () => {
  const phone = await Phone.new(server, "person-1");
  await phone.keep("本人");
  await append(phone.db, "", draft("路人"), phone.now);
  await phone.send();
  assert.deepEqual(await phone.states(), ["waiting"]);
  assert.equal((await everything(phone.db, [""]))[0]?.state, "delivered");
});

test("a busy server is left alone for as long as it asks", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一");
  server.before = (_, response) => problem(response, 503, "", { "retry-after": "120" });
  assert.deepEqual(await phone.send(), { left: true, retryAfterSeconds: 120 });
  server.before = (_, response) => problem(response, 429, "");
  assert.deepEqual(await phone.send(), { left: true, retryAfterSeconds: null });
  server.before = (_, response) => {
    response.destroy();
    return true;
  };
  assert.deepEqual(await phone.send(), { left: true, retryAfterSeconds: null });
  assert.deepEqual(await phone.states(), ["waiting"]);
});

test("a gateway's page in place of an answer settles nothing", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一");
  server.before = ({ path }, response) => {
    if (path !== "/sync/records") return false;
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in to this Wi-Fi</h1>");
    return true;
  };
  assert.equal((await phone.send()).left, true);
  assert.deepEqual(await phone.states(), ["waiting"]);
});

test("batches keep to twenty records and 200 KB, and a long one still goes alone", async () => {
  const phone = await Phone.new(server);
  for (let n = 0; n < BATCH_RECORDS_MAX + 1; n += 1) await phone.keep(String(n));
  assert.equal(batchOf(await waiting(phone.db, "")).length, BATCH_RECORDS_MAX);
  await phone.send();
  assert.equal(server.count("POST", "/sync/records"), 2);
  assert.equal(server.reports.size, BATCH_RECORDS_MAX + 1);
  const long = await Phone.new(server);
  for (let n = 0; n < 3; n += 1) await long.keep("长".repeat(BATCH_BYTES_MAX / 3 / 2 + 1));
  assert.equal(batchOf(await waiting(long.db, "")).length, 1);
});

test("a full outbox says so and keeps what it has", async () => {
  const phone = await Phone.new(server);
  for (let n = 0; n < WAITING_MAX; n += 1) await phone.keep(String(n));
  await assert.rejects(phone.keep("太多"), FullError);
  assert.equal((await waiting(phone.db, "")).length, WAITING_MAX);
});

test("nothing that waits can be dropped, and old delivered reports go by themselves", async () => {
  const phone = await Phone.new(server);
  const { id } = await phone.keep("一");
  await drop(phone.db, id);
  assert.deepEqual(await phone.states(), ["waiting"]);
  await phone.send();
  await tidy(phone.db, phone.now + DELIVERED_DAYS * 86_400_000);
  assert.deepEqual(await phone.states(), ["delivered"]);
  await tidy(phone.db, phone.now + DELIVERED_DAYS * 86_400_000 + 1);
  assert.deepEqual(await phone.states(), []);
});

test("the same report kept twice is one", async () => {
  const phone = await Phone.new(server);
  const once = draft("一");
  await append(phone.db, "", once, phone.now);
  await assert.rejects(append(phone.db, "", once, phone.now));
  assert.equal((await waiting(phone.db, "")).length, 1);
  assert.equal((await allDevices(phone.db))[0]?.next, 1, "the failed attempt took no index");
});
