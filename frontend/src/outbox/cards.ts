// What lies on this phone, as cards; they change while the sending goes on.
import { fillSlots, part, say, stamp, type Texts, textsOf } from "../page";
import { shortTime } from "../page/clock";
import { database } from "./database";
import { sendNow } from "./dispatch";
import type { Device, Kept } from "./model";
import { drop } from "./outcomes";
import { currentOwner } from "./owner";
import { allDevices, everything } from "./records";
import { listen, tell } from "./word";

const TONES = {
  waiting: "grey",
  sending: "blue",
  photos: "blue",
  delivered: "green",
  refused: "red",
} as const;

class Outbox {
  private readonly texts: Texts;
  private readonly cards = new Map<string, { card: HTMLElement; preview: string | null }>();
  private sending = false;
  private showing: Promise<void> = Promise.resolve();

  constructor(
    private readonly root: HTMLElement,
    private readonly db: IDBDatabase,
  ) {
    this.texts = textsOf(root);
    listen((sending) => {
      this.sending = sending;
      this.refresh();
    });
    for (const type of ["online", "offline"]) window.addEventListener(type, () => this.refresh());
    part(root, "outbox-send")?.addEventListener("click", () => sendNow());
    this.refresh();
  }

  /** One after the other: a slow read must not overwrite what a later one showed. */
  private refresh(): void {
    this.showing = this.showing.then(() => this.show()).catch(() => undefined);
  }

  private async show(): Promise<void> {
    const owner = await currentOwner(this.db);
    // What a stranger reported on this phone has no other place where it could be seen.
    const owners = owner === "" ? [""] : [owner, ""];
    const kept = await everything(this.db, owners);
    const devices = (await allDevices(this.db)).filter((device) => owners.includes(device.owner));
    this.root.hidden = kept.length === 0;
    this.list(kept);
    await this.note(kept, devices);
  }

  private list(kept: readonly Kept[]): void {
    const list = part(this.root, "outbox-list");
    for (const [id, { card, preview }] of this.cards) {
      if (kept.some((one) => one.id === id)) continue;
      card.remove();
      if (preview !== null) URL.revokeObjectURL(preview);
      this.cards.delete(id);
    }
    kept.forEach((one, at) => {
      const card = this.cards.get(one.id)?.card ?? this.make(one);
      if (card === null) return;
      this.fill(card, one);
      // Moving a card would take the focus out of it.
      if (list !== null && list.children[at] !== card) list.insertBefore(card, list.children[at] ?? null);
    });
  }

  private make(kept: Kept): HTMLElement | null {
    const card = stamp(this.root, "outbox-template", {});
    if (card === null) return null;
    const preview = kept.preview === null ? null : URL.createObjectURL(kept.preview);
    fillSlots(card, { preview });
    part(card, "outbox-drop")?.addEventListener("click", () => {
      void drop(this.db, kept.id).then(() => tell(this.sending));
    });
    this.cards.set(kept.id, { card, preview });
    return card;
  }

  private detail({ state, problem, photoProblems }: Kept): string {
    if (state === "refused") return problem ?? "";
    return photoProblems.length === 0 ? "" : [this.texts("photo-refused"), ...photoProblems].join(" ");
  }

  private fill(card: HTMLElement, kept: Kept): void {
    const state = kept.state === "waiting" && this.sending && navigator.onLine ? "sending" : kept.state;
    const all = kept.body.photos.length + (kept.body.voice === undefined ? 0 : 1);
    const locale = document.documentElement.lang;
    card.dataset["state"] = state;
    fillSlots(card, {
      matter: kept.matterName === "" ? kept.body.words.slice(0, 40) : kept.matterName,
      when: shortTime(kept.keptAt, Date.now(), locale),
      state: this.texts(state, { done: kept.photosDone, all }),
      detail: this.detail(kept),
      url: kept.receipt?.url ?? null,
      code: kept.receipt?.follow_code ?? null,
    });
    const when = card.querySelector<HTMLTimeElement>('time[data-slot="when"]');
    if (when !== null) {
      when.dateTime = new Date(kept.keptAt).toISOString();
      when.title = new Date(kept.keptAt).toLocaleString(locale);
    }
    const chip = card.querySelector('[data-slot="state"]');
    for (const tone of Object.values(TONES)) chip?.classList.toggle(`q-chip--${tone}`, tone === TONES[state]);
    const drops = part(card, "outbox-drop");
    if (drops !== null) drops.hidden = state !== "delivered" && state !== "refused";
  }

  private async note(kept: readonly Kept[], devices: readonly Device[]): Promise<void> {
    const undelivered = kept.some(({ state }) => state === "waiting" || state === "photos");
    const button = part(this.root, "outbox-send");
    if (button !== null) button.hidden = !undelivered || !navigator.onLine;
    say(part(this.root, "outbox-note"), undelivered ? await this.words(devices) : "");
  }

  private async words(devices: readonly Device[]): Promise<string> {
    const notes: string[] = [];
    if (!navigator.onLine) notes.push(this.texts("offline"));
    const shell = document.documentElement.hasAttribute("data-shell");
    if (!shell && devices.some(({ signIn }) => signIn)) notes.push(this.texts("sign-in"));
    const persistent = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
    if (!persistent) notes.push(this.texts("not-persistent"));
    return notes.filter((note) => note !== "").join(" ");
  }
}

export async function attach(root: HTMLElement): Promise<void> {
  let db: IDBDatabase;
  try {
    db = await database();
  } catch {
    // Nothing can lie on a phone that keeps nothing.
    return;
  }
  new Outbox(root, db);
}
