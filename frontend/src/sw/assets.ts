// The files of this build: fetched once, kept under their hashes, taken over from the last build where they
// did not change. The map's are kept once somebody has opened a map.
import type { FetchEventLike } from "./scope";

const PREFIX = "qige-";
export const CACHE = `${PREFIX}${BUILD_VERSION}`;
/** Files fetched at the same time while installing: the page on screen has one bar of signal too. */
const TOGETHER = 4;

export const cache = (): Promise<Cache> => caches.open(CACHE);
export const assetUrl = (file: string): string => `/assets/${file}`;

async function keep(into: Cache, file: string): Promise<void> {
  const url = assetUrl(file);
  if ((await into.match(url)) !== undefined) return;
  // The name holds the hash of the content, so any cache that has it has the same.
  const answer = (await caches.match(url)) ?? (await fetch(url, { credentials: "omit" }));
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  await into.put(url, answer);
}

/** All files or none: a build that is half there is worse than the one before. */
export async function keepAssets(): Promise<void> {
  const into = await cache();
  const left = [...SHELL_FILES];
  const worker = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) await keep(into, file);
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
}

/** A file of the map in any build. */
const MAP_CODE = /\/assets\/maplibre-/;

/**
 * Takes over from the last build what came when somebody opened a map: the map's code, as it is in this
 * build, and what `kept` names besides.
 */
export async function carryMap(kept: (url: string) => boolean): Promise<void> {
  const into = await cache();
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const last = await caches.open(name);
    const urls = (await last.keys()).map(({ url }) => url);
    for (const url of urls.filter(kept)) {
      const answer = await last.match(url, { ignoreVary: true });
      if (answer !== undefined) await into.put(url, answer);
    }
    if (urls.some((url) => MAP_CODE.test(url))) for (const file of MAP_FILES) await keep(into, file);
  }
}

/** Whether every file that a page refers to is kept here. */
export async function holdsAssetsOf(html: string): Promise<boolean> {
  const into = await cache();
  for (const [, url] of html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
    if (url !== undefined && (await into.match(url)) === undefined) return false;
  }
  return true;
}

export async function dropOldCaches(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
}

/** A file of the build from the cache; the map's files from the network at first, and from then on too. */
export async function asset(event: FetchEventLike): Promise<Response> {
  const { request } = event;
  const store = await cache();
  const kept = await store.match(request.url, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok && MAP_FILES.some((file) => new URL(request.url).pathname === assetUrl(file))) {
    // A full phone has its map all the same.
    event.waitUntil(store.put(request.url, answer.clone()).catch(() => undefined));
  }
  return answer;
}
