// Resumable uploads, tus 1.0.0 with `creation` (https://tus.io/protocols/resumable-upload). The usual client
// does not run in a service worker.
import type { Attachment } from "./model";
import { type Answer, type Call, LaterError, PIECE_SECONDS, problemOf } from "./wire";

export const PIECE_BYTES = 256 * 1024;
/** New starts and conflicts without progress in one go; after that it is left for later. */
const STARTS_MAX = 3;
const CONFLICTS_MAX = 3;
const REFUSALS = new Set([400, 413, 415, 422, 460]);
const GONE = new Set([404, 410]);

export type Fate = { sent: true } | { sent: false; detail: string };
type Step = { offset: number } | { gone: true } | Fate;

function metadata(file: Attachment): string {
  const pairs = { id: file.id, sha256: file.sha256, filetype: file.type, report: file.report };
  return Object.entries(pairs)
    .map(([name, value]) => `${name} ${btoa(value)}`)
    .join(",");
}

function offsetOf(answer: Answer, bytes: number): number | null {
  const header = answer.headers.get("upload-offset");
  const offset = header === null ? NaN : Number(header);
  return Number.isInteger(offset) && offset >= 0 && offset <= bytes ? offset : null;
}

/** What an answer means when it is not the expected one. */
function otherwise(answer: Answer): Step {
  if (GONE.has(answer.status)) return { gone: true };
  if (REFUSALS.has(answer.status)) return { sent: false, detail: problemOf(answer) };
  throw new LaterError();
}

async function create(call: Call, file: Attachment): Promise<{ location: string; offset: number } | Fate> {
  const answer = await call("/uploads", {
    method: "POST",
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": String(file.bytes),
      "upload-metadata": metadata(file),
    },
  });
  if (answer.status === 200 || answer.status === 201) {
    const offset = offsetOf(answer, file.bytes) ?? 0;
    if (offset === file.bytes) return { sent: true };
    const location = answer.headers.get("location");
    if (location === null) throw new LaterError();
    return { location, offset };
  }
  const step = otherwise(answer);
  // A report that the server does not know any more cannot take a photo.
  if ("gone" in step) return { sent: false, detail: problemOf(answer) };
  if ("sent" in step) return step;
  throw new LaterError();
}

async function askOffset(call: Call, location: string, bytes: number): Promise<Step> {
  const answer = await call(location, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
  if (!answer.ok) return otherwise(answer);
  const offset = offsetOf(answer, bytes);
  if (offset === null) throw new LaterError();
  return { offset };
}

async function sendPiece(
  call: Call,
  location: string,
  file: Attachment,
  offset: number,
): Promise<Step | "conflict"> {
  const piece = file.blob.slice(offset, Math.min(offset + PIECE_BYTES, file.bytes));
  const answer = await call(
    location,
    {
      method: "PATCH",
      headers: {
        "tus-resumable": "1.0.0",
        "upload-offset": String(offset),
        "content-type": "application/offset+octet-stream",
      },
      // A typed blob would set its own content type in some browsers.
      body: new Blob([piece], { type: "application/offset+octet-stream" }),
    },
    PIECE_SECONDS,
  );
  if (answer.status === 409) return "conflict";
  if (!answer.ok) return otherwise(answer);
  const reached = offsetOf(answer, file.bytes);
  if (reached === null || reached <= offset) throw new LaterError();
  return { offset: reached };
}

/** From `offset` to the end, over conflicts. */
async function sendRest(call: Call, location: string, file: Attachment, from: number): Promise<Step> {
  let offset = from;
  let conflicts = 0;
  while (offset < file.bytes) {
    let step = await sendPiece(call, location, file, offset);
    if (step === "conflict") {
      conflicts += 1;
      if (conflicts > CONFLICTS_MAX) throw new LaterError();
      step = await askOffset(call, location, file.bytes);
    } else {
      conflicts = 0;
    }
    if (!("offset" in step)) return step;
    offset = step.offset;
  }
  return { sent: true };
}

/**
 * Sends one photo from wherever it broke off. Network failures throw `LaterError`; `remember` outlives the
 * page.
 */
export async function upload(
  call: Call,
  file: Attachment,
  remember: (location: string | null) => Promise<void>,
): Promise<Fate> {
  let location = file.location;
  let step: Step = location === null ? { gone: true } : await askOffset(call, location, file.bytes);
  for (let starts = 0; starts <= STARTS_MAX; starts += 1) {
    if ("offset" in step && location !== null) step = await sendRest(call, location, file, step.offset);
    if ("sent" in step) return step;
    const made = await create(call, file);
    if ("sent" in made) return made;
    location = made.location;
    await remember(location);
    step = { offset: made.offset };
  }
  throw new LaterError();
}
