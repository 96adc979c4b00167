// Any page with actions by key.
import { onKeys } from "./press";

export function attach(): void {
  // A page has one set of keys; the queue brings its own.
  if (document.querySelector('[data-module="queue"]') !== null) return;
  onKeys(
    false,
    () => null,
    () => undefined,
  );
}
