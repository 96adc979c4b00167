import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bestFix,
  distanceMetres,
  type Fix,
  isMoving,
  SETTLE_SECONDS,
  STALE_SECONDS,
  withFix,
} from "../src/report/fixes";
import { coarse, ELSEWHERE_METRES, PlaceKeeper } from "../src/report/place";
import { coarseWindow, Plane, roundLength } from "../src/report/plane";

const NOW = Date.UTC(2026, 10, 24, 2);
const START = { lng: 118.75, lat: 34.52 };

/** A fix `east` metres east of the start, `second` seconds in. */
function fix(east: number, second: number, accuracy = 8, speed: number | null = null): Fix {
  const point = new Plane(START).toPoint({ x: east, y: 0 });
  return { ...point, accuracy, speed, at: NOW + second * 1000 };
}

const at = (second: number) => NOW + second * 1000;

test("distances are those of the sphere", () => {
  // One degree of latitude on a sphere of mean radius is 111.195 km.
  assert.ok(Math.abs(distanceMetres({ lng: 0, lat: 0 }, { lng: 0, lat: 1 }) - 111_195) < 1);
  assert.equal(distanceMetres(START, START), 0);
});

test("riding is told from the last two fixes", () => {
  const riding = [0, 5, 10].map((second) => fix(second * 6, second));
  assert.equal(isMoving(riding, at(10)), true);
  assert.equal(isMoving([fix(0, 0), fix(100, 2)], at(2)), true);
});

test("six kilometres an hour are not over six", () => {
  const metres = (kmh: number, seconds: number) => (kmh / 3.6) * seconds;
  const after = (kmh: number) => isMoving([fix(0, 0, 2), fix(metres(kmh, 10), 10, 2)], at(10));
  assert.equal(after(5.9), false);
  assert.equal(after(6.2), true);
});

test("walking, standing and a jittering receiver are not riding", () => {
  const walking = Array.from({ length: 20 }, (_, second) => fix(second * 1.3, second));
  assert.equal(isMoving(walking, at(19)), false);
  const jitter = Array.from({ length: 20 }, (_, second) => fix(second % 2 === 0 ? 0 : 12, second, 15));
  assert.equal(isMoving(jitter, at(19)), false);
  // Indoors a fix jumps by its own roughness.
  assert.equal(isMoving([fix(0, 0, 60), fix(55, 5, 60)], at(5)), false);
  assert.equal(isMoving([fix(0, 0), fix(3000, 5, 2000)], at(5)), false);
});

test("the receiver's own speed counts at once, a stale fix not at all", () => {
  const last = fix(0, 0, 8, 5);
  assert.equal(isMoving([last], at(0)), true);
  assert.equal(isMoving([last], at(STALE_SECONDS)), true);
  assert.equal(isMoving([last], at(STALE_SECONDS + 1)), false);
  assert.equal(isMoving([], at(0)), false);
  assert.equal(isMoving([fix(0, 0)], at(0)), false);
});

test("who has stopped may send within seconds", () => {
  let fixes: Fix[] = [];
  for (let second = 0; second <= 10; second += 1) fixes = withFix(fixes, fix(second * 7, second));
  for (let second = 11; second <= 15; second += 1) fixes = withFix(fixes, fix(70, second));
  assert.equal(isMoving(fixes, at(15)), false);
});

test("the point is where the first photo was taken, sharpened but not carried along", () => {
  const keeper = new PlaceKeeper();
  keeper.addFix(fix(0, 0, 30));
  keeper.anchor(at(1));
  keeper.addFix(fix(3, 4, 6));
  assert.equal(keeper.current(at(4))?.accuracy, 6);
  keeper.addFix(fix(400, 60, 4));
  const place = keeper.current(at(60));
  assert.equal(place?.accuracy, 6);
  assert.ok(place !== null && distanceMetres(place, START) < 10);
});

test("a better fix is taken until it is too late to be about the photo", () => {
  const fixes = [fix(0, 0, 500)];
  assert.equal(bestFix([...fixes, fix(5, SETTLE_SECONDS, 5)], NOW)?.accuracy, 5);
  assert.equal(bestFix([...fixes, fix(5, SETTLE_SECONDS + 1, 5)], NOW)?.accuracy, 500);
});

test("a photo's position is offered where the phone has none, or when it was clearly taken elsewhere", () => {
  const elsewhere = new Plane(START).toPoint({ x: 8 + ELSEWHERE_METRES + 5, y: 0 });
  const here = new Plane(START).toPoint({ x: 8 + ELSEWHERE_METRES - 5, y: 0 });
  const source = (point: typeof START, fromAlbum: boolean, located: boolean) => {
    const keeper = new PlaceKeeper();
    if (located) keeper.addFix(fix(0, 0));
    keeper.notePhoto(point, fromAlbum);
    return keeper.current(at(1))?.source ?? null;
  };
  assert.equal(source(elsewhere, true, false), "photo");
  assert.equal(source(elsewhere, false, false), "photo");
  assert.equal(source(elsewhere, true, true), "photo");
  assert.equal(source(elsewhere, false, true), "phone");
  assert.equal(source(here, true, true), "phone");
});

test("a pin set by hand wins, has no measured accuracy, and can be taken back", () => {
  const keeper = new PlaceKeeper();
  assert.equal(keeper.current(NOW), null);
  keeper.addFix(fix(0, 0));
  keeper.moveByHand({ lng: 1, lat: 2 });
  assert.deepEqual(keeper.current(at(1)), { lng: 1, lat: 2, accuracy: null, source: "hand" });
  keeper.reset();
  assert.equal(keeper.current(at(1))?.source, "phone");
});

test("what is asked before sending names no spot", () => {
  assert.deepEqual(coarse({ lng: 118.7546789, lat: 34.5212345 }), { lng: "118.755", lat: "34.521" });
  assert.equal(coarseWindow({ lng: 118.7546789, lat: 34.5212345 }), "118.74,34.51,118.77,34.54");
});

test("the flat drawing comes back to where it started", () => {
  const plane = new Plane(START);
  const back = plane.toPoint(plane.toFlat({ lng: 118.76, lat: 34.53 }));
  assert.ok(Math.abs(back.lng - 118.76) < 1e-9 && Math.abs(back.lat - 34.53) < 1e-9);
  assert.ok(Math.abs(plane.toFlat({ lng: 118.75, lat: 34.53 }).y + 1112) < 1);
  assert.deepEqual([75, 50, 49, 20, 9.9, 1].map(roundLength), [50, 50, 20, 20, 5, 1]);
});
