import assert from "node:assert/strict";
import { test } from "node:test";
import { around, between, FIRST_SHARE, moved, SHARE_MIN, sized } from "../src/photo/boxes";
import { pixels } from "../src/photo/shrink";

const near = (one: number, other: number) => assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`);

test("a box lies between two points, whichever comes first, and never outside", () => {
  assert.deepEqual(between(0.75, 0.5, 0.25, 0.25), { x: 0.25, y: 0.25, width: 0.5, height: 0.25 });
  assert.deepEqual(between(-1, -1, 2, 2), { x: 0, y: 0, width: 1, height: 1 });
  const line = between(1, 0, 1, 1);
  assert.deepEqual([line.width, line.x + line.width, line.height], [SHARE_MIN, 1, 1]);
});

test("a tap covers what is around it", () => {
  const tapped = between(0.5, 0.5, 0.505, 0.5);
  near(tapped.width, FIRST_SHARE);
  near(tapped.y + tapped.height / 2, 0.5);
  assert.deepEqual([around(0, 1).x, around(0, 1).y], [0, 1 - FIRST_SHARE]);
});

test("keys move and size a box inside the photo", () => {
  const box = { x: 0.9, y: 0, width: 0.1, height: 0.5 };
  assert.deepEqual(moved(box, 0.01, -0.01), box);
  near(moved(box, -0.01, 0.01).x, 0.89);
  near(sized(box, 0.01, 0.01).width, 0.1);
  near(sized(box, -0.05, 0.01).width, 0.05);
  assert.equal(sized(box, -1, -1).height, SHARE_MIN);
});

test("every pixel that a box touches is painted", () => {
  const size = { width: 10, height: 7 };
  assert.deepEqual(pixels({ x: 0.15, y: 0.5, width: 0.1, height: 0.2 }, size), [1, 3, 2, 2]);
  assert.deepEqual(pixels({ x: 0, y: 0, width: 1, height: 1 }, size), [0, 0, 10, 7]);
  assert.deepEqual(pixels({ x: 0.99, y: 0.99, width: 0.5, height: 0.5 }, size), [9, 6, 1, 1]);
});
