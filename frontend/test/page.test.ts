import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { isOlderThanDays, shortTime } from "../src/page/clock";
import { sha256Hex, sha256InScript } from "../src/page/sha256";
import { fill } from "../src/page/texts";
import { uuidV7 } from "../src/page/uuid";
import { fitted, LONG_SIDE } from "../src/photo/size";
import { boundsOf } from "../src/map/bounds";
import { bboxOf, parseBbox } from "../src/map/windowed";
import { waitSeconds } from "../src/outbox/pace";
import { draftOf } from "../src/report/draft";

test("placeholders are filled, with Fluent's isolation marks or without", () => {
  assert.equal(fill("{n} new", { n: 3 }), "3 new");
  assert.equal(fill("\u2068{n}\u2069 条新变化", { n: 3 }), "3 条新变化");
  assert.equal(fill("{done}/{all}", { done: 1, all: 2 }), "1/2");
  assert.equal(fill("{other}", { n: 3 }), "{other}");
});

test("ids are version 7 and in the order of time", () => {
  const random = new Uint8Array(10).fill(255);
  assert.equal(uuidV7(0x017f22e279b0, random), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  assert.match(uuidV7(Date.now()), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(uuidV7(1000) < uuidV7(1001));
});

test("the digest in script is the browser's", async () => {
  // FIPS 180-4 examples, and every length around a block's end.
  assert.equal(
    Buffer.from(sha256InScript(Buffer.from("abc"))).toString("hex"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  for (let length = 0; length < 200; length += 1) {
    const bytes = Buffer.alloc(length, length);
    assert.deepEqual(Buffer.from(sha256InScript(bytes)), createHash("sha256").update(bytes).digest());
  }
  assert.equal(await sha256Hex(new Blob(["abc"])), createHash("sha256").update("abc").digest("hex"));
});

test("times are short today and dated before", () => {
  const now = new Date(2026, 10, 24, 15, 0).getTime();
  assert.equal(shortTime(new Date(2026, 10, 24, 14, 5).getTime(), now, "zh-Hans"), "今天 14:05");
  assert.match(shortTime(new Date(2026, 10, 23, 14, 5).getTime(), now, "en"), /23.*14:05/);
  assert.equal(isOlderThanDays(now - 30 * 86_400_000, 30, now), false);
  assert.equal(isOlderThanDays(now - 30 * 86_400_000 - 1, 30, now), true);
});

test("photos are shrunk to the long side, never enlarged", () => {
  assert.deepEqual(fitted({ width: 12_000, height: 9000 }, LONG_SIDE), { width: 2048, height: 1536 });
  assert.deepEqual(fitted({ width: 9000, height: 12_000 }, LONG_SIDE), { width: 1536, height: 2048 });
  assert.deepEqual(fitted({ width: 2048, height: 10 }, LONG_SIDE), { width: 2048, height: 10 });
  assert.deepEqual(fitted({ width: 100_000, height: 1 }, LONG_SIDE), { width: 2048, height: 1 });
});

test("waiting doubles up to ten minutes and obeys the server", () => {
  assert.deepEqual(
    [1, 2, 3, 8, 50].map((failures) => waitSeconds(failures, 0.5, null)),
    [5, 10, 20, 600, 600],
  );
  assert.equal(waitSeconds(1, 0, null), 4);
  assert.equal(waitSeconds(1, 0.5, 90), 90);
  assert.equal(waitSeconds(9, 0.5, 90), 600);
});

test("windows are read and written alike", () => {
  assert.deepEqual(parseBbox("119.1,34.4,119.3,34.6"), {
    west: 119.1,
    south: 34.4,
    east: 119.3,
    north: 34.6,
  });
  for (const text of [undefined, "", "1,2,3", "a,b,c,d", "3,0,1,1"]) assert.equal(parseBbox(text), null);
  assert.equal(
    bboxOf({ west: 119.1, south: 34.4, east: 119.3, north: 34.6 }),
    "119.100000,34.400000,119.300000,34.600000",
  );
});

test("the box around a drawing holds every corner", () => {
  const polygon = {
    type: "Polygon" as const,
    coordinates: [
      [
        [1, 2],
        [3, 2],
        [3, 5],
        [1, 2],
      ],
    ],
  };
  const collection = {
    type: "GeometryCollection" as const,
    geometries: [polygon, { type: "Point" as const, coordinates: [-1, 9] }],
  };
  const shape = {
    type: "FeatureCollection" as const,
    features: [{ type: "Feature" as const, properties: null, geometry: collection }],
  };
  assert.deepEqual(boundsOf(shape), { west: -1, south: 2, east: 3, north: 9 });
  assert.equal(boundsOf({ type: "FeatureCollection", features: [] }), null);
});

test("a report carries its files in order, its place to the centimetre, a voice note if any", async () => {
  const photo = { id: "p", blob: new Blob(["x"], { type: "image/jpeg" }), preview: null, sha256: "h" };
  const filled = {
    words: " 坑 ",
    matter: { key: "matter-06-012", name: "占道经营" },
    place: { lng: 118.123456789, lat: 34, accuracy: 12, source: "phone" as const },
    photos: [photo],
    voice: null,
    joins: null,
    solved: false,
    madeAt: 0,
  };
  const silent = await draftOf("r", filled);
  assert.equal(silent.body.lng, 118.1234568);
  assert.equal(silent.body.words, "坑");
  assert.deepEqual(silent.body.photos, [{ id: "p", sha256: "h", bytes: 1 }]);
  assert.equal("voice" in silent.body, false);
  const spoken = await draftOf("r", {
    ...filled,
    place: null,
    voice: new Blob(["abc"], { type: "audio/webm;codecs=opus" }),
  });
  assert.equal(spoken.body.lng, null);
  assert.equal(spoken.body.voice?.bytes, 3);
  assert.deepEqual(
    spoken.files.map(({ type, order }) => [type, order]),
    [
      ["image/jpeg", 0],
      ["audio/webm", 1],
    ],
  );
});
