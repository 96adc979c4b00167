// Single facts kept on this phone: whose phone it was last, the pin to come back to.
import { asked, read, write } from "./database";

export function getFact<T>(db: IDBDatabase, name: string): Promise<T | null> {
  return read(
    db,
    ["facts"],
    async (tx) => (await asked<T | undefined>(tx.objectStore("facts").get(name))) ?? null,
  );
}

export function setFact(db: IDBDatabase, name: string, value: unknown): Promise<void> {
  return write(db, ["facts"], async (tx) => {
    const facts = tx.objectStore("facts");
    if (value === null) await asked(facts.delete(name));
    else await asked(facts.put(value, name));
  });
}
