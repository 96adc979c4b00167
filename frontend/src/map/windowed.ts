// Features of what is on show: asked for again after every move, earlier questions dropped.
import type { FeatureCollection } from "geojson";
import { getJson, withQuery } from "../page";

export const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Six decimals are about 10 cm; more only defeats caches. */
export function bboxOf({ west, south, east, north }: Bounds): string {
  return [west, south, east, north].map((value) => value.toFixed(6)).join(",");
}

export function parseBbox(text: string | undefined): Bounds | null {
  const [west, south, east, north] = (text ?? "").split(",").map(Number);
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null;
  if (![west, south, east, north].every(Number.isFinite) || west > east || south > north) return null;
  return { west, south, east, north };
}

export class Windowed {
  private asking: AbortController | null = null;
  private shown = "";

  constructor(
    private readonly url: string,
    private readonly show: (data: FeatureCollection) => void,
  ) {}

  async look(bounds: Bounds): Promise<void> {
    const bbox = bboxOf(bounds);
    if (bbox === this.shown) return;
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    const data = await getJson<FeatureCollection>(withQuery(this.url, { bbox }), mine.signal);
    if (mine.signal.aborted || !Array.isArray(data?.features)) return;
    this.shown = bbox;
    this.show(data);
  }
}
