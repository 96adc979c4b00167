// What lies on this phone. Append-only records per device, photos as blobs beside them.

/** Records in one batch, and their size as JSON (the server takes 200 KB). */
export const BATCH_RECORDS_MAX = 20;
export const BATCH_BYTES_MAX = 200_000;
/**
 * Reports that may wait on one phone: weeks of work; more means that sending has failed for good and must be
 * seen.
 */
export const WAITING_MAX = 200;
/** Delivered reports stay readable here for a month, unless they carry the only copy of a stranger's code. */
export const DELIVERED_DAYS = 30;

export interface FileNote {
  id: string;
  sha256: string;
  bytes: number;
}

/** The `body` of a record of kind `report`, as the server reads it. */
export interface ReportBody {
  matter: string | null;
  words: string;
  /** WGS-84 degrees; null when the phone did not know where it was. */
  lng: number | null;
  lat: number | null;
  accuracy_metres: number | null;
  datum: string;
  made_at: string;
  photos: FileNote[];
  voice?: FileNote;
  joins: string | null;
  solved: boolean;
}

export interface Receipt {
  report: string;
  at: string;
  follow_code: string | null;
  url: string | null;
}

/** `photos`: the receipt is there, photos are still going. */
export type State = "waiting" | "photos" | "delivered" | "refused";

export interface Kept {
  id: string;
  owner: string;
  device: string;
  index: number;
  kind: "report";
  body: ReportBody;
  keptAt: number;
  matterName: string;
  preview: Blob | null;
  state: State;
  receipt: Receipt | null;
  /** Why the server said no, in its words. */
  problem: string | null;
  /** Why single photos were refused while the report stands. */
  photoProblems: string[];
  photosDone: number;
}

export interface Attachment {
  id: string;
  report: string;
  order: number;
  type: string;
  sha256: string;
  bytes: number;
  blob: Blob;
  /** Where the server takes the rest of it (tus), once it was announced. */
  location: string | null;
}

/** One outbox of one owner ("" is a stranger) on this phone. */
export interface Device {
  owner: string;
  device: string;
  token: string | null;
  /** Index of the next record. */
  next: number;
  /** An answer was lost: what the server holds is asked before anything is sent. */
  doubt: boolean;
  /** Only the person can go on, by signing in. */
  signIn: boolean;
}

/** What the report page hands over to be kept. */
export interface Draft {
  id: string;
  body: ReportBody;
  matterName: string;
  preview: Blob | null;
  files: Omit<Attachment, "location" | "report">[];
}
