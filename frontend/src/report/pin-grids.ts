// The grids around a point, and in which of them it lies: judged on the phone, so that the exact point stays
// there.
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import { getJson, withQuery } from "../page";
import type { Point } from "./place";
import { coarseWindow } from "./plane";

type Answer = FeatureCollection & { left_out?: number };

function polygonsOf({ geometry }: Feature): Position[][][] {
  const { type } = geometry;
  if (type === "Polygon") return [(geometry as Polygon).coordinates];
  return type === "MultiPolygon" ? (geometry as MultiPolygon).coordinates : [];
}

/** Whether a ray to the east crosses the rings an odd number of times, so that holes count as outside. */
function isInside({ lng, lat }: Point, rings: readonly Position[][]): boolean {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([x = 0, y = 0], at) => {
      const [beforeX = 0, beforeY = 0] = ring[(at + ring.length - 1) % ring.length] ?? [];
      if (y > lat !== beforeY > lat && lng < ((beforeX - x) * (lat - y)) / (beforeY - y) + x) inside = !inside;
    });
  }
  return inside;
}

/** The size of an outline, only to tell which of two is the smaller. */
function size(feature: Feature): number {
  const twice = (ring: readonly Position[]) =>
    ring.reduce((sum, [x = 0, y = 0], at) => {
      const [nextX = 0, nextY = 0] = ring[(at + 1) % ring.length] ?? [];
      return sum + x * nextY - nextX * y;
    }, 0);
  return polygonsOf(feature).reduce((sum, [outer]) => sum + Math.abs(twice(outer ?? [])), 0);
}

/** The grid of a point; where grids overlap, the smaller has it, as on the server. */
export function gridAt(point: Point, features: readonly Feature[]): Feature | null {
  const around = features.filter((feature) => polygonsOf(feature).some((rings) => isInside(point, rings)));
  return around.sort((a, b) => size(a) - size(b))[0] ?? null;
}

export class GridsAround {
  features: Feature[] = [];
  private complete = false;
  private asked = "";
  private shown = "";

  constructor(
    private readonly url: string | null,
    private readonly onNews: () => void,
  ) {}

  async look(point: Point): Promise<void> {
    const bbox = coarseWindow(point);
    if (this.url === null || bbox === this.asked) return;
    this.asked = bbox;
    const answer = await getJson<Answer>(withQuery(this.url, { bbox }));
    if (bbox !== this.asked) return;
    if (!Array.isArray(answer?.features)) {
      // Asked again with the next step: the line may be back by then.
      this.asked = this.shown;
      return;
    }
    this.features = answer.features;
    this.complete = (answer.left_out ?? 0) === 0;
    this.shown = bbox;
    this.onNews();
  }

  /** Community and grid of a point; null where there is none, undefined where that is not known here. */
  placeOf(point: Point): string | null | undefined {
    const feature = gridAt(point, this.features);
    const { place, name } = (feature?.properties ?? {}) as Record<string, unknown>;
    if (feature !== null) return String(place ?? name ?? "");
    return this.complete && this.shown === coarseWindow(point) ? null : undefined;
  }
}
