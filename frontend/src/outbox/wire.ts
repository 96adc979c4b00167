// Talking to the server as a device: bearer token, no cookies; every failure is one of three kinds.

/** Not now: no network, a busy server, an answer that made no sense. Tried again after a while. */
export class LaterError extends Error {
  constructor(readonly retryAfterSeconds: number | null = null) {
    super("later");
  }
}
/** The token is not taken (any more). */
export class UnauthorisedError extends Error {}
/** Only the person can go on: the owner must sign in on this phone. */
export class SignInError extends Error {}

const JSON_SECONDS = 30;
/** 256 KB at one bar of signal (some 4 KB/s) take a minute. */
export const PIECE_SECONDS = 120;
const NOT_NOW = new Set([408, 423, 425, 429]);

export interface Session {
  owner: string;
  csrf: string;
}

/** What sending needs from its surroundings. */
export interface Line {
  fetch: typeof fetch;
  /** Origin of the server, with scheme. */
  base: string;
  /** Who is signed in on the page that sends; null in the service worker, which cannot know. */
  session: () => Session | null;
  now: () => number;
}

/** A whole answer: a body that stops half-way counts as no answer. */
export interface Answer {
  status: number;
  ok: boolean;
  headers: Headers;
  body: string;
}
export type Call = (path: string, init?: RequestInit, seconds?: number) => Promise<Answer>;

function retryAfter(headers: Headers, nowMillis: number): number | null {
  const header = headers.get("retry-after");
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMillis) / 1000);
}

async function fetchWhole(line: Line, url: string, init: RequestInit, seconds: number): Promise<Answer> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), seconds * 1000);
  try {
    const answer = await line.fetch(url, {
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      ...init,
      signal: control.signal,
    });
    const body = await answer.text();
    return { status: answer.status, ok: answer.ok, headers: answer.headers, body };
  } catch {
    throw new LaterError();
  } finally {
    clearTimeout(timer);
  }
}

/** One request; resolves for answers that mean something to the caller (2xx, 404, 409, refusals). */
export async function ask(
  line: Line,
  path: string,
  init: RequestInit,
  seconds = JSON_SECONDS,
): Promise<Answer> {
  const url = new URL(path, line.base);
  // A location comes from an answer; the token never follows it to another host.
  if (url.origin !== new URL(line.base).origin) throw new LaterError();
  const answer = await fetchWhole(line, url.href, init, seconds);
  if (answer.status >= 500 || NOT_NOW.has(answer.status)) {
    throw new LaterError(retryAfter(answer.headers, line.now()));
  }
  return answer;
}

/** Requests in a device's name. */
export function asDevice(line: Line, token: string): Call {
  return async (path, init = {}, seconds = JSON_SECONDS) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    const answer = await ask(line, path, { ...init, headers }, seconds);
    if (answer.status === 401) throw new UnauthorisedError();
    return answer;
  };
}

export function json<T>(answer: Answer): T {
  try {
    return JSON.parse(answer.body) as T;
  } catch {
    throw new LaterError();
  }
}

/** The sentence of an RFC 9457 problem; empty when the answer is something else (a proxy's page). */
export function problemOf(answer: Answer): string {
  try {
    const problem = JSON.parse(answer.body) as { detail?: unknown; title?: unknown };
    if (typeof problem.detail === "string") return problem.detail;
    return typeof problem.title === "string" ? problem.title : "";
  } catch {
    return "";
  }
}

export const postJson = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/json" },
  body: JSON.stringify(body),
});
