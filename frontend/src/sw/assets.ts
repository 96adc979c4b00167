// The files of this build: fetched once, kept under their hashes, taken over from the last build where they
// did not change.

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

/**
 * A file of the build from the cache; anything else under /assets/ (the map) from the network, not kept here.
 */
export async function asset(request: Request): Promise<Response> {
  return (await (await cache()).match(request.url, { ignoreVary: true })) ?? fetch(request);
}
