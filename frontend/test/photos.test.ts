import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { attachmentsOf } from "../src/outbox/outcomes";
import { PIECE_BYTES } from "../src/outbox/tus";
import { FakeServer, problem, type Request } from "./fake-server";
import { Phone, photoOf } from "./phone";

let server: FakeServer;
beforeEach(async () => {
  server = await new FakeServer().start();
});
afterEach(() => server.stop());

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

function assertWhole(): void {
  for (const upload of server.uploads.values()) {
    assert.equal(upload.held.length, upload.bytes);
    assert.equal(sha256(upload.held), upload.sha256);
  }
}

test("photos follow their report in pieces and are freed on the phone", async () => {
  const phone = await Phone.new(server);
  const { id } = await phone.keep("一", [photoOf(PIECE_BYTES * 2 + 7), photoOf(1)]);
  await phone.send();
  assert.deepEqual(await phone.states(), ["delivered"]);
  assert.equal(server.uploads.size, 2);
  assertWhole();
  assert.equal([...server.uploads.values()][0]?.report, id);
  assert.equal(server.count("PATCH", "/uploads/"), 4);
  const [piece] = server.seen.filter(({ method }) => method === "PATCH");
  assert.equal(piece?.headers["content-type"], "application/offset+octet-stream");
  assert.equal(piece?.headers["tus-resumable"], "1.0.0");
  assert.deepEqual(await attachmentsOf(phone.db, id), []);
  assert.equal((await phone.only()).photosDone, 2);
});

test("a photo broken off in the middle goes on where it stopped, receipt in hand", async () => {
  const phone = await Phone.new(server);
  const { id } = await phone.keep("一", [photoOf(PIECE_BYTES * 3)]);
  let pieces = 0;
  server.before = ({ method }, response) => {
    if (method !== "PATCH" || (pieces += 1) !== 2) return false;
    response.destroy();
    return true;
  };
  assert.equal((await phone.send()).left, true);
  assert.deepEqual(await phone.states(), ["photos"]);
  assert.equal((await phone.only()).receipt?.report, id);
  assert.equal((await attachmentsOf(phone.db, id))[0]?.location, `/uploads/${[...server.uploads.keys()][0]}`);
  assert.equal((await phone.send()).left, false);
  assert.equal(server.count("POST", "/uploads"), 1);
  assert.equal(server.count("HEAD", "/uploads/"), 1);
  assert.equal(server.count("PATCH", "/uploads/"), 4, "one of three came twice");
  assertWhole();
});

test("a piece whose answer was lost is not sent again", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一", [photoOf(PIECE_BYTES * 3)]);
  let pieces = 0;
  server.loseAnswerOf = ({ method }: Request) => method === "PATCH" && (pieces += 1) === 2;
  await phone.send();
  await phone.send();
  assert.equal(server.count("PATCH", "/uploads/"), 3);
  assertWhole();
});

test("a conflict asks for the offset again", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一", [photoOf(PIECE_BYTES * 2)]);
  let once = false;
  server.before = ({ method }, response) =>
    method === "PATCH" && !once && (once = true) && problem(response, 409, "");
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["delivered"]);
  assertWhole();
});

test("an upload that the server forgot is made anew", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一", [photoOf(PIECE_BYTES * 2)]);
  let pieces = 0;
  server.before = ({ method }, response) => {
    if (method !== "PATCH" || (pieces += 1) !== 2) return false;
    response.destroy();
    return true;
  };
  await phone.send();
  server.uploads.clear();
  assert.equal((await phone.send()).left, false);
  assert.equal(server.count("POST", "/uploads"), 2);
  assertWhole();
});

test("a photo that the server has already is not sent", async () => {
  const phone = await Phone.new(server);
  const photo = photoOf(1000);
  const { body } = await phone.keep("一", [photo]);
  const id = body.photos[0]?.id ?? "";
  server.uploads.set(id, { id, report: "", sha256: sha256(photo), bytes: photo.length, held: photo });
  await phone.send();
  assert.deepEqual(await phone.states(), ["delivered"]);
  assert.equal(server.count("PATCH", "/uploads/"), 0);
});

test("a refused photo says why, and the report with the others stands", async () => {
  for (const status of [400, 413, 415, 422, 460]) {
    const phone = await Phone.new(server);
    const { body } = await phone.keep("一", [photoOf(10), photoOf(20)]);
    const first = body.photos[0]?.id ?? "";
    server.before = ({ method, path }, response) =>
      method === "PATCH" && path.endsWith(first) && problem(response, status, "不是照片");
    assert.equal((await phone.send()).left, false, String(status));
    const kept = await phone.only();
    assert.equal(kept.state, "delivered");
    assert.deepEqual(kept.photoProblems, ["不是照片"]);
    assert.equal(kept.photosDone, 1);
  }
});

test("a token revoked between pieces is renewed and the photo goes on", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一", [photoOf(PIECE_BYTES * 2)]);
  let pieces = 0;
  server.before = ({ method }) => {
    if (method === "PATCH" && (pieces += 1) === 2)
      for (const device of server.devices.values()) device.token = "revoked";
    return false;
  };
  assert.equal((await phone.send()).left, false);
  assert.deepEqual(await phone.states(), ["delivered"]);
  assertWhole();
});

test("a location on another host never sees the token", async () => {
  const phone = await Phone.new(server);
  await phone.keep("一", [photoOf(10)]);
  const elsewhere = await new FakeServer().start();
  server.before = ({ method, path }, response) => {
    if (method !== "POST" || path !== "/uploads") return false;
    response.writeHead(201, { location: `${elsewhere.base}/uploads/x` }).end();
    return true;
  };
  assert.equal((await phone.send()).left, true);
  assert.equal(elsewhere.seen.length, 0);
  elsewhere.stop();
});
