// The segments of a JPEG file (ITU-T T.81, annex B), as far as they stand before the picture itself.

export interface Segment {
  marker: number;
  start: number;
  end: number;
}

const SOI = 0xd8;
const SOS = 0xda;
const EOI = 0xd9;
/** Start-of-frame markers: C0–CF without DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= SOI);

/**
 * Segments up to the picture data; `start` and `end` enclose marker, length and payload. Ends at the first
 * nonsense.
 */
export function segments(bytes: Uint8Array): Segment[] {
  const found: Segment[] = [];
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return found;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === SOS || marker === EOI) break;
    if (isBare(marker)) {
      at += 2;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2) break;
    found.push({ marker, start: at, end: at + 2 + length });
    at += 2 + length;
  }
  return found;
}

/** Width and height as stored, before any turning; null when the head does not say. */
export function frameSize(bytes: Uint8Array): { width: number; height: number } | null {
  const frame = segments(bytes).find(({ marker }) => isFrame(marker));
  if (frame === undefined || frame.start + 9 > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const height = view.getUint16(frame.start + 5);
  const width = view.getUint16(frame.start + 7);
  return width > 0 && height > 0 ? { width, height } : null;
}

/** The TIFF block of the first Exif segment (APP1), null when there is none. */
export function exifBlock(bytes: Uint8Array): Uint8Array | null {
  for (const { marker, start, end } of segments(bytes)) {
    if (marker !== 0xe1) continue;
    const head = String.fromCharCode(...bytes.subarray(start + 4, start + 10));
    if (head === "Exif\0\0") return bytes.subarray(start + 10, Math.min(end, bytes.length));
  }
  return null;
}

/** An Exif segment that says nothing but how the picture is to be turned. */
function orientationSegment(orientation: number): Uint8Array {
  return Uint8Array.from([
    0xff,
    0xe1,
    0,
    34,
    0x45,
    0x78,
    0x69,
    0x66,
    0,
    0,
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    0x01,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
}

/**
 * The file without what it tells beside the picture (place, time, maker, thumbnail): APPn but JFIF and Adobe,
 * comments.
 */
export function stripped(file: Uint8Array<ArrayBuffer>, orientation: number): Uint8Array<ArrayBuffer>[] {
  const tells = (marker: number) => marker === 0xfe || (marker >= 0xe1 && marker <= 0xef && marker !== 0xee);
  const pieces: Uint8Array<ArrayBuffer>[] = [file.subarray(0, 2)];
  if (orientation !== 1) pieces.push(Uint8Array.from(orientationSegment(orientation)));
  let from = 2;
  for (const { marker, start, end } of segments(file)) {
    if (!tells(marker)) continue;
    if (start > from) pieces.push(file.subarray(from, start));
    from = end;
  }
  pieces.push(file.subarray(from));
  return pieces;
}
