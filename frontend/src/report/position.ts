// The line that says where the report will be, and everything that can change it.
import { part, say, type Texts } from "../page";
import { Locator, type LocateStatus } from "./locate";
import { type Place, PlaceKeeper } from "./place";

/** Up to here a fix names the place; beyond it the text asks to look again. */
const GOOD_METRES = 50;
/** How long sending waits for a place: a warm receiver takes two or three seconds. */
const FIRST_FIX_SECONDS = 8;

export class Position {
  readonly keeper = new PlaceKeeper();
  private readonly line: HTMLElement | null;
  private readonly button: HTMLElement | null;
  private readonly locator: Locator;
  private status: LocateStatus | null = null;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly form: HTMLFormElement,
    private readonly texts: Texts,
  ) {
    this.line = part(form, "position");
    this.button = part(form, "locate");
    this.locator = new Locator(
      (fix) => {
        this.status = null;
        this.keeper.addFix(fix);
        this.changed();
      },
      (status) => {
        this.status = status;
        this.changed();
      },
    );
    this.button?.addEventListener("click", () => {
      this.keeper.startAgain(Date.now());
      this.locator.stop();
      this.locator.start();
    });
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Locates at once where that asks nothing; else with the person's first step. */
  async begin(): Promise<void> {
    if (await this.locator.mayWithoutAsking()) return this.locator.start();
    if (!isSecureContext) {
      this.status = "insecure";
      this.changed();
      return;
    }
    if (this.button !== null) this.button.hidden = false;
    for (const role of ["photo-input", "send"]) {
      part(this.form, role)?.addEventListener("click", () => this.ensure(), { once: true });
    }
    this.form.addEventListener("change", () => this.ensure(), { once: true });
  }

  ensure(): void {
    if (!this.locator.running && this.status !== "denied") this.locator.start();
  }

  stop(): void {
    this.locator.stop();
  }

  place(): Place | null {
    return this.keeper.current(Date.now());
  }

  /** Waits for a first fix where one may still come; a report without a place is of little use. */
  async settled(): Promise<void> {
    const waits = () => this.place() === null && this.locator.running && this.status === "locating";
    if (!waits()) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, FIRST_FIX_SECONDS * 1000);
      this.onChange(() => {
        if (!waits()) resolve();
      });
    });
  }

  changed(): void {
    const place = this.place();
    this.show(place);
    for (const listener of this.listeners) listener();
  }

  private words(place: Place | null): string {
    if (place === null) return this.status === null ? "" : this.texts(this.status);
    if (place.source === "photo") return this.texts("from-photo");
    if (place.source === "hand") return this.texts("pin-moved");
    const metres = Math.max(1, Math.round(place.accuracy ?? 0));
    return this.texts(this.isGood(place) ? "located" : "rough", { metres });
  }

  private isGood(place: Place): boolean {
    return place.source === "hand" || (place.accuracy !== null && place.accuracy <= GOOD_METRES);
  }

  private show(place: Place | null): void {
    if (this.line === null) return;
    const words = this.words(place);
    if (words !== "") say(this.line, words);
    this.line.classList.toggle("is-good", place !== null && this.isGood(place));
    this.line.classList.toggle(
      "is-rough",
      place === null ? this.status !== null && this.status !== "locating" : !this.isGood(place),
    );
    if (this.button !== null) {
      this.button.hidden = this.status === "insecure" || (place?.source === "phone" && this.isGood(place));
    }
  }
}
