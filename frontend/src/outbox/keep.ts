// Keeping a report: on disk first, then "kept", then the network.
import { database } from "./database";
import { askForBackground, line, sendNow } from "./dispatch";
import type { Draft, Kept } from "./model";
import { currentOwner, pageSession } from "./owner";
import { append, deviceFor, FullError } from "./records";
import { register } from "./register";
import { tell } from "./word";

/** Asked once there is something to lose; the browser decides (installed apps mostly get it). */
async function persist(): Promise<void> {
  try {
    if ((await navigator.storage?.persisted()) === false) await navigator.storage.persist();
  } catch {
    /* plain HTTP */
  }
}

export function isFull(error: unknown): boolean {
  return error instanceof FullError || (error instanceof DOMException && error.name === "QuotaExceededError");
}

/** Resolves when the report would survive the phone being switched off this moment. */
export async function keep(draft: Draft): Promise<Kept> {
  const db = await database();
  const kept = await append(db, await currentOwner(db), draft, Date.now());
  tell(false);
  void persist();
  void askForBackground();
  sendNow();
  return kept;
}

/**
 * Gets the token while the person is signed in and has signal, so that an expired session strands nothing
 * later.
 */
export async function prepare(): Promise<void> {
  const session = pageSession();
  if (session === null || session.owner === "" || !navigator.onLine) return;
  try {
    const db = await database();
    const device = await deviceFor(db, await currentOwner(db), Date.now());
    if (device.token !== null) return;
    await register(db, line, device);
  } catch {
    /* it is tried again when there is something to send */
  }
}
