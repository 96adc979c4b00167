// How long to wait before the next try.

export const FIRST_WAIT_SECONDS = 5;
/** A rider's signal comes back within minutes; a longer sleep would be noticed before it ended. */
export const LONGEST_WAIT_SECONDS = 600;
/** Someone else is sending; they may have looked just before something new was kept. */
export const OTHER_SENDER_SECONDS = 4;

/**
 * Doubles from 5 s to 10 min, spread by a fifth, so that phones under one mast do not all come back at once.
 */
export function waitSeconds(failures: number, random: number, retryAfterSeconds: number | null): number {
  const steps = Math.max(0, Math.min(failures - 1, 20));
  const wait = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** steps);
  return Math.max(wait * (0.8 + 0.4 * random), retryAfterSeconds ?? 0);
}
