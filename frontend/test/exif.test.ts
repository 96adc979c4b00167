import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { HEAD_BYTES, readNotes } from "../src/photo/exif";
import { frameSize, segments, stripped } from "../src/photo/jpeg";
import { upright } from "../src/photo/size";

interface Expected {
  path: string;
  FileType: string;
  Orientation: number;
  ImageWidth: number;
  ImageHeight: number;
  DateTimeOriginal?: string;
  pillow_lat: number | null;
  pillow_lon: number | null;
}

const OPEN_DATA = process.env["QIGE_OPEN_DATA"];
const NOTHING = { orientation: 1, takenAt: null, lat: null, lng: null };

async function photos(): Promise<(Expected & { bytes: Uint8Array<ArrayBuffer> })[]> {
  const folder = path.join(OPEN_DATA ?? "", "photos");
  const expected = JSON.parse(await readFile(path.join(folder, "expected.json"), "utf8")) as Expected[];
  return Promise.all(
    expected.map(async (one) => ({
      ...one,
      bytes: new Uint8Array(await readFile(path.join(folder, one.path))),
    })),
  );
}

test("real photos say what exiftool and Pillow read in them", { skip: OPEN_DATA === undefined }, async () => {
  for (const photo of await photos()) {
    const head = photo.bytes.subarray(0, HEAD_BYTES);
    const notes = readNotes(head);
    assert.equal(notes.orientation, photo.Orientation, photo.path);
    if (photo.DateTimeOriginal !== undefined) assert.equal(notes.takenAt, photo.DateTimeOriginal, photo.path);
    assert.equal(notes.lat === null, photo.pillow_lat === null, photo.path);
    if (notes.lat !== null && notes.lng !== null) {
      // 1e-7 degrees are a centimetre.
      assert.ok(Math.abs(notes.lat - (photo.pillow_lat ?? 0)) < 1e-7, photo.path);
      assert.ok(Math.abs(notes.lng - (photo.pillow_lon ?? 0)) < 1e-7, photo.path);
    }
    if (photo.FileType === "JPEG") {
      assert.deepEqual(frameSize(head), { width: photo.ImageWidth, height: photo.ImageHeight }, photo.path);
    }
  }
});

test(
  "a stripped photo keeps its picture and how to turn it, and tells nothing else",
  { skip: OPEN_DATA === undefined },
  async () => {
    for (const photo of (await photos()).filter(({ FileType }) => FileType === "JPEG")) {
      const pieces = stripped(photo.bytes, photo.Orientation);
      const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
      assert.deepEqual(readNotes(bytes), { ...NOTHING, orientation: photo.Orientation }, photo.path);
      assert.deepEqual(frameSize(bytes), frameSize(photo.bytes), photo.path);
      assert.ok(
        !segments(bytes).some(({ marker }) => marker === 0xe2 || marker === 0xed || marker === 0xfe),
        photo.path,
      );
    }
  },
);

/** A JPEG head with one Exif segment around this TIFF block. */
function withTiff(tiff: readonly number[]): Uint8Array {
  const length = tiff.length + 8;
  return Uint8Array.from([
    0xff,
    0xd8,
    0xff,
    0xe1,
    length >> 8,
    length & 255,
    0x45,
    0x78,
    0x69,
    0x66,
    0,
    0,
    ...tiff,
    0xff,
    0xda,
  ]);
}

const LITTLE = [0x49, 0x49, 42, 0, 8, 0, 0, 0];

test("nonsense is as if nothing were said", () => {
  for (const bytes of [
    [],
    [0xff],
    [0xff, 0xd8],
    [1, 2, 3, 4],
    [0xff, 0xd8, 0xff, 0xe1, 0, 1],
    [0xff, 0xd8, 0xff, 0xe1, 255, 255, 69],
  ]) {
    assert.deepEqual(readNotes(Uint8Array.from(bytes)), NOTHING);
  }
  assert.deepEqual(readNotes(withTiff([])), NOTHING);
  assert.deepEqual(readNotes(withTiff([0x49, 0x49, 43, 0, 8, 0, 0, 0])), NOTHING);
  // A directory that lies outside, one that claims 65,535 entries, one whose value lies outside.
  assert.deepEqual(readNotes(withTiff([0x49, 0x49, 42, 0, 255, 255, 255, 255])), NOTHING);
  assert.deepEqual(readNotes(withTiff([...LITTLE, 255, 255])), NOTHING);
  assert.deepEqual(
    readNotes(withTiff([...LITTLE, 1, 0, 0x32, 0x01, 2, 0, 255, 255, 255, 127, 0, 0, 0, 0])),
    NOTHING,
  );
});

test("orientation is read in both byte orders and only from 1 to 8", () => {
  const little = (value: number) =>
    withTiff([...LITTLE, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]);
  const big = (value: number) =>
    withTiff([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0]);
  for (let value = 1; value <= 8; value += 1) {
    assert.equal(readNotes(little(value)).orientation, value);
    assert.equal(readNotes(big(value)).orientation, value);
  }
  assert.equal(readNotes(little(0)).orientation, 1);
  assert.equal(readNotes(little(9)).orientation, 1);
});

test("every single damaged byte is survived", { skip: OPEN_DATA === undefined }, async () => {
  const [photo] = (await photos()).filter(({ pillow_lat }) => pillow_lat !== null);
  assert.ok(photo !== undefined);
  const head = photo.bytes.slice(0, 2048);
  for (let at = 0; at < head.length; at += 1) {
    for (const value of [0, 0x7f, 0xff]) {
      const damaged = head.slice();
      damaged[at] = value;
      const { lat, lng, orientation } = readNotes(damaged);
      assert.ok(orientation >= 1 && orientation <= 8);
      assert.ok(lat === null || Math.abs(lat) <= 91);
      assert.ok(lng === null || Math.abs(lng) <= 181);
    }
  }
});

test("pictures lying on their side are wider than high once they stand", () => {
  assert.deepEqual(upright({ width: 3, height: 4 }, 6), { width: 4, height: 3 });
  assert.deepEqual(upright({ width: 3, height: 4 }, 3), { width: 3, height: 4 });
});
