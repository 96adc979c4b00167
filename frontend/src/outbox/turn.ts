// One sender at a time across tabs and the service worker: two would be correct, and would cost the signal
// twice.
import { asked, write } from "./database";

const NAME = "qige-outbox";
/** A lease outlives the tab that died with it by this much. */
export const LEASE_MILLIS = 60_000;

interface Lease {
  holder: string;
  until: number;
}

function take(db: IDBDatabase, holder: string, nowMillis: number): Promise<boolean> {
  return write(db, ["facts"], async (tx) => {
    const facts = tx.objectStore("facts");
    const lease = await asked<Lease | undefined>(facts.get("turn"));
    if (lease !== undefined && lease.holder !== holder && lease.until > nowMillis) return false;
    await asked(facts.put({ holder, until: nowMillis + LEASE_MILLIS } satisfies Lease, "turn"));
    return true;
  });
}

function give(db: IDBDatabase, holder: string): Promise<void> {
  return write(db, ["facts"], async (tx) => {
    const facts = tx.objectStore("facts");
    const lease = await asked<Lease | undefined>(facts.get("turn"));
    if (lease?.holder === holder) await asked(facts.delete("turn"));
  });
}

/** Where there are no Web Locks (plain HTTP): a lease in the database, renewed while the work goes on. */
export async function withLease<T>(
  db: IDBDatabase,
  work: () => Promise<T>,
  now: () => number = Date.now,
): Promise<T | null> {
  const holder = Math.random().toString(36).slice(2);
  if (!(await take(db, holder, now()))) return null;
  const renewal = setInterval(() => void take(db, holder, now()).catch(() => undefined), LEASE_MILLIS / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await give(db, holder);
  }
}

/** Runs `work` when nobody else is at it; null otherwise. */
export async function inTurn<T>(db: IDBDatabase, work: () => Promise<T>): Promise<T | null> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  if (locks === undefined) return withLease(db, work);
  return await locks.request(NAME, { ifAvailable: true }, async (lock): Promise<T | null> =>
    lock === null ? null : await work(),
  );
}
