// "Stop first": while riding nothing is sent; the pin stays on this phone until the next stop.
import { database } from "../outbox/database";
import { getFact, setFact } from "../outbox/facts";
import { part } from "../page";
import type { Position } from "./position";

interface Pin {
  lng: number;
  lat: number;
  accuracy: number | null;
  at: number;
}

/** A pin from yesterday's ride is not worth a stop today. */
const PIN_HOURS_MAX = 12;
const FACT = "reminder";
/** How often it is looked whether a phone that fell silent has come to rest. */
const LOOK_SECONDS = 3;

export class Reminder {
  private readonly moving: HTMLElement | null;
  private readonly note: HTMLElement | null;
  private pin: Pin | null = null;
  private wasMoving = false;

  constructor(
    form: HTMLFormElement,
    private readonly position: Position,
  ) {
    this.moving = part(form, "moving");
    this.note = part(form, "reminder");
    part(form, "remind")?.addEventListener("click", () => void this.keepPin());
    part(form, "reminder-use")?.addEventListener("click", () => void this.use());
    part(form, "reminder-drop")?.addEventListener("click", () => void this.forget());
    this.position.onChange(() => this.look());
    setInterval(() => this.look(), LOOK_SECONDS * 1000);
  }

  async begin(): Promise<void> {
    try {
      const pin = await getFact<Pin>(await database(), FACT);
      const old = pin !== null && Date.now() - pin.at > PIN_HOURS_MAX * 3_600_000;
      if (old) await this.forget();
      else this.pin = pin;
    } catch {
      /* no database: no reminders */
    }
    this.look();
  }

  /** Whether sending has to wait; says so when it has. */
  holdsBack(): boolean {
    const moving = this.position.keeper.moving(Date.now());
    this.look();
    if (moving) this.moving?.scrollIntoView({ block: "center" });
    return moving;
  }

  async forget(): Promise<void> {
    this.pin = null;
    this.look();
    try {
      await setFact(await database(), FACT, null);
    } catch {
      /* as above */
    }
  }

  private look(): void {
    const moving = this.position.keeper.moving(Date.now());
    if (this.moving !== null) this.moving.hidden = !moving || this.pin !== null;
    const stopped = this.wasMoving && !moving && this.pin !== null;
    this.wasMoving = moving;
    if (this.note !== null) this.note.hidden = this.pin === null || moving;
    if (stopped) navigator.vibrate?.(200);
  }

  private async keepPin(): Promise<void> {
    const place = this.position.place();
    if (place === null) return;
    this.pin = { lng: place.lng, lat: place.lat, accuracy: place.accuracy, at: Date.now() };
    try {
      await setFact(await database(), FACT, this.pin);
    } catch {
      /* it lasts as long as the page then */
    }
    this.look();
  }

  private async use(): Promise<void> {
    if (this.pin !== null) this.position.keeper.useReminder(this.pin);
    await this.forget();
    this.position.changed();
  }
}
