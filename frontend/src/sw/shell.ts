// The report page as a stranger gets it, kept for when there is no network. Fetched without cookies: nobody's
// data.
import { cache, holdsAssetsOf } from "./assets";

export const REPORT = "/report";
/** The page may change without any file of the build changing (texts, matters). */
const FRESH_HOURS = 24;
const LOCALE = "/shell-locale";
const KEPT_AT = "x-qige-kept-at";

const keyOf = (locale: string) => `${REPORT}?shell=${encodeURIComponent(locale)}`;

/** Marks the page as one from the cache, so that islands do not take its stranger for the phone's owner. */
export function asShell(html: string): string {
  return html.replace(/<html(?=[\s>])/i, "<html data-shell");
}

/** The language of the last page seen here; the browser's when there was none. */
export async function locale(): Promise<string> {
  const kept = (await (await cache()).match(LOCALE)) ?? (await caches.match(LOCALE));
  return kept === undefined ? navigator.language : kept.text();
}

/** Takes the language over into a new build's cache before the old one goes. */
export async function carryLocale(): Promise<void> {
  await (await cache()).put(LOCALE, new Response(await locale()));
}

/**
 * Fetches and keeps the shell. A page that refers to files of another build is left alone: it could not run
 * offline.
 */
export async function keepShell(language: string): Promise<void> {
  const answer = await fetch(REPORT, {
    credentials: "omit",
    cache: "no-store",
    headers: { accept: "text/html", "accept-language": language },
  });
  if (!answer.ok || answer.redirected || !(answer.headers.get("content-type") ?? "").startsWith("text/html"))
    return;
  const html = await answer.text();
  if (!(await holdsAssetsOf(html))) return;
  const headers = new Headers(answer.headers);
  for (const name of ["content-length", "content-encoding", "set-cookie"]) headers.delete(name);
  headers.set(KEPT_AT, String(Date.now()));
  await (await cache()).put(keyOf(language), new Response(asShell(html), { headers }));
}

/** A page was opened in this language: the shell follows, at most once a day. */
export async function notePage(language: string): Promise<void> {
  const store = await cache();
  if ((await locale()) !== language) await store.put(LOCALE, new Response(language));
  const kept = await store.match(keyOf(language));
  const age = Date.now() - Number(kept?.headers.get(KEPT_AT) ?? 0);
  if (age > FRESH_HOURS * 3_600_000) await keepShell(language);
}

/** The kept shell in the phone's language, or in any. */
export async function shell(): Promise<Response | null> {
  const store = await cache();
  return (
    (await store.match(keyOf(await locale()), { ignoreVary: true })) ??
    (await store.match(REPORT, { ignoreSearch: true, ignoreVary: true })) ??
    null
  );
}
