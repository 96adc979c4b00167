// Photos drawn for the occasion. Each differs, so that none is known to the server already.
import type { Locator, Page } from "playwright-core";

/** A file for an input. */
export interface Photo {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A photo of a street with a hole in it, and a word; noise makes it as heavy as a camera's. */
export async function drawPhoto(page: Page, word: string, width = 1600, height = 1200): Promise<Photo> {
  // Any page will do: canvases need none of ours, but about:blank is not always allowed to draw.
  const url = await page.evaluate(({ word, width, height }) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.fillStyle = "#8d99a6";
    pen.fillRect(0, 0, width, height);
    for (let n = 0; n < 9000; n += 1) {
      pen.fillStyle = `hsl(${Math.random() * 60 + 180} 10% ${Math.random() * 60 + 20}%)`;
      pen.fillRect(Math.random() * width, Math.random() * height, 14, 10);
    }
    pen.fillStyle = "#1d2126";
    pen.beginPath();
    pen.ellipse(width / 2, height * 0.6, width / 5, height / 8, 0, 0, 7);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.font = `${Math.round(height / 10)}px sans-serif`;
    pen.fillText(`${word} ${Math.random().toFixed(9)}`, width / 12, height / 6);
    return canvas.toDataURL("image/jpeg", 0.9);
  }, { word, width, height });
  return { name: `${word}.jpg`, mimeType: "image/jpeg", buffer: Buffer.from(url.split(",")[1] ?? "", "base64") };
}

/** A part of a photo, in shares of its sides. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How light a part of a photo on the page is in the mean, 0 to 255. */
export function lightness(image: Locator, area: Area): Promise<number> {
  return image.evaluate(async (element: HTMLImageElement, { left, top, right, bottom }) => {
    const photo = new Image();
    photo.src = element.closest("a")?.href ?? element.src;
    await photo.decode();
    const { naturalWidth: width, naturalHeight: height } = photo;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.drawImage(photo, 0, 0);
    const [x, y] = [Math.ceil(left * width), Math.ceil(top * height)];
    const [w, h] = [Math.floor((right - left) * width), Math.floor((bottom - top) * height)];
    const { data } = pen.getImageData(x, y, w, h);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3;
    return sum / (w * h);
  }, area);
}
