// Writing and reading of what waits. One file, because every function here keeps the same promise:
// indexes of one device have no gaps, and an id never changes.
import { uuidV7 } from "../page/uuid";
import { asked, read, write } from "./database";
import { type Attachment, type Device, type Draft, type Kept, WAITING_MAX } from "./model";

/** The phone holds as much as it may; nothing was kept. */
export class FullError extends Error {}

const records = (tx: IDBTransaction) => tx.objectStore("records");

function waitingOf(tx: IDBTransaction, owner: string): Promise<Kept[]> {
  return asked<Kept[]>(records(tx).index("state").getAll([owner, "waiting"]));
}

async function deviceOf(tx: IDBTransaction, owner: string, fresh: string): Promise<Device> {
  const found = await asked<Device | undefined>(tx.objectStore("devices").get(owner));
  return found ?? { owner, device: fresh, token: null, next: 0, doubt: false, signIn: false };
}

/** Keeps a report with its photos: all of it or nothing, on disk when this resolves. */
export async function append(db: IDBDatabase, owner: string, draft: Draft, nowMillis: number): Promise<Kept> {
  const fresh = uuidV7(nowMillis);
  return write(db, ["records", "attachments", "devices"], async (tx) => {
    const device = await deviceOf(tx, owner, fresh);
    const held = await asked(records(tx).index("state").count([owner, "waiting"]));
    if (held >= WAITING_MAX) throw new FullError();
    const kept: Kept = {
      id: draft.id,
      owner,
      device: device.device,
      index: device.next,
      kind: "report",
      body: draft.body,
      keptAt: nowMillis,
      matterName: draft.matterName,
      preview: draft.preview,
      state: "waiting",
      receipt: null,
      problem: null,
      photoProblems: [],
      photosDone: 0,
    };
    await asked(records(tx).add(kept));
    for (const file of draft.files) {
      const attachment: Attachment = { ...file, report: draft.id, location: null };
      await asked(tx.objectStore("attachments").add(attachment));
    }
    await asked(tx.objectStore("devices").put({ ...device, next: device.next + 1 }));
    return kept;
  });
}

/** The owner's device, made when there was none. */
export function deviceFor(db: IDBDatabase, owner: string, nowMillis: number): Promise<Device> {
  const fresh = uuidV7(nowMillis);
  return write(db, ["devices"], async (tx) => {
    const device = await deviceOf(tx, owner, fresh);
    await asked(tx.objectStore("devices").put(device));
    return device;
  });
}

export function allDevices(db: IDBDatabase): Promise<Device[]> {
  return read(db, ["devices"], (tx) => asked<Device[]>(tx.objectStore("devices").getAll()));
}

/** Notes something about a device, unless another tab replaced it meanwhile. */
export function noteDevice(db: IDBDatabase, device: Device, change: Partial<Device>): Promise<Device> {
  return write(db, ["devices"], async (tx) => {
    const now = await asked<Device | undefined>(tx.objectStore("devices").get(device.owner));
    if (now === undefined || now.device !== device.device) return now ?? device;
    const changed = { ...now, ...change };
    await asked(tx.objectStore("devices").put(changed));
    return changed;
  });
}

/** Undelivered records of an owner, in order. */
export async function waiting(db: IDBDatabase, owner: string): Promise<Kept[]> {
  const found = await read(db, ["records"], (tx) => waitingOf(tx, owner));
  return found.sort((a, b) => a.index - b.index);
}

/**
 * After a gap: a new device, under which what is undelivered counts from 0 again. Ids stay, so nothing is
 * doubled.
 */
export function renew(db: IDBDatabase, owner: string, nowMillis: number): Promise<Device> {
  const fresh = uuidV7(nowMillis);
  return write(db, ["records", "devices"], async (tx) => {
    const undelivered = (await waitingOf(tx, owner)).sort((a, b) => a.index - b.index);
    for (const [index, kept] of undelivered.entries()) {
      await asked(records(tx).put({ ...kept, device: fresh, index }));
    }
    const device: Device = {
      owner,
      device: fresh,
      token: null,
      next: undelivered.length,
      doubt: false,
      signIn: false,
    };
    await asked(tx.objectStore("devices").put(device));
    return device;
  });
}

export async function everything(db: IDBDatabase, owners: readonly string[]): Promise<Kept[]> {
  const all = await read(db, ["records"], (tx) => asked<Kept[]>(records(tx).getAll()));
  return all.filter((kept) => owners.includes(kept.owner)).sort((a, b) => b.keptAt - a.keptAt);
}
