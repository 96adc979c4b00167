// The panel for correcting the point: a light drawing at once, a map on request, both with the pin in the
// middle.
import { canDraw, styleSheet, workerFile } from "../map/ready";
import { part, say } from "../page";
import { PinDrawing, SPAN_METRES_MAX } from "./pin-drawing";
import { GridsAround } from "./pin-grids";
import type { PinPanel } from "./pin-panel";
import type { Place, Point } from "./place";

/** A way of showing the point. */
export interface PinView {
  /** Shows a point as the phone or the photo gives it; with `spanMetres`, a town to look for the point in. */
  show(place: Point & { accuracy: number | null }, spanMetres?: number): void;
  /** Stands at a point that the person chose elsewhere. */
  goTo(point: Point): void;
  /** Other grids are known now. */
  draw(): void;
}

class Pin {
  private readonly grids: GridsAround;
  private readonly drawing: PinDrawing;
  private map: PinView | null = null;

  constructor(private readonly on: PinPanel) {
    this.grids = new GridsAround(on.form.dataset["grids"] ?? null, () => {
      for (const view of this.views()) view.draw();
      this.tell();
    });
    this.drawing = new PinDrawing(on.canvas, {
      grids: this.grids,
      label: on.panel.querySelector("summary"),
      onMove: (point) => {
        this.move(point);
        on.position.changed();
      },
    });
    this.show();
    on.position.onChange(() => this.show());
    part(on.form, "pin-reset")?.addEventListener("click", () => {
      on.position.keeper.reset();
      on.position.changed();
    });
    this.offerMap();
  }

  private views(): PinView[] {
    return this.map === null ? [this.drawing] : [this.drawing, this.map];
  }

  private point(): (Place & Point) | (Point & { accuracy: null }) | null {
    const { centre } = this.on;
    return this.on.position.place() ?? (centre === null ? null : { ...centre, accuracy: null });
  }

  private show(): void {
    const place = this.on.position.place();
    const point = this.point();
    if (point === null) return;
    if (place?.source !== "hand") {
      for (const view of this.views()) view.show(point, place === null ? SPAN_METRES_MAX : undefined);
    }
    void this.grids.look(point);
    this.tell();
  }

  private move(point: Point): void {
    this.on.position.keeper.moveByHand(point);
    void this.grids.look(point);
    this.tell();
  }

  /** Says in which community and grid the point lies. */
  private tell(): void {
    const place = this.on.position.place();
    const { texts } = this.on;
    const found = place === null ? undefined : this.grids.placeOf(place);
    const words =
      found === undefined ? "" : found === null ? texts("pin-outside") : texts("pin-inside", { place: found });
    say(part(this.on.form, "pin-grid"), words);
  }

  private offerMap(): void {
    const { form, canvas } = this.on;
    const box = part(form, "pin-map");
    const [open, close] = [part(form, "pin-map-open"), part(form, "pin-map-close")];
    if (box === null || open === null || close === null || !canDraw()) return;
    const turn = (map: boolean) => {
      [box.hidden, canvas.hidden] = [!map, map];
      [open.hidden, close.hidden] = [map, !map];
    };
    open.hidden = false;
    open.addEventListener("click", () => void this.openMap(box, turn).then(() => close.focus()));
    close.addEventListener("click", () => {
      turn(false);
      const point = this.point();
      if (point !== null) this.drawing.goTo(point);
      open.focus();
    });
  }

  /** The drawing stays usable until the map is there, and whenever it does not come. */
  private async openMap(box: HTMLElement, turn: (map: boolean) => void): Promise<void> {
    const { form, position, texts } = this.on;
    const note = part(form, "pin-note");
    say(note, texts("pin-map-loading"));
    try {
      if (this.map === null) {
        const [{ PinMap }] = await Promise.all([import("../map/pin-map"), styleSheet(), workerFile()]);
        turn(true);
        this.map = new PinMap(box, form, texts, {
          grids: this.grids,
          onMove: (point) => this.move(point),
          onRest: () => position.changed(),
        });
      } else turn(true);
      const [place, point] = [position.place(), this.point()];
      if (point !== null && place?.source === "hand") this.map.goTo(point);
      else if (point !== null) this.map.show(point, place === null ? SPAN_METRES_MAX : undefined);
      say(note, "");
    } catch {
      turn(false);
      this.map = null;
      box.replaceChildren();
      say(note, texts("pin-map-failed"));
    }
  }
}

export function openPin(on: PinPanel): void {
  new Pin(on);
}
