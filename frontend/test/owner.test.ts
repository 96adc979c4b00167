// Whose report it is, on pages that know it and on pages from the cache.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDatabase } from "../src/outbox/database";
import { currentOwner } from "../src/outbox/owner";
import { noteSeen } from "../src/page";

const RIDER = "019a0000-0000-7000-8000-000000000017";

let kept: Map<string, string>;

/** A page of `owner`, or one from the cache. */
function open(owner: string | undefined, fromCache = false): void {
  const dataset = owner === undefined ? {} : { owner };
  const documentElement = { hasAttribute: (name: string) => fromCache && name === "data-shell" };
  Object.assign(globalThis, { document: { documentElement, body: { dataset } } });
}

beforeEach(() => {
  kept = new Map();
  const localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  };
  Object.assign(globalThis, { indexedDB: new IDBFactory(), localStorage });
});

test("a report kept on a page from the cache is that of who was here last, however short", async () => {
  open(RIDER);
  noteSeen();
  // The network went before the outbox came to note anything.
  open("", true);
  noteSeen();
  assert.equal(await currentOwner(await openDatabase()), RIDER);
});

test("who signed out leaves the phone to a stranger", async () => {
  open(RIDER);
  noteSeen();
  open("");
  noteSeen();
  open("", true);
  assert.equal(await currentOwner(await openDatabase()), "");
});

test("where storage is shut, the outbox's own note counts", async () => {
  const shut = () => {
    throw new Error("shut");
  };
  Object.assign(globalThis, { localStorage: { getItem: shut, setItem: shut } });
  const db = await openDatabase();
  open(RIDER);
  noteSeen();
  assert.equal(await currentOwner(db), RIDER);
  open(undefined);
  assert.equal(await currentOwner(db), RIDER, "the offline page");
});
