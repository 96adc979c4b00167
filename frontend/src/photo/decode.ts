// Getting pixels out of a photo, upright, with as little memory as the browser can do it with.
import type { Size } from "./size";

export interface Picture extends Size {
  source: CanvasImageSource;
  close: () => void;
}

function bitmapPicture(bitmap: ImageBitmap): Picture {
  return { source: bitmap, width: bitmap.width, height: bitmap.height, close: () => bitmap.close() };
}

/** Scaled while decoding, so that 108 megapixels need not stand whole in the page's memory. */
async function scaled(blob: Blob, target: Size): Promise<Picture> {
  const options: ImageBitmapOptions = {
    imageOrientation: "from-image",
    resizeWidth: target.width,
    resizeHeight: target.height,
    resizeQuality: "high",
  };
  const picture = bitmapPicture(await createImageBitmap(blob, options));
  // Older engines do not turn it; theirs would be stretched, so the slower way is taken.
  const near = Math.abs(picture.width / picture.height - target.width / target.height) < 0.02;
  if (near) return picture;
  picture.close();
  throw new Error("not turned");
}

/** The way every browser has: an image element, which turns by itself. */
async function element(blob: Blob): Promise<Picture> {
  const url = URL.createObjectURL(blob);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
  return {
    source: image,
    width: image.naturalWidth,
    height: image.naturalHeight,
    close: () => URL.revokeObjectURL(url),
  };
}

/**
 * `target` is the size wanted in the end, upright, when it is known beforehand. Rejects what cannot be
 * decoded here.
 */
export async function decode(blob: Blob, target: Size | null): Promise<Picture> {
  if (target !== null && typeof createImageBitmap === "function") {
    try {
      return await scaled(blob, target);
    } catch {
      /* the other way may still do */
    }
  }
  return element(blob);
}
