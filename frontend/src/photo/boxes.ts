// Boxes over a photo, as shares of its width and height.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What a tap covers, and a key adds: a face from two steps away. */
export const FIRST_SHARE = 0.16;
/** A finger that moved less than this has tapped. */
const TAP_SHARE = 0.02;
/** Smaller covers nothing that could be read. */
export const SHARE_MIN = 0.01;

const within = (value: number, from: number, to: number): number => Math.min(Math.max(value, from), to);

/** The box of that size around a point, inside the photo. */
export function around(x: number, y: number): Box {
  const side = FIRST_SHARE;
  return { x: within(x - side / 2, 0, 1 - side), y: within(y - side / 2, 0, 1 - side), width: side, height: side };
}

/** The box between where a finger came down and where it is; a tap covers what is around it. */
export function between(x1: number, y1: number, x2: number, y2: number): Box {
  const [left, right] = [within(Math.min(x1, x2), 0, 1), within(Math.max(x1, x2), 0, 1)];
  const [top, bottom] = [within(Math.min(y1, y2), 0, 1), within(Math.max(y1, y2), 0, 1)];
  if (right - left < TAP_SHARE && bottom - top < TAP_SHARE) return around((left + right) / 2, (top + bottom) / 2);
  const width = Math.max(right - left, SHARE_MIN);
  const height = Math.max(bottom - top, SHARE_MIN);
  return { x: Math.min(left, 1 - width), y: Math.min(top, 1 - height), width, height };
}

export function moved(box: Box, right: number, down: number): Box {
  return { ...box, x: within(box.x + right, 0, 1 - box.width), y: within(box.y + down, 0, 1 - box.height) };
}

/** Its right and lower edge moved. */
export function sized(box: Box, wider: number, higher: number): Box {
  const width = within(box.width + wider, SHARE_MIN, 1 - box.x);
  return { ...box, width, height: within(box.height + higher, SHARE_MIN, 1 - box.y) };
}
