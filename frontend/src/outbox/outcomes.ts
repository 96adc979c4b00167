// What became of a record: written as it is learnt, photos freed as soon as the server has them.
import { isOlderThanDays } from "../page/clock";
import { asked, read, write } from "./database";
import { type Attachment, DELIVERED_DAYS, type Kept, type Receipt } from "./model";

async function change(tx: IDBTransaction, id: string, with_: (kept: Kept) => Kept): Promise<void> {
  const store = tx.objectStore("records");
  const kept = await asked<Kept | undefined>(store.get(id));
  if (kept !== undefined) await asked(store.put(with_(kept)));
}

function attachmentKeys(tx: IDBTransaction, report: string): Promise<IDBValidKey[]> {
  return asked(tx.objectStore("attachments").index("report").getAllKeys(report));
}

async function free(tx: IDBTransaction, report: string): Promise<void> {
  for (const key of await attachmentKeys(tx, report)) await asked(tx.objectStore("attachments").delete(key));
}

export function accepted(db: IDBDatabase, id: string, receipt: Receipt): Promise<void> {
  return write(db, ["records", "attachments"], async (tx) => {
    const left = (await attachmentKeys(tx, id)).length;
    await change(tx, id, (kept) => ({ ...kept, receipt, state: left === 0 ? "delivered" : "photos" }));
  });
}

export function refused(db: IDBDatabase, id: string, problem: string): Promise<void> {
  return write(db, ["records", "attachments"], async (tx) => {
    await change(tx, id, (kept) => ({ ...kept, problem, state: "refused" }));
    await free(tx, id);
  });
}

/** Reports whose photos are still to go, of one owner. */
export async function owing(db: IDBDatabase, owner: string): Promise<Kept[]> {
  const found = await read(db, ["records"], (tx) =>
    asked<Kept[]>(tx.objectStore("records").index("state").getAll([owner, "photos"])),
  );
  return found.sort((a, b) => a.keptAt - b.keptAt);
}

export async function attachmentsOf(db: IDBDatabase, report: string): Promise<Attachment[]> {
  const found = await read(db, ["attachments"], (tx) =>
    asked<Attachment[]>(tx.objectStore("attachments").index("report").getAll(report)),
  );
  return found.sort((a, b) => a.order - b.order);
}

export function located(db: IDBDatabase, id: string, location: string | null): Promise<void> {
  return write(db, ["attachments"], async (tx) => {
    const store = tx.objectStore("attachments");
    const attachment = await asked<Attachment | undefined>(store.get(id));
    if (attachment !== undefined) await asked(store.put({ ...attachment, location }));
  });
}

/** One photo is through, or refused for good (`problem`). The last one makes the report delivered. */
export function attachmentOver(db: IDBDatabase, file: Attachment, problem: string | null): Promise<void> {
  return write(db, ["records", "attachments"], async (tx) => {
    await asked(tx.objectStore("attachments").delete(file.id));
    const left = (await attachmentKeys(tx, file.report)).length;
    await change(tx, file.report, (kept) => ({
      ...kept,
      photosDone: kept.photosDone + (problem === null ? 1 : 0),
      photoProblems: problem === null ? kept.photoProblems : [...kept.photoProblems, problem],
      state: left === 0 && kept.receipt !== null ? "delivered" : kept.state,
    }));
  });
}

/** Takes a delivered or refused report off this phone; anything else stays, whoever asks. */
export function drop(db: IDBDatabase, id: string): Promise<void> {
  return write(db, ["records", "attachments"], async (tx) => {
    const kept = await asked<Kept | undefined>(tx.objectStore("records").get(id));
    if (kept === undefined || (kept.state !== "delivered" && kept.state !== "refused")) return;
    await asked(tx.objectStore("records").delete(id));
    await free(tx, id);
  });
}

/**
 * Old delivered reports go by themselves; a stranger's code has no other copy, so it stays until it is
 * dropped.
 */
export async function tidy(db: IDBDatabase, nowMillis: number): Promise<void> {
  const all = await read(db, ["records"], (tx) => asked<Kept[]>(tx.objectStore("records").getAll()));
  for (const kept of all) {
    const old = kept.state === "delivered" && isOlderThanDays(kept.keptAt, DELIVERED_DAYS, nowMillis);
    if (old && (kept.receipt?.follow_code ?? null) === null) await drop(db, kept.id);
  }
}
