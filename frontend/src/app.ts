// The loader: finds islands on the page and attaches them. An island that cannot run leaves the page as it
// was.
import { noteSeen } from "./page";
import { applyRemembered } from "./small/device-choice";
import { attach as elder } from "./small/elder";
import { attach as install, catchOffer } from "./small/install";
import { attach as live } from "./small/live";
import { attach as lost } from "./small/lost";
import { attach as tabs } from "./small/tabs";
import { attach as theme } from "./small/theme";
import { attach as update } from "./small/update";
import { startWorker } from "./small/worker";

type Attach = (root: HTMLElement) => void | Promise<void>;

/** What stands in the frame of every page is in this file already; the rest comes when a page has it. */
const FRAME: Readonly<Record<string, Attach>> = { elder, install, live, lost, tabs, theme, update };
const ISLANDS: Readonly<Record<string, () => Promise<Attach>>> = {
  cover: async () => (await import("./small/cover")).attach,
  filter: async () => (await import("./small/filter")).attach,
  keys: async () => (await import("./queue/keys")).attach,
  map: async () => (await import("./map/map")).attach,
  noticed: async () => (await import("./small/noticed")).attach,
  outbox: async () => (await import("./report")).outbox,
  passkey: async () => (await import("./small/passkey")).attach,
  "photo-compare": async () => (await import("./small/photo-compare")).attach,
  photos: async () => (await import("./report")).photos,
  push: async () => (await import("./small/push")).attach,
  queue: async () => (await import("./queue/queue")).attach,
  report: async () => (await import("./report")).report,
  share: async () => (await import("./small/share")).attach,
  signature: async () => (await import("./small/signature")).attach,
  sortable: async () => (await import("./small/sortable")).attach,
  undo: async () => (await import("./small/undo")).attach,
  wall: async () => (await import("./small/wall")).attach,
  voice: async () => (await import("./report")).voice,
};

const attached = new WeakSet<HTMLElement>();

async function attachOne(root: HTMLElement): Promise<void> {
  if (attached.has(root)) return;
  attached.add(root);
  const name = root.dataset["module"] ?? "";
  const attach = FRAME[name] ?? (await ISLANDS[name]?.());
  await attach?.(root);
}

function attachAll(root: ParentNode): void {
  const inside = [...root.querySelectorAll<HTMLElement>("[data-module]")];
  if (root instanceof HTMLElement && root.dataset["module"] !== undefined) inside.unshift(root);
  // One island's failure is not another's; the browser's own report of it is the only log a phone has.
  for (const island of inside) attachOne(island).catch(reportError);
}

async function startSending(): Promise<void> {
  if (typeof indexedDB === "undefined") return;
  const { start } = await import("./report");
  start();
}

noteSeen();
catchOffer();
applyRemembered();
attachAll(document);
document.addEventListener("qige:swapped", (event) => attachAll(event.target as HTMLElement));
startWorker();
startSending().catch(reportError);
