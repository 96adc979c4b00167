// The pages' own requests: same origin, JSON or a fresh copy of a page, never waiting for ever.

const ANSWER_SECONDS = 12;

/**
 * A signal that aborts by itself; `also` aborts it earlier. `AbortSignal.any` is younger than the phones in
 * use.
 */
export function within(seconds: number, also?: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), seconds * 1000);
  const follow = () => control.abort();
  also?.addEventListener("abort", follow);
  if (also?.aborted === true) control.abort();
  return {
    signal: control.signal,
    clear: () => {
      clearTimeout(timer);
      also?.removeEventListener("abort", follow);
    },
  };
}

/** `url` with these parameters set; empty ones are left out. */
export function withQuery(url: string, parameters: Readonly<Record<string, string | null>>): string {
  const target = new URL(url, document.baseURI);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === "") target.searchParams.delete(name);
    else target.searchParams.set(name, value);
  }
  return target.href;
}

/** JSON from this site; null on any failure: what it would have added is left out. */
export async function getJson<T>(url: string, also?: AbortSignal): Promise<T | null> {
  const limit = within(ANSWER_SECONDS, also);
  try {
    const answer = await fetch(url, {
      headers: { accept: "application/geo+json, application/json" },
      signal: limit.signal,
    });
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  } finally {
    limit.clear();
  }
}

/**
 * A page of this site as a document; null when it does not come or is another page (signed out meanwhile).
 */
export async function getPage(url: string, also?: AbortSignal): Promise<Document | null> {
  const limit = within(ANSWER_SECONDS, also);
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" }, signal: limit.signal });
    const same = new URL(answer.url).pathname === new URL(url, document.baseURI).pathname;
    if (!answer.ok || !same) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  } finally {
    limit.clear();
  }
}

/** Replaces `selector` in this page by the same element of a fresh page, and lets islands in it attach. */
export function swap(selector: string, fresh: Document): HTMLElement | null {
  const here = document.querySelector<HTMLElement>(selector);
  const there = fresh.querySelector<HTMLElement>(selector);
  if (here === null || there === null) return null;
  const adopted = document.importNode(there, true);
  here.replaceWith(adopted);
  adopted.dispatchEvent(new CustomEvent("qige:swapped", { bubbles: true }));
  return adopted;
}
