// Any page with actions by key.
import { firstField, onKeys } from "./press";

export function attach(): void {
  // A page has one set of keys; the queue brings its own.
  if (document.querySelector('[data-module="queue"]') !== null) return;
  // Who asked for a step goes on there, unless the page has put them somewhere already.
  const asked = document.querySelector<HTMLElement>("details[name=do][open]");
  if (asked !== null && document.activeElement === document.body) firstField(asked)?.focus();
  onKeys(
    false,
    () => null,
    () => undefined,
  );
}
