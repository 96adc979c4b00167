// The loader: finds islands on the page and attaches them. An island that cannot run leaves the page as it was.
import { attach as live } from "./live/live";
import { applyRemembered } from "./small/device-choice";
import { attach as elder } from "./small/elder";
import { attach as install, catchOffer } from "./small/install";
import { attach as lost } from "./small/lost";
import { attach as theme } from "./small/theme";
import { attach as update } from "./small/update";
import { startWorker } from "./small/worker";

type Attach = (root: HTMLElement) => void | Promise<void>;

/** What stands in the frame of every page is in this file already; the rest comes when a page has it. */
const FRAME: Readonly<Record<string, Attach>> = { elder, install, live, lost, theme, update };
const ISLANDS: Readonly<Record<string, () => Promise<{ attach: Attach }>>> = {
  "filter": () => import("./small/filter"),
  "keys": () => import("./queue/keys"),
  "map": () => import("./map/map"),
  "outbox": () => import("./outbox/outbox"),
  "photo-compare": () => import("./small/photo-compare"),
  "queue": () => import("./queue/queue"),
  "report": () => import("./report/report"),
  "share": () => import("./small/share"),
  "undo": () => import("./small/undo"),
  "voice": () => import("./voice/voice"),
};

const attached = new WeakSet<HTMLElement>();

async function attachOne(root: HTMLElement): Promise<void> {
  if (attached.has(root)) return;
  attached.add(root);
  const name = root.dataset["module"] ?? "";
  const attach = FRAME[name] ?? (await ISLANDS[name]?.())?.attach;
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
  const { start } = await import("./outbox/dispatch");
  start();
}

catchOffer();
applyRemembered();
attachAll(document);
document.addEventListener("qige:swapped", (event) => attachAll(event.target as HTMLElement));
startWorker();
startSending().catch(reportError);
