// A flat drawing around one point: metres east and south of it, good to a few parts in ten thousand over a
// few kilometres.
import { EARTH_METRES } from "../page";
import type { Point } from "./place";

export interface Flat {
  x: number;
  y: number;
}

const METRES_PER_DEGREE = (EARTH_METRES * Math.PI) / 180;

export class Plane {
  private readonly eastScale: number;

  constructor(private readonly origin: Point) {
    this.eastScale = METRES_PER_DEGREE * Math.cos((origin.lat * Math.PI) / 180);
  }

  toFlat({ lng, lat }: Point): Flat {
    return { x: (lng - this.origin.lng) * this.eastScale, y: (this.origin.lat - lat) * METRES_PER_DEGREE };
  }

  toPoint({ x, y }: Flat): Point {
    return { lng: this.origin.lng + x / this.eastScale, lat: this.origin.lat - y / METRES_PER_DEGREE };
  }
}

/** 1, 2 or 5 times a power of ten, the largest that is not above `metres`. */
export function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  const head = metres / power;
  return (head >= 5 ? 5 : head >= 2 ? 2 : 1) * power;
}

/**
 * The window around a point that may be asked for: whole hundredths of a degree (about 1 km), so it names no
 * spot.
 */
export function coarseWindow({ lng, lat }: Point): string {
  const step = 0.01;
  const down = (value: number) => Math.floor(value / step) * step;
  const box = [down(lng) - step, down(lat) - step, down(lng) + 2 * step, down(lat) + 2 * step];
  return box.map((value) => value.toFixed(2)).join(",");
}
