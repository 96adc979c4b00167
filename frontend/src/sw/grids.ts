// The subdistrict's grids, as the report page asks for them to correct a point by: kept once they came, so
// that its drawing and its map have them without network.
import { cache } from "./assets";
import type { FetchEventLike } from "./scope";

export const GRIDS = "/report/grids";
/** Some three kilometres around each of the dozen places that somebody last reported from: 1 MB at most. */
export const WINDOWS_MAX = 12;
/**
 * Hundredths of a degree, as that page asks. What is more exact never comes again, and says where somebody was.
 */
const COARSE = /^(?:-?\d{1,3}\.\d{2}(?:,|$)){4}$/;

export function isKept(url: string): boolean {
  const { pathname, searchParams } = new URL(url);
  return pathname === GRIDS && COARSE.test(searchParams.get("bbox") ?? "");
}

/** What goes when there are too many; a cache gives its oldest first. */
export function surplus(urls: readonly string[]): string[] {
  return urls.filter(isKept).slice(0, -WINDOWS_MAX);
}

async function fetchAndKeep(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (!answer.ok) return answer;
  const store = await cache();
  // A full phone shows the grids all the same.
  await store.put(request.url, answer.clone()).catch(() => undefined);
  const urls = (await store.keys()).map(({ url }) => url);
  await Promise.all(surplus(urls).map((url) => store.delete(url)));
  return answer;
}

/** What is kept, at once, and fetched again for the next time: grids change a few times a year. */
export async function grids(event: FetchEventLike): Promise<Response> {
  const { request } = event;
  if (!isKept(request.url)) return fetch(request);
  const fresh = fetchAndKeep(request);
  const kept = await (await cache()).match(request.url, { ignoreVary: true });
  if (kept === undefined) return fresh;
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
}
