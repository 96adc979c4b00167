// The point of the report: a hand-set pin first, then a photo's own note, then the phone's fix at the first
// photo.
import { bestFix, distanceMetres, type Fix, isMoving, withFix } from "./fixes";

export interface Point {
  lng: number;
  lat: number;
}
export interface Place extends Point {
  /** Metres; null where nobody measured it. */
  accuracy: number | null;
  source: "phone" | "photo" | "hand" | "reminder";
}

/** A photo out of the album was taken elsewhere when it lies this far outside what the phone says now. */
export const ELSEWHERE_METRES = 50;
/** About 100 m: asking what is nearby needs no more, and nothing more leaves the phone before sending. */
const COARSE_DEGREES_DECIMALS = 3;

/** The point that may be asked about: coarse, so that asking does not tell where somebody is. */
export function coarse({ lng, lat }: Point): { lng: string; lat: string } {
  return { lng: lng.toFixed(COARSE_DEGREES_DECIMALS), lat: lat.toFixed(COARSE_DEGREES_DECIMALS) };
}

export class PlaceKeeper {
  private fixes: Fix[] = [];
  private anchorMillis: number | null = null;
  private photo: Point | null = null;
  private reminder: Place | null = null;
  private hand: Point | null = null;

  addFix(fix: Fix): void {
    this.fixes = withFix(this.fixes, fix);
  }

  /** The first photo fixes the time the point is about; later fixes only sharpen it. */
  anchor(nowMillis: number): void {
    this.anchorMillis ??= nowMillis;
  }

  /**
   * A photo's own position, offered where the phone has none or where the photo was clearly taken elsewhere.
   */
  notePhoto(point: Point, fromAlbum: boolean): void {
    const here = bestFix(this.fixes, this.anchorMillis ?? Infinity);
    const elsewhere = here === null || distanceMetres(here, point) > here.accuracy + ELSEWHERE_METRES;
    if (here === null || (fromAlbum && elsewhere)) this.photo ??= point;
  }

  useReminder(place: Point & { accuracy: number | null }): void {
    this.reminder = { ...place, source: "reminder" };
    this.hand = null;
  }

  moveByHand(point: Point): void {
    this.hand = point;
  }

  /** Back to what the phone or the photo says. */
  reset(): void {
    this.hand = null;
  }

  /** The person asks for the phone's own position again, now. */
  startAgain(nowMillis: number): void {
    this.hand = null;
    this.photo = null;
    this.reminder = null;
    if (this.anchorMillis !== null) this.anchorMillis = nowMillis;
  }

  moving(nowMillis: number): boolean {
    return isMoving(this.fixes, nowMillis);
  }

  current(nowMillis: number): Place | null {
    if (this.hand !== null) return { ...this.hand, accuracy: null, source: "hand" };
    if (this.reminder !== null) return this.reminder;
    if (this.photo !== null) return { ...this.photo, accuracy: null, source: "photo" };
    const fix = bestFix(this.fixes, this.anchorMillis ?? nowMillis);
    return fix === null ? null : { lng: fix.lng, lat: fix.lat, accuracy: fix.accuracy, source: "phone" };
  }
}
