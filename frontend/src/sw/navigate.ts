// Pages: from the network first. /report must open within seconds even where the network only seems to be
// there.
import { assetUrl, cache } from "./assets";
import type { FetchEventLike } from "./scope";
import { locale, REPORT, shell } from "./shell";

/** A person on a kerb gives up after about this long. */
const PATIENCE_MILLIS = 3000;

async function fromNetwork(event: FetchEventLike): Promise<Response> {
  return (await event.preloadResponse) ?? fetch(event.request);
}

/**
 * The offline page in the language of the phone, by the longest matching tag (zh-CN → zh-Hans by its first
 * part).
 */
export function offlineFor(language: string, pages: Readonly<Record<string, string>>): string | null {
  const wanted = language.toLowerCase();
  const tags = Object.keys(pages);
  const first = (tag: string) => tag.toLowerCase().split("-")[0];
  const tag =
    tags.find((one) => one.toLowerCase() === wanted) ??
    tags.find((one) => first(one) === first(wanted)) ??
    tags.find((one) => first(one) === "zh") ??
    tags[0];
  return tag === undefined ? null : (pages[tag] ?? null);
}

async function offline(): Promise<Response> {
  const file = offlineFor(await locale(), OFFLINE_PAGES);
  const kept = file === null ? undefined : await (await cache()).match(assetUrl(file));
  return kept ?? Response.error();
}

async function report(event: FetchEventLike): Promise<Response> {
  const network = fromNetwork(event);
  const patience = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), PATIENCE_MILLIS);
  });
  const first = await Promise.race([network.catch(() => null), patience]);
  if (first !== null) return first;
  return (await shell()) ?? network.catch(offline);
}

export function navigate(event: FetchEventLike): Promise<Response> {
  if (new URL(event.request.url).pathname === REPORT) return report(event);
  return fromNetwork(event).catch(offline);
}
