// Who was last seen on this phone, noted before anything else runs: a page from the cache knows nobody, and the
// network may go the moment after somebody signed in.

const KEY = "qige-owner";

const isFromCache = () => document.documentElement.hasAttribute("data-shell");

/** Notes whose page this is; "" for a stranger's. */
export function noteSeen(): void {
  const owner = document.body.dataset["owner"];
  if (isFromCache() || owner === undefined) return;
  try {
    localStorage.setItem(KEY, owner);
  } catch {
    /* storage refused: the outbox notes it too, a moment later */
  }
}

/** Null where nobody was noted. */
export function lastSeen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
