import assert from "node:assert/strict";
import { test } from "node:test";
import { actOf, type Where } from "../src/queue/rules";

const FREE: Where = { typing: false, dialog: false, rows: true, inRow: false, onControl: false };
const press = (
  key: string,
  where: Partial<Where> = {},
  held: Partial<{ ctrl: boolean; alt: boolean; meta: boolean }> = {},
) => actOf({ key, ctrl: false, alt: false, meta: false, ...held }, { ...FREE, ...where });

test("the table of keys", () => {
  assert.deepEqual(press("j"), { act: "move", by: 1 });
  assert.deepEqual(press("k"), { act: "move", by: -1 });
  assert.deepEqual(press("Enter"), { act: "open" });
  assert.deepEqual(press("x"), { act: "tick" });
  assert.deepEqual(press("/"), { act: "search" });
  assert.deepEqual(press("?"), { act: "help" });
  assert.deepEqual(press("f"), { act: "press", key: "f" });
  // What is for all that is ticked has a key of its own.
  assert.deepEqual(press("F"), { act: "press", key: "F" });
});

test("arrows scroll the page unless a row has the focus", () => {
  assert.equal(press("ArrowDown"), null);
  assert.deepEqual(press("ArrowDown", { inRow: true }), { act: "move", by: 1 });
  assert.deepEqual(press("ArrowUp", { inRow: true }), { act: "move", by: -1 });
});

test("Enter on a control is the control's", () => {
  assert.equal(press("Enter", { onControl: true }), null);
});

test("letters are letters while typing, and keys are the dialog's while one is open", () => {
  for (const key of ["j", "x", "f", "/", "?", "Enter"]) {
    assert.equal(press(key, { typing: true }), null);
    assert.equal(press(key, { dialog: true }), null);
    for (const held of [{ ctrl: true }, { alt: true }, { meta: true }])
      assert.equal(press(key, {}, held), null);
  }
});

test("a page without rows has its letters, search and help", () => {
  assert.deepEqual(press("j", { rows: false }), { act: "press", key: "j" });
  assert.equal(press("Enter", { rows: false }), null);
  assert.deepEqual(press("?", { rows: false }), { act: "help" });
});

test("digits, other signs and named keys do nothing", () => {
  for (const key of ["1", "É", "字", "FF", "F5", "Tab", "Escape", " "]) assert.equal(press(key), null);
});
