// How large a photo leaves the phone. The server keeps 2048 on the long side, so more would be sent for
// nothing.

export const LONG_SIDE = 2048;
export const PREVIEW_SIDE = 320;
export const JPEG_QUALITY = 0.82;
/** Largest file and picture that the server takes as it is; only for what this phone could not shrink. */
export const ORIGINAL_BYTES_MAX = 24 * 1024 * 1024;
export const ORIGINAL_PIXELS_MAX = 50_000_000;

export interface Size {
  width: number;
  height: number;
}

/** The size within `side` × `side`; never larger than it was. */
export function fitted({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Orientations 5 to 8 lie on their side (Exif 4.6.4 A). */
export function upright({ width, height }: Size, orientation: number): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
