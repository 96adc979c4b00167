// The sign of the house, drawn once as geometry: a grid with a pin on it. SVG for screens, PNG where a system
// asks for one.
import { deflateSync } from "node:zlib";

const ACCENT = [11, 110, 91];
const PALE = [126, 196, 180];
const WHITE = [255, 255, 255];
const SAMPLES = 4;

/** The same picture as `sample`, as SVG. */
export function svgIcon() {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">` +
    `<rect width="96" height="96" rx="20" fill="#0b6e5b"/>` +
    `<path d="M18 36h60M18 60h60M36 18v60M60 18v60" stroke="#7ec4b4"` +
    ` stroke-width="4" stroke-linecap="round"/>` +
    `<path d="M48 74C36 58 31 51 31 42a17 17 0 0 1 34 0c0 9-5 16-17 32z" fill="#fff"/>` +
    `<circle cx="48" cy="42" r="7" fill="#0b6e5b"/></svg>\n`
  );
}

function segment(x, y, x1, y1, x2, y2) {
  const dx = x2 - x1,
    dy = y2 - y1;
  const t = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}

function insideRounded(x, y, radius) {
  const dx = Math.max(radius - x, 0, x - (96 - radius));
  const dy = Math.max(radius - y, 0, y - (96 - radius));
  return Math.hypot(dx, dy) <= radius;
}

/** Colour at a point of the 96 × 96 drawing, null outside. */
function sample(x, y, square) {
  if (!square && !insideRounded(x, y, 20)) return null;
  const head = Math.hypot(x - 48, y - 42);
  if (head <= 7) return ACCENT;
  if (head <= 17) return WHITE;
  // Below the head the pin narrows to its tip at (48, 74).
  if (y > 42 && y < 74) {
    const t = (y - 42) / 32;
    if (Math.abs(x - 48) <= 17 * (1 - t ** 1.55)) return WHITE;
  }
  for (const at of [36, 60]) {
    if (segment(x, y, 18, at, 78, at) <= 2 || segment(x, y, at, 18, at, 78) <= 2) return PALE;
  }
  return ACCENT;
}

const CRC = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

/**
 * A PNG of the sign; `square` fills the corners (maskable and Apple icons are cut by the system), `zoom` < 1
 * leaves a margin.
 */
export function pngIcon(size, { square = false, zoom = 1 } = {}) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let py = 0; py < size; py += 1) {
    for (let px = 0; px < size; px += 1) {
      const sum = [0, 0, 0, 0];
      for (let s = 0; s < SAMPLES * SAMPLES; s += 1) {
        const ux = ((px + ((s % SAMPLES) + 0.5) / SAMPLES) / size) * 96;
        const uy = ((py + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES) / size) * 96;
        const colour = sample(48 + (ux - 48) / zoom, 48 + (uy - 48) / zoom, square);
        if (colour === null) continue;
        colour.forEach((value, at) => {
          sum[at] += value;
        });
        sum[3] += 1;
      }
      const at = py * (size * 4 + 1) + 1 + px * 4;
      const hits = sum[3];
      for (let c = 0; c < 3; c += 1) rows[at + c] = hits === 0 ? 0 : Math.round(sum[c] / hits);
      rows[at + 3] = Math.round((hits / (SAMPLES * SAMPLES)) * 255);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** An ICO holding one PNG, for browsers that ask for /favicon.ico unasked. */
export function icoOf(png, size) {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.set([size, size, 0, 0, 1, 0, 32, 0], 6);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, png]);
}
