// The photos of a report: chosen, shrunk one after the other (memory), shown, taken out again.
import { part, partsOf, say, stamp, type Texts } from "../page";
import { sha256Hex } from "../page/sha256";
import { uuidV7 } from "../page/uuid";
import { type Shrunk, shrink } from "../photo/shrink";

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

export class Photos {
  private items: Item[] = [];
  private queue: Promise<void> = Promise.resolve();
  private readonly list: HTMLElement | null;
  private readonly problem: HTMLElement | null;

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
      this.queue = this.queue.then(() => this.prepare(item, file, fromAlbum));
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
      const sha256 = await sha256Hex(shrunk.blob);
      item.ready = { id: uuidV7(Date.now()), blob: shrunk.blob, preview: shrunk.preview, sha256 };
      if (!this.items.includes(item)) return;
      this.fill(item);
      this.onPhoto(shrunk, fromAlbum);
    } catch {
      this.remove(item);
      this.say(this.texts("photo-failed"));
    }
    this.changed();
  }

  private fill(item: Item): void {
    const { element, ready } = item;
    if (element === null || ready === null) return;
    item.url = URL.createObjectURL(ready.preview ?? ready.blob);
    const image = element.querySelector<HTMLImageElement>('[data-slot="preview"]');
    if (image !== null) {
      image.src = item.url;
      image.hidden = false;
    }
    const state = element.querySelector<HTMLElement>('[data-slot="state"]');
    if (state !== null) state.hidden = true;
    part(element, "photo-remove")?.addEventListener("click", () => {
      this.remove(item);
      this.changed();
      part(this.form, "photo-input")?.focus();
    });
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
