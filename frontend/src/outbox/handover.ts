// Handing records over, in order, exactly once: what was answered is settled, what was not is sent again
// unchanged.
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, type Device, type Kept, type Receipt } from "./model";
import { accepted, refused } from "./outcomes";
import { noteDevice, renew, waiting } from "./records";
import { type Call, json, LaterError, type Line, postJson, problemOf } from "./wire";

type Result =
  | { index: number; outcome: "accepted"; receipt: Receipt }
  | { index: number; outcome: "refused"; problem: { detail?: string; title?: string } };

/**
 * The server cannot go on where this device stands: it lost records, or holds others under the same indexes.
 */
export class GapError extends Error {}

const wire = ({ index, id, kind, body }: Kept) => ({ index, id, kind, body });

/** The longest head of `list` that one request may carry; never empty. */
export function batchOf(list: readonly Kept[]): Kept[] {
  const batch: Kept[] = [];
  let bytes = 0;
  for (const kept of list.slice(0, BATCH_RECORDS_MAX)) {
    bytes += new Blob([JSON.stringify(wire(kept))]).size + 1;
    if (batch.length > 0 && bytes > BATCH_BYTES_MAX) break;
    batch.push(kept);
  }
  return batch;
}

/** After a lost answer: whether the server still counts as this phone does. */
async function compare(call: Call, device: Device, first: number): Promise<void> {
  const answer = await call(`/sync/status?device=${encodeURIComponent(device.device)}`);
  if (answer.status === 404) {
    if (first > 0) throw new GapError();
    return;
  }
  if (!answer.ok) throw new LaterError();
  const { next } = json<{ next: number }>(answer);
  if (next < first || next > device.next) throw new GapError();
}

async function settle(db: IDBDatabase, batch: readonly Kept[], results: readonly Result[]): Promise<number> {
  let settled = 0;
  for (const result of results) {
    const kept = batch.find(({ index }) => index === result.index);
    if (kept === undefined) continue;
    if (result.outcome === "accepted") {
      // Another record lies there under this index: the disk of this phone once went back in time.
      if (result.receipt.report !== kept.id) throw new GapError();
      await accepted(db, kept.id, result.receipt);
    } else if (result.outcome === "refused") {
      await refused(db, kept.id, result.problem.detail ?? result.problem.title ?? "");
    } else {
      continue;
    }
    settled += 1;
  }
  return settled;
}

/** One batch; resolves to how many records were settled. */
async function sendBatch(
  db: IDBDatabase,
  call: Call,
  device: Device,
  batch: readonly Kept[],
): Promise<number> {
  const answer = await call("/sync/records", postJson({ device: device.device, records: batch.map(wire) }));
  if (answer.status === 409) throw new GapError();
  if (answer.status === 403 || answer.status === 404) throw new LaterError();
  if (!answer.ok) {
    const [only] = batch;
    // One that the server cannot even read must not block those behind it; in a batch it is not known which.
    if (batch.length > 1 || only === undefined) return sendBatch(db, call, device, batch.slice(0, 1));
    await refused(db, only.id, problemOf(answer));
    throw new GapError();
  }
  const { results } = json<{ results?: Result[] }>(answer);
  if (!Array.isArray(results) || results.length === 0) throw new GapError();
  return settle(db, batch, results);
}

/** Hands over everything that waits under one device. Throws `GapError` when the device must be renewed. */
export async function handOver(db: IDBDatabase, call: Call, start: Device): Promise<void> {
  let device = start;
  for (;;) {
    const list = await waiting(db, device.owner);
    const [first] = list;
    if (first === undefined) return;
    if (first.device !== device.device) throw new LaterError();
    if (device.doubt) await compare(call, device, first.index);
    device = await noteDevice(db, device, { doubt: true });
    const settled = await sendBatch(db, call, device, batchOf(list));
    if (settled === 0) throw new LaterError();
    device = await noteDevice(db, device, { doubt: false });
  }
}

/** A new device in place of one with a gap. */
export function closeGap(db: IDBDatabase, line: Line, device: Device): Promise<Device> {
  return renew(db, device.owner, line.now());
}
