// The box around a drawing.
import type { FeatureCollection, Geometry } from "geojson";
import type { Bounds } from "./windowed";

function* corners(value: unknown): Generator<[number, number]> {
  if (!Array.isArray(value)) return;
  const [lng, lat] = value as unknown[];
  if (typeof lng === "number" && typeof lat === "number") yield [lng, lat];
  else for (const inner of value) yield* corners(inner);
}

function* geometryCorners(geometry: Geometry): Generator<[number, number]> {
  if (geometry.type === "GeometryCollection") {
    for (const inner of geometry.geometries) yield* geometryCorners(inner);
  } else {
    yield* corners(geometry.coordinates);
  }
}

/** Null when nothing is drawn. */
export function boundsOf(shape: FeatureCollection): Bounds | null {
  let box: Bounds | null = null;
  for (const { geometry } of shape.features) {
    if (geometry === null) continue;
    for (const [lng, lat] of geometryCorners(geometry)) {
      box =
        box === null
          ? { west: lng, south: lat, east: lng, north: lat }
          : {
              west: Math.min(box.west, lng),
              south: Math.min(box.south, lat),
              east: Math.max(box.east, lng),
              north: Math.max(box.north, lat),
            };
    }
  }
  return box;
}
