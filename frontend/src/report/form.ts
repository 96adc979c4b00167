// The form on /report: photo, place, matter, send. Ten seconds, one thumb.
import { isFull, keep, prepare } from "../outbox/keep";
import { part, say, type Texts, textsOf } from "../page";
import { uuidV7 } from "../page/uuid";
import { draftOf, type Filled } from "./draft";
import { Matters } from "./matters";
import { Nearby } from "./nearby";
import { Photos } from "./photos";
import { attachPin } from "./pin-panel";
import { fillFields, fillPlace, submitPlain } from "./plain";
import { Position } from "./position";
import { Reminder } from "./reminder";
import { Words } from "./words";

class ReportForm {
  private readonly texts: Texts;
  private readonly position: Position;
  private readonly reminder: Reminder;
  private readonly matters: Matters;
  private readonly words: Words;
  private readonly nearby: Nearby;
  private readonly photos: Photos;
  private readonly id = uuidV7(Date.now());
  private voice: Blob | null = null;
  private madeAt: number | null = null;
  private sending = false;

  constructor(private readonly form: HTMLFormElement) {
    this.texts = textsOf(form);
    this.position = new Position(form, this.texts);
    this.reminder = new Reminder(form, this.position);
    this.matters = new Matters(form, this.texts, () => this.look());
    this.words = new Words(form, this.matters);
    this.nearby = new Nearby(form, (id) => void this.send(id));
    this.photos = new Photos(
      form,
      this.texts,
      ({ notes }, fromAlbum) => {
        if (notes.lat !== null && notes.lng !== null) {
          this.position.keeper.notePhoto({ lng: notes.lng, lat: notes.lat }, fromAlbum);
          this.position.changed();
        }
      },
      () => this.photosChanged(),
    );
    attachPin(form, this.position, this.texts);
    form.addEventListener("qige:voice", (event) => {
      this.voice = (event as CustomEvent<Blob | null>).detail;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(null);
    });
    this.position.onChange(() => this.look());
  }

  begin(): void {
    const id = this.form.elements.namedItem("id");
    // A page from the cache carries an id that others have used.
    if (id instanceof HTMLInputElement) id.value = this.id;
    this.form.classList.add("is-running");
    void this.position.begin();
    void this.reminder.begin();
    void prepare();
  }

  private look(): void {
    const place = this.position.place();
    fillPlace(this.form, place);
    this.matters.at(place);
    void this.nearby.at(place, this.matters.chosen?.key ?? null);
  }

  private photosChanged(): void {
    if (this.photos.count === 0) return;
    this.madeAt ??= Date.now();
    this.position.keeper.anchor(this.madeAt);
    this.position.ensure();
  }

  /** Whether nobody could act on what is in the form. */
  private saysNothing(): boolean {
    return (
      this.words.text.trim() === "" &&
      this.matters.chosen === null &&
      this.photos.count === 0 &&
      this.voice === null
    );
  }

  private async filled(joins: string | null): Promise<Filled> {
    // A photo may bring the place with it, so photos come first.
    const photos = await this.photos.ready();
    await this.position.settled();
    return {
      words: this.words.text,
      matter: this.matters.chosen,
      place: this.position.place(),
      photos,
      voice: this.voice,
      joins,
      solved: part<HTMLInputElement>(this.form, "solved")?.checked ?? false,
      madeAt: this.madeAt ?? Date.now(),
    };
  }

  private problem(text: string): void {
    const line = part(this.form, "problem");
    if (line === null) return;
    line.hidden = text === "";
    say(line, text);
    if (text !== "") line.scrollIntoView({ block: "nearest" });
  }

  /** `joins`: the case that this report says "me too" to. */
  private async send(joins: string | null): Promise<void> {
    if (this.sending || this.reminder.holdsBack() || this.words.holdBack()) return;
    const button = part<HTMLButtonElement>(this.form, "send");
    this.sending = true;
    button?.setAttribute("aria-busy", "true");
    this.problem("");
    try {
      if (joins === null && this.saysNothing()) return this.problem(this.texts("need-something"));
      await this.keepOrSubmit(await this.filled(joins));
    } finally {
      this.sending = false;
      button?.removeAttribute("aria-busy");
    }
  }

  private async keepOrSubmit(filled: Filled): Promise<void> {
    try {
      await keep(await draftOf(this.id, filled));
    } catch (error) {
      // A page from the cache has no token of its own, so its form cannot go by itself.
      if (isFull(error) || document.documentElement.hasAttribute("data-shell"))
        return this.problem(this.texts("full"));
      fillFields(this.form, filled);
      return submitPlain(this.form, filled.photos);
    }
    this.position.stop();
    this.done();
  }

  private done(): void {
    const sent = this.form.nextElementSibling;
    if (!(sent instanceof HTMLElement) || sent.dataset["role"] !== "sent") {
      return say(part(this.form, "position"), this.texts("kept"));
    }
    this.form.hidden = true;
    sent.hidden = false;
    sent.focus();
  }
}

export function attach(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement) || part(root, "send") === null) return;
  // A page shown again from memory would hold a form whose report is already on its way.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && root.hidden) location.reload();
  });
  new ReportForm(root).begin();
}
