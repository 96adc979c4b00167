// A phone for tests: an empty database, a line to the fake server, reports to keep.
import "fake-indexeddb/auto";
import { createHash } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import { openDatabase } from "../src/outbox/database";
import type { Draft, Kept } from "../src/outbox/model";
import { append, everything } from "../src/outbox/records";
import { type Round, sendRound } from "../src/outbox/send";
import type { Line, Session } from "../src/outbox/wire";
import { uuidV7 } from "../src/page/uuid";
import type { FakeServer } from "./fake-server";

export function photoOf(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) & 255));
}

export function draft(words: string, photos: readonly Buffer[] = []): Draft {
  const files = photos.map((photo, order) => ({
    id: uuidV7(Date.now()),
    order,
    type: "image/jpeg",
    bytes: photo.length,
    sha256: createHash("sha256").update(photo).digest("hex"),
    blob: new Blob([Uint8Array.from(photo)], { type: "image/jpeg" }),
  }));
  return {
    id: uuidV7(Date.now()),
    matterName: "",
    preview: null,
    files,
    body: {
      matter: null,
      words,
      lng: 118.75,
      lat: 34.52,
      accuracy_metres: 8,
      datum: "wgs84",
      made_at: "2026-11-24T02:00:00Z",
      photos: files.map(({ id, sha256, bytes }) => ({ id, sha256, bytes })),
      joins: null,
      solved: false,
    },
  };
}

export class Phone {
  session: Session | null = null;
  now = 1_800_000_000_000;

  private constructor(
    readonly db: IDBDatabase,
    private readonly server: FakeServer,
    readonly owner: string,
  ) {}

  static async new(server: FakeServer, owner = ""): Promise<Phone> {
    globalThis.indexedDB = new IDBFactory();
    return new Phone(await openDatabase(), server, owner);
  }

  keep(words: string, photos: readonly Buffer[] = []): Promise<Kept> {
    this.now += 1;
    return append(this.db, this.owner, draft(words, photos), this.now);
  }

  send(): Promise<Round> {
    const line: Line = {
      fetch: (input, init) => fetch(input, init),
      base: this.server.base,
      session: () => this.session,
      now: () => this.now,
    };
    return sendRound(this.db, line, () => undefined);
  }

  /** In the order in which they were kept. */
  async states(): Promise<string[]> {
    return (await everything(this.db, [this.owner])).reverse().map(({ state }) => state);
  }

  async only(): Promise<Kept> {
    const [one] = await everything(this.db, [this.owner]);
    if (one === undefined) throw new Error("nothing is kept");
    return one;
  }
}
