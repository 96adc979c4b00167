// A photo made fit to be sent: its notes read, its picture 2048 at most and upright, nothing else in the
// file.
import type { Box } from "./boxes";
import { decode, type Picture } from "./decode";
import { HEAD_BYTES, type PhotoNotes, readNotes } from "./exif";
import { frameSize, stripped } from "./jpeg";
import {
  fitted,
  JPEG_QUALITY,
  LONG_SIDE,
  ORIGINAL_BYTES_MAX,
  ORIGINAL_PIXELS_MAX,
  PREVIEW_SIDE,
  type Size,
  upright,
} from "./size";

export interface Encoded {
  blob: Blob;
  /** None of what this phone could not open. */
  preview: Blob | null;
}

export interface Shrunk extends Encoded {
  notes: PhotoNotes;
}

function canvasOf({ width, height }: Size): HTMLCanvasElement | OffscreenCanvas {
  if (typeof OffscreenCanvas === "function") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** The pixels that a box touches, each of them whole. */
export function pixels(box: Box, { width, height }: Size): [x: number, y: number, width: number, height: number] {
  const [left, top] = [Math.floor(box.x * width), Math.floor(box.y * height)];
  const right = Math.min(width, Math.ceil((box.x + box.width) * width));
  const bottom = Math.min(height, Math.ceil((box.y + box.height) * height));
  return [left, top, right - left, bottom - top];
}

/** What lies under the boxes is painted over before anything is encoded. */
async function encode(picture: Picture, size: Size, boxes: readonly Box[]): Promise<Blob> {
  const canvas = canvasOf(size);
  const context = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D | null;
  if (context === null) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size.width, size.height);
  context.drawImage(picture.source, 0, 0, size.width, size.height);
  context.fillStyle = "#000";
  for (const box of boxes) context.fillRect(...pixels(box, size));
  const quality = JPEG_QUALITY;
  if ("convertToBlob" in canvas) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)),
      "image/jpeg",
      quality,
    );
  });
}

/** What this phone cannot decode but the server can: as it is, without what it tells beside the picture. */
async function asItIs(file: Blob, frame: Size | null, notes: PhotoNotes): Promise<Shrunk> {
  const fits =
    frame !== null && frame.width * frame.height <= ORIGINAL_PIXELS_MAX && file.size <= ORIGINAL_BYTES_MAX;
  if (!fits) throw new Error("cannot be read here");
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { blob: new Blob(stripped(bytes, notes.orientation), { type: "image/jpeg" }), preview: null, notes };
}

/** Rejects when the photo can neither be shrunk nor sent as it is. */
export async function shrink(file: Blob): Promise<Shrunk> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const notes = readNotes(head);
  const frame = frameSize(head);
  const target = frame === null ? null : fitted(upright(frame, notes.orientation), LONG_SIDE);
  let picture: Picture;
  try {
    picture = await decode(file, target);
  } catch {
    return asItIs(file, frame, notes);
  }
  try {
    return { ...(await inBothSizes(picture, [])), notes };
  } finally {
    picture.close();
  }
}

/** A shrunk photo with boxes painted over it. Rejects what this phone cannot open. */
export async function covered(photo: Blob, boxes: readonly Box[]): Promise<Encoded> {
  const picture = await decode(photo, null);
  try {
    return await inBothSizes(picture, boxes);
  } finally {
    picture.close();
  }
}

async function inBothSizes(picture: Picture, boxes: readonly Box[]): Promise<Encoded> {
  const blob = await encode(picture, fitted(picture, LONG_SIDE), boxes);
  return { blob, preview: await encode(picture, fitted(picture, PREVIEW_SIDE), boxes) };
}
