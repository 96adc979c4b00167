// The photos of a plain form, shrunk on the phone before they go: a camera's 12 megapixels take minutes on one bar
// of signal, and the server keeps no more of them.
import { part, say, textsOf } from "../page";
import { shrink } from "./shrink";

/** What this phone cannot shrink goes as it is: the server says whether it can be read. */
async function lightened(file: File): Promise<File> {
  try {
    const { blob } = await shrink(file);
    const name = `${file.name.replace(/\.\w*$/, "")}.jpg`;
    return new File([blob], name, { type: blob.type, lastModified: file.lastModified });
  } catch {
    return file;
  }
}

class FormPhotos {
  private readonly note: HTMLElement | null;
  private readonly shrinking: string;
  /** One after the other: memory. */
  private queue: Promise<void> = Promise.resolve();
  private left = 0;
  private held = false;

  constructor(private readonly form: HTMLFormElement) {
    this.note = part(form, "photos-note");
    this.shrinking = textsOf(form)("shrinking");
    form.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "file") this.take(target);
    });
    form.addEventListener("submit", (event) => this.hold(event));
  }

  private take(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    if (files.length === 0) return;
    this.left += 1;
    say(this.note, this.shrinking);
    this.queue = this.queue
      .then(() => this.lighten(input, files))
      .catch(reportError)
      .then(() => {
        this.left -= 1;
        if (this.left === 0) say(this.note, "");
      });
  }

  private async lighten(input: HTMLInputElement, files: readonly File[]): Promise<void> {
    const light = new DataTransfer();
    for (const file of files) light.items.add(await lightened(file));
    // Others may have been chosen meanwhile: they come next.
    const now = [...(input.files ?? [])];
    if (now.length === files.length && now.every((file, at) => file === files[at])) input.files = light.files;
  }

  /** Send was pressed while a photo is still large: it goes by itself a moment later. */
  private hold(event: SubmitEvent): void {
    if (this.left === 0) return;
    event.preventDefault();
    if (this.held) return;
    this.held = true;
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    void this.settled().then(() => {
      this.held = false;
      button?.removeAttribute("aria-busy");
      if (typeof this.form.requestSubmit === "function") this.form.requestSubmit(button);
      else this.form.submit();
    });
  }

  private async settled(): Promise<void> {
    while (this.left > 0) await this.queue;
  }
}

export function attach(root: HTMLElement): void {
  if (root instanceof HTMLFormElement && typeof DataTransfer === "function") new FormPhotos(root);
}
