// When a page sends: on opening, when the network comes back, when it is looked at again, when something was
// kept, and after a while when it failed. Background sync, where it exists, only helps.
import { database } from "./database";
import { OTHER_SENDER_SECONDS, waitSeconds } from "./pace";
import { askWhoIsHere, pageSession } from "./owner";
import { sendRound } from "./send";
import { inTurn } from "./turn";
import type { Line, Session } from "./wire";
import { tell } from "./word";

/** What a page from the cache has learnt of who is signed in. */
let learnt: Session | null = null;

export const line: Line = {
  fetch: (input, init) => fetch(input, init),
  base: location.origin,
  session: () => pageSession() ?? learnt,
  now: Date.now,
};

let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;
let again = false;

function later(seconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void send(), seconds * 1000);
}

async function once(): Promise<void> {
  const db = await database();
  tell(true);
  try {
    // Without it a phone whose token did not arrive before the network went would wait for another page.
    if (line.session() === null) learnt = await askWhoIsHere();
    const round = await inTurn(db, () => sendRound(db, line, () => tell(true)));
    if (round === null) return later(OTHER_SENDER_SECONDS);
    failures = round.left ? failures + 1 : 0;
    if (round.left) later(waitSeconds(failures, Math.random(), round.retryAfterSeconds));
  } finally {
    tell(false);
  }
}

/** Starts a round now. A call while one runs makes it run once more: what was just kept must not wait. */
export async function send(): Promise<void> {
  clearTimeout(timer);
  if (running) {
    again = true;
    return;
  }
  if (!navigator.onLine) return;
  running = true;
  try {
    do {
      again = false;
      await once();
    } while (again);
  } catch {
    failures += 1;
    later(waitSeconds(failures, Math.random(), null));
  } finally {
    running = false;
  }
}

/** A person or the network says that now is a good time. */
export function sendNow(): void {
  failures = 0;
  void send();
}

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/**
 * Asks the browser to wake the service worker when there is network, even when this page is closed by then.
 */
export async function askForBackground(): Promise<void> {
  try {
    const registration = (await navigator.serviceWorker?.getRegistration()) as SyncRegistration | undefined;
    await registration?.sync?.register("qige-outbox");
  } catch {
    /* refused or missing: opening the app sends as well */
  }
}

export function start(): void {
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) sendNow();
  });
  void send();
}
