// The phone's database. A write is over when the disk has it: "kept on this phone" is a promise.

const NAME = "qige";
const VERSION = 1;

export type Store = "records" | "attachments" | "devices" | "facts";

function create(db: IDBDatabase): void {
  const records = db.createObjectStore("records", { keyPath: "id" });
  records.createIndex("place", ["device", "index"], { unique: true });
  records.createIndex("state", ["owner", "state"]);
  db.createObjectStore("attachments", { keyPath: "id" }).createIndex("report", "report");
  db.createObjectStore("devices", { keyPath: "owner" });
  db.createObjectStore("facts");
}

export function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("database"));
  });
}

/** Rejects where the browser has no database or keeps it shut (some private windows). */
export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => create(request.result);
    request.onblocked = () => reject(new Error("database blocked"));
    request.onerror = () => reject(request.error ?? new Error("database"));
    request.onsuccess = () => {
      // A newer build may want to change the layout while this page is open.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

let shared: Promise<IDBDatabase> | null = null;

/** One connection per page or worker, opened again after it was closed from outside. */
export function database(): Promise<IDBDatabase> {
  shared ??= openDatabase().then((db) => {
    db.addEventListener("close", () => {
      shared = null;
    });
    db.addEventListener("versionchange", () => {
      shared = null;
    });
    return db;
  });
  shared.catch(() => {
    shared = null;
  });
  return shared;
}

function finished(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error("database"));
  });
}

async function within<T>(tx: IDBTransaction, work: (tx: IDBTransaction) => Promise<T>): Promise<T> {
  const end = finished(tx);
  // The first failure is the one to tell; the abort that follows it must not go unheard.
  end.catch(() => undefined);
  let value: T;
  try {
    value = await work(tx);
  } catch (error) {
    try {
      tx.abort();
    } catch {
      /* it has ended already */
    }
    await end.catch(() => undefined);
    throw tx.error ?? error;
  }
  await end;
  return value;
}

/** All or nothing, on disk when it resolves. `work` may await nothing but its own requests. */
export function write<T>(
  db: IDBDatabase,
  stores: Store[],
  work: (tx: IDBTransaction) => Promise<T>,
): Promise<T> {
  return within(db.transaction(stores, "readwrite", { durability: "strict" }), work);
}

export function read<T>(
  db: IDBDatabase,
  stores: Store[],
  work: (tx: IDBTransaction) => Promise<T>,
): Promise<T> {
  return within(db.transaction(stores, "readonly"), work);
}
