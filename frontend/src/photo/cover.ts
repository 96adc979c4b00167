// Boxes drawn over a photo with one finger, or by keys. What is chosen here is painted elsewhere: on the phone
// before a photo is sent (`shrink.ts`), by the server afterwards. Fetched when somebody asks for it.
import { part, say, stamp, type Texts, textsOf } from "../page";
import { around, type Box, between, moved, sized } from "./boxes";

/** More hide the thing that the photo is of. */
const BOXES_MAX = 20;
const STEP = 0.01;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export interface Drawn {
  box: Box;
  element: HTMLElement;
}

/** Where a box lies, for its element. */
export function place({ box, element }: Drawn): void {
  const { style } = element;
  style.left = `${box.x * 100}%`;
  style.top = `${box.y * 100}%`;
  style.width = `${box.width * 100}%`;
  style.height = `${box.height * 100}%`;
}

class Editor {
  private drawn: Drawn[] = [];
  private readonly texts: Texts;
  private readonly stage: HTMLElement;
  private readonly sheet: HTMLElement;
  private readonly image: HTMLImageElement;
  private readonly done = new AbortController();

  constructor(private readonly dialog: HTMLDialogElement) {
    const [stage, sheet] = [part(dialog, "cover-stage"), part(dialog, "cover-sheet")];
    const image = part<HTMLImageElement>(dialog, "cover-image");
    if (stage === null || sheet === null || image === null) throw new Error("no room for a photo");
    this.texts = textsOf(dialog);
    this.stage = stage;
    this.sheet = sheet;
    this.image = image;
  }

  /** The boxes, once somebody is done; null when they went back. */
  async choose(url: string, already: readonly Box[]): Promise<Box[] | null> {
    this.image.src = url;
    await this.image.decode();
    this.listen();
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.fit();
    this.count();
    for (const box of already) this.add(box);
    await new Promise((resolve) => this.dialog.addEventListener("close", resolve, { once: true }));
    this.done.abort();
    const boxes = this.drawn.map(({ box }) => box);
    for (const { element } of this.drawn) element.remove();
    this.image.removeAttribute("src");
    return this.dialog.returnValue === "done" && boxes.length > 0 ? boxes : null;
  }

  private listen(): void {
    const { signal } = this.done;
    const press = (role: string, then: () => void) =>
      part(this.dialog, role)?.addEventListener("click", then, { signal });
    press("cover-add", () => this.add(around(0.5, 0.5))?.element.focus());
    press("cover-undo", () => this.takeOut(this.drawn.at(-1)));
    press("cover-cancel", () => this.dialog.close(""));
    press("cover-done", () => this.dialog.close("done"));
    window.addEventListener("resize", () => this.fit(), { signal });
    this.sheet.addEventListener("pointerdown", (event) => this.draw(event), { signal });
  }

  /** The sheet lies on the photo exactly, as large as the stage lets it. */
  private fit(): void {
    const { clientWidth, clientHeight } = this.stage;
    const { naturalWidth: width, naturalHeight: height } = this.image;
    const scale = Math.min(1, clientWidth / width, clientHeight / height);
    this.sheet.style.width = `${Math.floor(width * scale)}px`;
    this.sheet.style.height = `${Math.floor(height * scale)}px`;
  }

  private draw(down: PointerEvent): void {
    if (!down.isPrimary || down.button !== 0) return;
    down.preventDefault();
    const frame = this.sheet.getBoundingClientRect();
    const at = ({ clientX, clientY }: PointerEvent): [number, number] => [
      (clientX - frame.left) / frame.width,
      (clientY - frame.top) / frame.height,
    ];
    const one = this.add(between(...at(down), ...at(down)));
    if (one === null) return;
    const ended = new AbortController();
    const follow = (event: PointerEvent) => {
      one.box = between(...at(down), ...at(event));
      place(one);
    };
    const end = () => ended.abort();
    this.sheet.setPointerCapture(down.pointerId);
    const { signal } = ended;
    this.sheet.addEventListener("pointermove", follow, { signal });
    this.sheet.addEventListener("pointerup", end, { signal });
    this.sheet.addEventListener("pointercancel", end, { signal });
  }

  private add(box: Box): Drawn | null {
    const element = this.drawn.length < BOXES_MAX ? stamp(this.dialog, "cover-box", {}) : null;
    if (element === null) return null;
    const one = { box, element };
    this.drawn.push(one);
    place(one);
    element.addEventListener("keydown", (event) => this.key(event, one));
    this.sheet.append(element);
    this.count();
    return one;
  }

  private key(event: KeyboardEvent, one: Drawn): void {
    const by = KEYS[event.key];
    if (by !== undefined) {
      one.box = (event.shiftKey ? sized : moved)(one.box, ...by);
      place(one);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.takeOut(one);
      part(this.dialog, "cover-add")?.focus();
    } else return;
    event.preventDefault();
  }

  private takeOut(one: Drawn | undefined): void {
    one?.element.remove();
    this.drawn = this.drawn.filter((other) => other !== one);
    this.count();
  }

  private count(): void {
    const n = this.drawn.length;
    for (const [at, { element }] of this.drawn.entries())
      element.setAttribute("aria-label", this.texts("box", { n: at + 1 }));
    say(part(this.dialog, "cover-note"), n === 0 ? this.texts("none") : this.texts("boxes", { n }));
    for (const role of ["cover-undo", "cover-done"]) {
      const button = part<HTMLButtonElement>(this.dialog, role);
      if (button !== null) button.disabled = n === 0;
    }
    const add = part<HTMLButtonElement>(this.dialog, "cover-add");
    if (add !== null) add.disabled = n >= BOXES_MAX;
  }
}

/**
 * Lets somebody draw boxes over a photo, on top of those that are there already; null when they went back.
 * Rejects what cannot be shown.
 */
export function chooseBoxes(
  dialog: HTMLDialogElement,
  url: string,
  already: readonly Box[] = [],
): Promise<Box[] | null> {
  return new Editor(dialog).choose(url, already);
}
