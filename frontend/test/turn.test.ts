import assert from "node:assert/strict";
import { test } from "node:test";
import { LEASE_MILLIS, withLease } from "../src/outbox/turn";
import { FakeServer } from "./fake-server";
import { Phone } from "./phone";

test("one sender at a time where there are no locks, and a dead one's lease runs out", async () => {
  const { db } = await Phone.new(new FakeServer());
  let now = 1_000_000;
  const clock = () => now;
  let release: () => void = () => undefined;
  const first = withLease(
    db,
    () =>
      new Promise<string>((resolve) => {
        release = () => resolve("first");
      }),
    clock,
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  assert.equal(await withLease(db, async () => "second", clock), null);
  now += LEASE_MILLIS - 1;
  assert.equal(await withLease(db, async () => "second", clock), null);
  now += 1;
  assert.equal(await withLease(db, async () => "third", clock), "third");
  release();
  assert.equal(await first, "first");
  assert.equal(await withLease(db, async () => "fourth", clock), "fourth");
});

test("a failed turn is given back", async () => {
  const { db } = await Phone.new(new FakeServer());
  await assert.rejects(
    withLease(db, async () => {
      throw new Error("no");
    }),
  );
  assert.equal(await withLease(db, async () => 1), 1);
});
