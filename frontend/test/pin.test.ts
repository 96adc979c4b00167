// In which grid a point lies, as the phone tells it without asking.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Feature } from "geojson";
import { gridAt } from "../src/report/pin-grids";

const ring = (west: number, south: number, size: number) => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];

function grid(name: string, ...polygons: number[][][][]): Feature {
  return {
    type: "Feature",
    properties: { name },
    geometry: { type: "MultiPolygon", coordinates: polygons },
  };
}

const nameAt = (lng: number, lat: number, features: Feature[]) =>
  gridAt({ lng, lat }, features)?.properties?.["name"] ?? null;

test("a point lies inside an outline, not in its hole, and not beside it", () => {
  const grids = [grid("A", [ring(118.7, 34.5, 0.1), ring(118.74, 34.54, 0.02)], [ring(118.9, 34.5, 0.01)])];
  assert.equal(nameAt(118.71, 34.51, grids), "A");
  assert.equal(nameAt(118.905, 34.505, grids), "A", "its second part");
  assert.equal(nameAt(118.75, 34.55, grids), null, "the hole");
  assert.equal(nameAt(118.69, 34.55, grids), null);
  assert.equal(nameAt(118.75, 34.61, grids), null);
  assert.equal(nameAt(118.75, 34.55, []), null);
});

test("where grids overlap, the smaller has the point, whatever their order", () => {
  const large = grid("large", [ring(118.7, 34.5, 0.1)]);
  const small = grid("small", [ring(118.75, 34.55, 0.01)]);
  for (const grids of [
    [large, small],
    [small, large],
  ]) {
    assert.equal(nameAt(118.755, 34.555, grids), "small");
    assert.equal(nameAt(118.72, 34.52, grids), "large");
  }
});

test("an outline that is none has nothing in it", () => {
  const point: Feature = { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [118.75, 34.55] } };
  assert.equal(nameAt(118.75, 34.55, [point]), null);
  assert.equal(nameAt(118.75, 34.55, [grid("line", [[[118.7, 34.5]]])]), null);
});
