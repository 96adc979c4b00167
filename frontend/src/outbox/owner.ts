// Whose reports these are. A page from the network says it; a page from the cache knows nobody.
import { lastSeen } from "../page";
import { getFact, setFact } from "./facts";
import type { Session } from "./wire";

/**
 * The signed-in person's id, "" for a stranger. On a page from the cache: the last one known on this phone.
 */
export async function currentOwner(db: IDBDatabase): Promise<string> {
  const known = await getFact<string>(db, "owner");
  const owner = document.body.dataset["owner"];
  if (document.documentElement.hasAttribute("data-shell") || owner === undefined)
    return lastSeen() ?? known ?? "";
  if (owner !== known) await setFact(db, "owner", owner);
  return owner;
}

/** What a page may register a device with; null on pages from the cache. */
export function pageSession(): Session | null {
  if (document.documentElement.hasAttribute("data-shell")) return null;
  const { owner, csrf } = document.body.dataset;
  return owner === undefined ? null : { owner, csrf: csrf ?? "" };
}

/**
 * Who is signed in, asked of the server: for pages from the cache, which know nobody, once there is network.
 * Null when it does not say.
 */
export async function askWhoIsHere(): Promise<Session | null> {
  try {
    const answer = await fetch("/report", { cache: "no-store", headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const { owner, csrf } = page.body.dataset;
    return owner === undefined ? null : { owner, csrf: csrf ?? "" };
  } catch {
    return null;
  }
}
