// Where, when and which way up, from a photo's own notes (CIPA DC-008 Exif 3.0 over TIFF 6.0). Read before
// shrinking, because shrinking drops them. Every offset comes from the file, so every one is checked.
import { exifBlock } from "./jpeg";

/** Exif segments are at most 64 KB and stand first; what follows them is the picture. */
export const HEAD_BYTES = 256 * 1024;

export interface PhotoNotes {
  /** 1–8 (Exif 4.6.4 A); 1 when nothing is said. */
  orientation: number;
  /** "2008:10:22 16:28:39", the camera's local time without a zone. */
  takenAt: string | null;
  /** WGS-84 degrees. */
  lat: number | null;
  lng: number | null;
}

const NOTHING: PhotoNotes = { orientation: 1, takenAt: null, lat: null, lng: null };
const ORIENTATION = 0x0112;
const DATE_TIME = 0x0132;
const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;
const DATE_TIME_ORIGINAL = 0x9003;
const ENTRIES_MAX = 512;

const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const WIDTHS: Readonly<Record<number, number>> = {
  1: 1,
  [ASCII]: 1,
  [SHORT]: 2,
  [LONG]: 4,
  [RATIONAL]: 8,
  7: 1,
  9: 4,
  10: 8,
};

interface Entry {
  type: number;
  count: number;
  at: number;
}

/** A TIFF block under one byte order; reads outside of it are null. */
class Tiff {
  private readonly view: DataView;
  private readonly little: boolean;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.little = bytes[0] === 0x49 && bytes[1] === 0x49;
  }

  private fits(at: number, length: number): boolean {
    return at >= 0 && at + length <= this.view.byteLength;
  }

  short(at: number): number | null {
    return this.fits(at, 2) ? this.view.getUint16(at, this.little) : null;
  }

  long(at: number): number | null {
    return this.fits(at, 4) ? this.view.getUint32(at, this.little) : null;
  }

  /** The entries of a directory by tag; an entry whose value lies outside is left out. */
  directory(at: number | null): Map<number, Entry> {
    const entries = new Map<number, Entry>();
    const count = at === null || at === 0 ? null : this.short(at);
    for (let i = 0; at !== null && count !== null && i < Math.min(count, ENTRIES_MAX); i += 1) {
      const start = at + 2 + i * 12;
      const tag = this.short(start),
        type = this.short(start + 2),
        values = this.long(start + 4);
      if (tag === null || type === null || values === null) break;
      const length = (WIDTHS[type] ?? 0) * values;
      const value = length <= 4 ? start + 8 : this.long(start + 8);
      if (length > 0 && value !== null && this.fits(value, length))
        entries.set(tag, { type, count: values, at: value });
    }
    return entries;
  }

  number(entry: Entry | undefined): number | null {
    if (entry?.type === SHORT) return this.short(entry.at);
    return entry?.type === LONG ? this.long(entry.at) : null;
  }

  text(entry: Entry | undefined): string | null {
    if (entry?.type !== ASCII) return null;
    let text = "";
    for (let i = 0; i < entry.count; i += 1) {
      const code = this.view.getUint8(entry.at + i);
      if (code === 0) break;
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** Degrees, minutes and seconds as one number; missing minutes and seconds count as 0. */
  angle(entry: Entry | undefined): number | null {
    if (entry?.type !== RATIONAL) return null;
    let angle = 0;
    for (let i = 0; i < Math.min(entry.count, 3); i += 1) {
      const above = this.long(entry.at + i * 8),
        below = this.long(entry.at + i * 8 + 4);
      if (above === null || below === null) return null;
      // 0/0 is how some cameras write "unknown"; a whole angle of it is no angle.
      if (below === 0) {
        if (i === 0) return null;
        continue;
      }
      angle += above / below / 60 ** i;
    }
    return angle;
  }
}

function position(tiff: Tiff, gps: Map<number, Entry>): { lat: number; lng: number } | null {
  const lat = tiff.angle(gps.get(2)),
    lng = tiff.angle(gps.get(4));
  const north = tiff.text(gps.get(1)),
    east = tiff.text(gps.get(3));
  if (lat === null || lng === null || lat > 90 || lng > 180) return null;
  // Without hemispheres it could be four places; 0/0 is a camera that had no fix.
  if (
    north === null ||
    east === null ||
    !/^[NS]/i.test(north) ||
    !/^[EW]/i.test(east) ||
    (lat === 0 && lng === 0)
  )
    return null;
  return { lat: /^S/i.test(north) ? -lat : lat, lng: /^W/i.test(east) ? -lng : lng };
}

function date(text: string | null): string | null {
  return text !== null && /^[1-9]\d{3}:\d\d:\d\d \d\d:\d\d:\d\d/.test(text) ? text.slice(0, 19) : null;
}

/**
 * Reads the notes of a JPEG from its head (`HEAD_BYTES` suffice). Anything unreadable is as if it were not
 * there.
 */
export function readNotes(head: Uint8Array): PhotoNotes {
  const block = exifBlock(head);
  if (block === null) return NOTHING;
  const order = String.fromCharCode(block[0] ?? 0, block[1] ?? 0);
  const tiff = new Tiff(block);
  if ((order !== "II" && order !== "MM") || tiff.short(2) !== 42) return NOTHING;
  const main = tiff.directory(tiff.long(4));
  const more = tiff.directory(tiff.number(main.get(EXIF_IFD)));
  const place = position(tiff, tiff.directory(tiff.number(main.get(GPS_IFD))));
  const orientation = tiff.number(main.get(ORIENTATION)) ?? 1;
  return {
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    takenAt: date(tiff.text(more.get(DATE_TIME_ORIGINAL))) ?? date(tiff.text(main.get(DATE_TIME))),
    lat: place?.lat ?? null,
    lng: place?.lng ?? null,
  };
}
