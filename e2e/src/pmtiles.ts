// A PMTiles archive of one tile, as small as they get: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md

const HEADER_BYTES = 127;
const PLAIN = 1;
const PNG = 2;
const DEGREES = 1e7;
const WORLD = [-180, -85, 180, 85] as const;

/** The whole earth on one picture. */
export function archiveOf(picture: Buffer, metadata: object): Buffer {
  const words = Buffer.from(JSON.stringify(metadata));
  // One entry: tile 0, once, so long, from the first byte on (offsets are written one higher).
  const root = Buffer.from([1, 0, 1, ...varint(picture.length), 1]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("PMTiles\x03", "latin1");
  const parts = [root.length, words.length, 0, picture.length];
  let at = HEADER_BYTES;
  for (const [index, length] of parts.entries()) {
    header.writeBigUInt64LE(BigInt(at), 8 + index * 16);
    header.writeBigUInt64LE(BigInt(length), 16 + index * 16);
    at += length;
  }
  for (const count of [72, 80, 88]) header.writeBigUInt64LE(1n, count);
  header.set([1, PLAIN, PLAIN, PNG, 0, 0], 96);
  for (const [index, degrees] of WORLD.entries()) header.writeInt32LE(degrees * DEGREES, 102 + index * 4);
  return Buffer.concat([header, root, words, picture]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
