// Which key does what. Pure, so that the whole table can be tested.

export interface Pressed {
  key: string;
  ctrl: boolean;
  alt: boolean;
  meta: boolean;
}
export interface Where {
  typing: boolean;
  /** A dialog is open: keys are its own. */
  dialog: boolean;
  /** The page has rows to move in. */
  rows: boolean;
  /** The focus is on a row or on something in it. */
  inRow: boolean;
  /** The focus is on something that Enter presses by itself. */
  onControl: boolean;
}

export type Act =
  { act: "move"; by: 1 | -1 } | { act: "open" | "search" | "help" | "tick" } | { act: "press"; key: string };

/** What a key means here; null leaves it to the browser. */
export function actOf({ key, ctrl, alt, meta }: Pressed, where: Where): Act | null {
  if (ctrl || alt || meta || where.typing || where.dialog) return null;
  if (where.rows) {
    if (key === "j" || (key === "ArrowDown" && where.inRow)) return { act: "move", by: 1 };
    if (key === "k" || (key === "ArrowUp" && where.inRow)) return { act: "move", by: -1 };
    if (key === "Enter") return where.onControl ? null : { act: "open" };
    if (key === "x") return { act: "tick" };
  }
  if (key === "/") return { act: "search" };
  if (key === "?") return { act: "help" };
  return /^[a-zA-Z]$/.test(key) ? { act: "press", key } : null;
}
