// Correcting the point: the drawing is made when the panel is opened.
import { part } from "../page";
import { PinDrawing, SPAN_METRES_MAX } from "./pin";
import type { Point } from "./place";
import type { Position } from "./position";

/** "lng,lat" */
function pointOf(text: string | undefined): Point | null {
  const [lng, lat] = (text ?? "").split(",").map(Number);
  return lng === undefined || lat === undefined || !Number.isFinite(lng + lat) ? null : { lng, lat };
}

export function attachPin(form: HTMLFormElement, position: Position): void {
  const panel = part<HTMLDetailsElement>(form, "pin");
  const canvas = part(form, "pin-canvas");
  if (panel === null || canvas === null) return;
  const centre = pointOf(form.dataset["centre"]);
  panel.hidden = centre === null;
  const open = () => {
    if (!panel.open) return;
    const drawing = new PinDrawing(canvas, {
      gridsUrl: form.dataset["grids"] ?? null,
      label: panel.querySelector("summary"),
      onMove: (point) => {
        position.keeper.moveByHand(point);
        position.changed();
      },
    });
    const show = () => {
      const place = position.place();
      if (place !== null && place.source !== "hand") drawing.show(place);
      else if (place === null && centre !== null)
        drawing.show({ ...centre, accuracy: null }, SPAN_METRES_MAX);
    };
    show();
    position.onChange(show);
    part(form, "pin-reset")?.addEventListener("click", () => {
      position.keeper.reset();
      position.changed();
    });
  };
  panel.addEventListener("toggle", open, { once: true });
  position.onChange(() => {
    if (position.place() !== null) panel.hidden = false;
  });
}
