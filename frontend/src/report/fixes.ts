// What the phone's fixes say: where the report is, and whether the phone moves. Pure; judged on the phone
// alone.
import { EARTH_METRES } from "../page";

export interface Fix {
  lng: number;
  lat: number;
  /** Radius in metres within which the phone is, at 95 % (W3C Geolocation). */
  accuracy: number;
  /** Metres per second as the receiver measures it, where it does. */
  speed: number | null;
  /** Milliseconds since the epoch. */
  at: number;
}

export const MOVING_KM_PER_HOUR = 6;
/** Fixes are compared across at least this much, so that a receiver's jitter is not read as riding. */
export const COMPARE_SECONDS = 4;
/** Two fixes a second apart are the least that can be compared. */
const COMPARE_SECONDS_MIN = 1;
const COMPARE_SECONDS_MAX = 30;
/** A receiver at rest stops telling; after this its last word is no longer about now. */
export const STALE_SECONDS = 10;
/** A fix this rough says nothing about speed. */
const SPEED_ACCURACY_METRES = 100;
/** Walking pace: how fast a fix stops being about here. */
const DRIFT_METRES_PER_SECOND = 1.4;
/** How long after the first photo a better fix may still replace the one it was taken at. */
export const SETTLE_SECONDS = 20;
const FIXES_KEPT = 120;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance in metres (haversine, mean Earth radius of IUGG). */
export function distanceMetres(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  const dLat = radians(b.lat - a.lat),
    dLng = radians(b.lng - a.lng);
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLng / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}

export function withFix(fixes: readonly Fix[], fix: Fix): Fix[] {
  return [...fixes, fix].slice(-FIXES_KEPT);
}

function earlier(fixes: readonly Fix[], last: Fix): Fix | null {
  const age = (fix: Fix) => (last.at - fix.at) / 1000;
  const usable = fixes.filter(
    (fix) =>
      age(fix) >= COMPARE_SECONDS_MIN &&
      age(fix) <= COMPARE_SECONDS_MAX &&
      fix.accuracy <= SPEED_ACCURACY_METRES,
  );
  return usable.filter((fix) => age(fix) >= COMPARE_SECONDS).at(-1) ?? usable[0] ?? null;
}

/** Over 6 km/h now, by the receiver's own speed or by the last two fixes; false where they do not say. */
export function isMoving(fixes: readonly Fix[], nowMillis: number): boolean {
  const last = fixes.at(-1);
  if (last === undefined || nowMillis - last.at > STALE_SECONDS * 1000) return false;
  const limit = MOVING_KM_PER_HOUR / 3.6;
  if (last.speed !== null && last.speed > limit) return true;
  if (last.accuracy > SPEED_ACCURACY_METRES) return false;
  const before = earlier(fixes, last);
  if (before === null) return false;
  const metres = distanceMetres(before, last);
  // Two circles that overlap may be one and the same place.
  if (metres <= Math.max(before.accuracy, last.accuracy)) return false;
  return metres / ((last.at - before.at) / 1000) > limit;
}

/**
 * The fix that is most likely where the person was at `anchorMillis`: rough ones and distant times count
 * against it.
 */
export function bestFix(fixes: readonly Fix[], anchorMillis: number): Fix | null {
  const doubt = (fix: Fix) =>
    fix.accuracy + (Math.abs(fix.at - anchorMillis) / 1000) * DRIFT_METRES_PER_SECOND;
  let best: Fix | null = null;
  for (const fix of fixes) {
    if (fix.at > anchorMillis + SETTLE_SECONDS * 1000) continue;
    if (best === null || doubt(fix) < doubt(best)) best = fix;
  }
  return best;
}
