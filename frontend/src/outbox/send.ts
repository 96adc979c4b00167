// One round of sending: every owner's records, then their photos. Runs in a page or in the service worker.
import { closeGap, GapError, handOver } from "./handover";
import type { Device } from "./model";
import { attachmentOver, attachmentsOf, located, owing, tidy } from "./outcomes";
import { allDevices, noteDevice, waiting } from "./records";
import { register } from "./register";
import { upload } from "./tus";
import { asDevice, type Call, LaterError, type Line, SignInError, UnauthorisedError } from "./wire";

/** New tokens and new devices in one round; a server that wants more of them is broken. */
const RENEWALS_MAX = 3;

export interface Round {
  /** Something is left that waiting may cure. */
  left: boolean;
  retryAfterSeconds: number | null;
}

/** Told of every step, so that the page can show it. */
export type Progress = () => void;

async function sendPhotos(db: IDBDatabase, call: Call, owner: string, progress: Progress): Promise<void> {
  for (const report of await owing(db, owner)) {
    for (const file of await attachmentsOf(db, report.id)) {
      const fate = await upload(call, file, (location) => located(db, file.id, location));
      await attachmentOver(db, file, fate.sent ? null : fate.detail);
      progress();
    }
  }
}

async function sendDevice(db: IDBDatabase, line: Line, first: Device, progress: Progress): Promise<void> {
  let device = first;
  for (let renewals = 0; renewals <= RENEWALS_MAX; renewals += 1) {
    try {
      if (device.token === null) device = await register(db, line, device);
      const call = asDevice(line, device.token ?? "");
      await handOver(db, call, device);
      progress();
      await sendPhotos(db, call, device.owner, progress);
      return;
    } catch (error) {
      if (error instanceof UnauthorisedError) device = await noteDevice(db, device, { token: null });
      else if (error instanceof GapError) device = await closeGap(db, line, device);
      else throw error;
      progress();
    }
  }
  throw new LaterError();
}

async function hasWork(db: IDBDatabase, owner: string): Promise<boolean> {
  return (await waiting(db, owner)).length > 0 || (await owing(db, owner)).length > 0;
}

/**
 * A worker or a page from the cache cannot register anybody; only a real page knows that a person must act.
 */
async function noteSignIn(db: IDBDatabase, line: Line, owner: string): Promise<void> {
  if (line.session() === null) return;
  for (const device of await allDevices(db)) {
    if (device.owner === owner) await noteDevice(db, device, { signIn: true });
  }
}

/** Sends what can be sent. One owner's trouble does not hold up another's reports. */
export async function sendRound(db: IDBDatabase, line: Line, progress: Progress): Promise<Round> {
  const round: Round = { left: false, retryAfterSeconds: null };
  for (const device of await allDevices(db)) {
    if (!(await hasWork(db, device.owner))) continue;
    try {
      await sendDevice(db, line, device, progress);
    } catch (error) {
      if (error instanceof SignInError) {
        await noteSignIn(db, line, device.owner);
      } else if (error instanceof LaterError) {
        round.left = true;
        round.retryAfterSeconds =
          Math.max(round.retryAfterSeconds ?? 0, error.retryAfterSeconds ?? 0) || null;
      } else {
        throw error;
      }
    }
    progress();
  }
  await tidy(db, line.now());
  return round;
}
