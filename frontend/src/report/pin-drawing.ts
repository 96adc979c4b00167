// The light pin: grids as lines, the pin in the middle, the ground moves under it. No map code, no tiles.
import type { Position as GeoPosition } from "geojson";
import type { GridsAround } from "./pin-grids";
import { pinKey } from "./pin-keys";
import { gridAreas, gridLines, node, pinShape, scaleBar } from "./pin-shapes";
import type { PinView } from "./pin";
import type { Point } from "./place";
import { Plane, roundLength } from "./plane";

interface Options {
  grids: GridsAround;
  label: Element | null;
  onMove: (point: Point) => void;
}

/** Metres across the drawing: from a doorway to a few streets. */
const SPAN_METRES = 300;
const SPAN_METRES_MIN = 60;
export const SPAN_METRES_MAX = 4000;
/** An arrow key's step, as a share of what is shown. */
const KEY_STEP = 0.02;
const GRID_LINES = 8;

export class PinDrawing implements PinView {
  private readonly svg = node("svg", { tabindex: "0", role: "application" });
  private readonly ground = node("g");
  private plane: Plane | null = null;
  private centre = { x: 0, y: 0 };
  private span = SPAN_METRES;
  private zoomed = false;
  private accuracy: number | null = null;
  private readonly pointers = new Map<number, { x: number; y: number }>();

  constructor(
    private readonly canvas: HTMLElement,
    private readonly options: Options,
  ) {
    if (options.label !== null) {
      options.label.id ||= "pin-label";
      this.svg.setAttribute("aria-labelledby", options.label.id);
    }
    canvas.replaceChildren(this.svg);
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    this.svg.addEventListener("pointermove", (event) => this.drag(event));
    for (const type of ["pointerup", "pointercancel"] as const) {
      this.svg.addEventListener(type, (event) => this.pointers.delete(event.pointerId));
    }
    this.svg.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.zoom(Math.exp(event.deltaY / 400));
      },
      { passive: false },
    );
    this.svg.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  show(place: Point & { accuracy: number | null }, spanMetres = SPAN_METRES): void {
    this.plane = new Plane(place);
    this.centre = { x: 0, y: 0 };
    this.accuracy = place.accuracy;
    // The circle of doubt fits in, so that the person sees how far to look.
    if (!this.zoomed)
      this.span = Math.min(SPAN_METRES_MAX, Math.max(spanMetres, (place.accuracy ?? 0) * 2.4));
    this.draw();
  }

  goTo(point: Point): void {
    if (this.plane === null) return;
    this.centre = this.plane.toFlat(point);
    this.draw();
  }

  private metresPerPixel(): number {
    return this.span / Math.max(1, Math.min(this.canvas.clientWidth, this.canvas.clientHeight * 1.5));
  }

  private drag(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (other !== undefined) {
      const apart = (at: { x: number; y: number }) =>
        Math.max(20, Math.hypot(at.x - other.x, at.y - other.y));
      return this.zoom(apart(before) / apart(now));
    }
    const scale = this.metresPerPixel();
    this.move((before.x - now.x) * scale, (before.y - now.y) * scale);
  }

  private key(event: KeyboardEvent): void {
    const step = this.span * KEY_STEP;
    pinKey(event, {
      move: (right, down) => this.move(right * step, down * step),
      closer: () => this.zoom(0.7),
      wider: () => this.zoom(1 / 0.7),
    });
  }

  private zoom(by: number): void {
    this.zoomed = true;
    this.span = Math.min(SPAN_METRES_MAX, Math.max(SPAN_METRES_MIN, this.span * by));
    this.draw();
  }

  private move(dx: number, dy: number): void {
    if (this.plane === null) return;
    this.centre = { x: this.centre.x + dx, y: this.centre.y + dy };
    this.draw();
    this.options.onMove(this.plane.toPoint(this.centre));
  }

  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const plane = this.plane;
    if (plane === null || width === 0) return;
    const scale = this.metresPerPixel();
    const at = (x: number, y: number) => ({
      x: width / 2 + (x - this.centre.x) / scale,
      y: height / 2 + (y - this.centre.y) / scale,
    });
    const place = ([lng, lat]: GeoPosition) => {
      const flat = plane.toFlat({ lng: lng ?? 0, lat: lat ?? 0 });
      return at(flat.x, flat.y);
    };
    const step = roundLength((this.span / GRID_LINES) * 2);
    const parts = [...gridLines(step / scale, at(0, 0), width, height), ...gridAreas(this.options.grids.features, place)];
    if (this.accuracy !== null) {
      const middle = at(0, 0);
      parts.push(node("circle", { class: "accuracy", cx: middle.x, cy: middle.y, r: this.accuracy / scale }));
    }
    this.ground.replaceChildren(...parts);
    const length = roundLength(this.span / 4);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const bar = scaleBar(length, length / scale, height, document.documentElement.lang);
    this.svg.replaceChildren(this.ground, pinShape(width / 2, height / 2), bar);
  }
}
