// Fixes from the browser, only while the form is on screen.
import type { Fix } from "./fixes";

export type LocateStatus = "locating" | "denied" | "unavailable" | "insecure";

/** Long enough for a cold receiver between houses. */
const FIX_SECONDS_MAX = 20;

export class Locator {
  private watch: number | null = null;
  private wanted = false;

  constructor(
    private readonly onFix: (fix: Fix) => void,
    private readonly onStatus: (status: LocateStatus) => void,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.pause();
      else if (this.wanted) this.watchNow();
    });
    window.addEventListener("pagehide", () => this.pause());
  }

  /** Whether asking would show no question. Browsers that cannot say count as no. */
  async mayWithoutAsking(): Promise<boolean> {
    if (!this.possible()) return false;
    try {
      return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
    } catch {
      return false;
    }
  }

  start(): void {
    if (!isSecureContext) return this.onStatus("insecure");
    if (!this.possible()) return this.onStatus("unavailable");
    this.wanted = true;
    this.watchNow();
  }

  stop(): void {
    this.wanted = false;
    this.pause();
  }

  get running(): boolean {
    return this.wanted;
  }

  private possible(): boolean {
    return isSecureContext && "geolocation" in navigator;
  }

  private pause(): void {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
  }

  private watchNow(): void {
    if (this.watch !== null || document.hidden) return;
    this.onStatus("locating");
    this.watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) =>
        this.onFix({
          lng: coords.longitude,
          lat: coords.latitude,
          accuracy: coords.accuracy,
          speed: coords.speed,
          // Some receivers stamp in their own time; a fix from the future would never grow old.
          at: Math.min(timestamp, Date.now()),
        }),
      ({ code }) => {
        if (code === GeolocationPositionError.PERMISSION_DENIED) {
          this.stop();
          this.onStatus("denied");
        } else this.onStatus("unavailable");
      },
      { enableHighAccuracy: true, maximumAge: 5000, timeout: FIX_SECONDS_MAX * 1000 },
    );
  }
}
