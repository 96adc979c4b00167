// The service worker: what a phone without network can still open, and sending while no page is open.
import { database } from "../outbox/database";
import { sendRound } from "../outbox/send";
import { inTurn } from "../outbox/turn";
import { tell } from "../outbox/word";
import { asset, carryMap, dropOldCaches, keepAssets } from "./assets";
import { GRIDS, grids, isKept } from "./grids";
import { navigate } from "./navigate";
import { open, show } from "./push";
import { scope } from "./scope";
import { carryLocale, keepShell, locale, notePage } from "./shell";

async function install(): Promise<void> {
  await keepAssets();
  await carryLocale();
  // Without it the map comes when it is asked for.
  await carryMap(isKept).catch(() => undefined);
  // Without network or with a server that is being replaced the shell comes with the next page.
  await keepShell(await locale()).catch(() => undefined);
}

async function activate(): Promise<void> {
  await dropOldCaches();
  await scope.registration.navigationPreload?.enable();
  await scope.clients.claim();
}

async function sendInBackground(): Promise<void> {
  const db = await database();
  const line = {
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    base: location.origin,
    session: () => null,
    now: Date.now,
  };
  const round = await inTurn(db, () => sendRound(db, line, () => tell(true)));
  tell(false);
  // The browser tries again after a failed sync, with its own patience.
  if (round?.left === true) throw new Error("something is left");
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(asset(event));
  else if (url.pathname === GRIDS) event.respondWith(grids(event));
  else if (request.mode === "navigate") event.respondWith(navigate(event));
});
scope.addEventListener("message", (event) => {
  const { type, locale: language } = event.data ?? {};
  if (type === "activate") event.waitUntil(scope.skipWaiting());
  if (type === "page" && typeof language === "string" && /^[\w-]{2,20}$/.test(language)) {
    event.waitUntil(notePage(language).catch(() => undefined));
  }
});
scope.addEventListener("push", (event) => event.waitUntil(show(event.data)));
scope.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
scope.addEventListener("sync", (event) => {
  if (event.tag === "qige-outbox") event.waitUntil(sendInBackground());
});
