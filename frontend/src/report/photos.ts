// The photos of a report: chosen, shrunk one after the other (memory), shown, taken out again.
import { part, partsOf, say, stamp, type Texts } from "../page";
import { sha256Hex } from "../page/sha256";
import { uuidV7 } from "../page/uuid";
import type { Box } from "../photo/boxes";
import { covered, type Encoded, type Shrunk, shrink } from "../photo/shrink";

/** More than six say no more about one spot, and would lie on a slow line for minutes. */
export const PHOTOS_MAX = 6;

export interface ReadyPhoto {
  id: string;
  blob: Blob;
  preview: Blob | null;
  sha256: string;
}

interface Item {
  element: HTMLElement | null;
  ready: ReadyPhoto | null;
  url: string | null;
}

async function readyPhoto({ blob, preview }: Encoded): Promise<ReadyPhoto> {
  return { id: uuidV7(Date.now()), blob, preview, sha256: await sha256Hex(blob) };
}

const urlOf = ({ blob, preview }: ReadyPhoto): string => URL.createObjectURL(preview ?? blob);

export class Photos {
  private items: Item[] = [];
  private queue: Promise<void> = Promise.resolve();
  private readonly list: HTMLElement | null;
  private readonly problem: HTMLElement | null;
  private readonly dialog = part<HTMLDialogElement>(document, "cover");

  constructor(
    private readonly form: HTMLFormElement,
    private readonly texts: Texts,
    private readonly onPhoto: (shrunk: Shrunk, fromAlbum: boolean) => void,
    private readonly onChange: () => void,
  ) {
    this.list = part(form, "photos");
    this.problem = part(form, "problem");
    const album = part(form, "album");
    if (album !== null) album.hidden = false;
    for (const input of partsOf<HTMLInputElement>(form, "photo-input")) {
      input.addEventListener("change", () => {
        this.add([...(input.files ?? [])], !input.hasAttribute("capture"));
        // The same photo may be chosen again after it was taken out; and the form must not send the original.
        input.value = "";
      });
    }
    form.addEventListener("paste", (event) => {
      const images = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
      if (images.length > 0) {
        event.preventDefault();
        this.add(images, true);
      }
    });
  }

  get count(): number {
    return this.items.length;
  }

  /** Resolves when nothing is being shrunk any more. */
  async ready(): Promise<ReadyPhoto[]> {
    await this.queue;
    return this.items.flatMap(({ ready }) => (ready === null ? [] : [ready]));
  }

  add(files: readonly File[], fromAlbum: boolean): void {
    const room = PHOTOS_MAX - this.items.length;
    this.say(files.length > room ? this.texts("photo-too-many", { n: PHOTOS_MAX }) : "");
    for (const file of files.slice(0, Math.max(0, room))) {
      const item: Item = { element: this.show(), ready: null, url: null };
      this.items.push(item);
      void this.next(() => this.prepare(item, file, fromAlbum));
    }
    this.changed();
  }

  private show(): HTMLElement | null {
    const element = stamp(this.form, "photo-template", { preview: null, state: this.texts("shrinking") });
    if (element !== null) this.list?.append(element);
    return element;
  }

  private async prepare(item: Item, file: File, fromAlbum: boolean): Promise<void> {
    if (!this.items.includes(item)) return;
    try {
      const shrunk = await shrink(file);
      item.ready = await readyPhoto(shrunk);
      if (!this.items.includes(item)) return;
      item.url = urlOf(item.ready);
      this.fill(item);
      this.listen(item);
      this.onPhoto(shrunk, fromAlbum);
    } catch {
      this.remove(item);
      this.say(this.texts("photo-failed"));
    }
    this.changed();
  }

  private fill({ element, ready, url }: Item): void {
    if (element === null || ready === null) return;
    const image = element.querySelector<HTMLImageElement>('[data-slot="preview"]');
    if (image !== null) {
      image.src = url ?? "";
      image.hidden = false;
    }
    const state = element.querySelector<HTMLElement>('[data-slot="state"]');
    // Without a preview the phone could not open it, so nothing can be painted over it here either.
    say(state, ready.preview === null ? this.texts("photo-boxes-unable") : "");
    if (state !== null) state.hidden = ready.preview !== null;
  }

  private listen(item: Item): void {
    const { element } = item;
    if (element === null) return;
    part(element, "photo-remove")?.addEventListener("click", () => {
      this.remove(item);
      this.changed();
      part(this.form, "photo-input")?.focus();
    });
    const cover = part(element, "photo-cover");
    const able = this.dialog !== null && typeof this.dialog.showModal === "function";
    if (cover === null || !able || item.ready?.preview == null) return;
    cover.hidden = false;
    cover.addEventListener("click", () => void this.cover(item));
  }

  /** Lets boxes be drawn over a photo, and keeps it with them in place of what it was. */
  private async cover(item: Item): Promise<void> {
    const { dialog } = this;
    const { ready } = item;
    if (dialog === null || dialog.open || ready === null) return;
    this.say("");
    const url = URL.createObjectURL(ready.blob);
    try {
      const { chooseBoxes } = await import("../photo/cover");
      const boxes = await chooseBoxes(dialog, url);
      // Whoever presses send at once sends it covered: what is ready waits for this.
      if (boxes !== null) await this.next(() => this.paint(item, ready, boxes));
    } catch {
      this.say(this.texts("photo-boxes-failed"));
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  private async paint(item: Item, { blob }: ReadyPhoto, boxes: readonly Box[]): Promise<void> {
    const ready = await readyPhoto(await covered(blob, boxes));
    if (!this.items.includes(item)) return;
    item.ready = ready;
    if (item.url !== null) URL.revokeObjectURL(item.url);
    item.url = urlOf(item.ready);
    this.fill(item);
  }

  private next(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private remove(item: Item): void {
    this.items = this.items.filter((other) => other !== item);
    item.element?.remove();
    if (item.url !== null) URL.revokeObjectURL(item.url);
  }

  private changed(): void {
    this.form.classList.toggle("has-photos", this.items.length > 0);
    this.onChange();
  }

  private say(text: string): void {
    if (this.problem === null) return;
    this.problem.hidden = text === "";
    say(this.problem, text);
  }
}
