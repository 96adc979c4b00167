// Correcting the point: what draws comes when the panel is opened, so that the first page does not carry it.
import { part, say, type Texts } from "../page";
import type { Point } from "./place";
import type { Position } from "./position";

/** What the panel is opened on. */
export interface PinPanel {
  form: HTMLFormElement;
  panel: HTMLDetailsElement;
  canvas: HTMLElement;
  /** Where to look for the point when the phone does not know it. */
  centre: Point | null;
  position: Position;
  texts: Texts;
}

/** "lng,lat" */
function pointOf(text: string | undefined): Point | null {
  const [lng, lat] = (text ?? "").split(",").map(Number);
  return lng === undefined || lat === undefined || !Number.isFinite(lng + lat) ? null : { lng, lat };
}

export function attachPin(form: HTMLFormElement, position: Position, texts: Texts): void {
  const panel = part<HTMLDetailsElement>(form, "pin");
  const canvas = part(form, "pin-canvas");
  if (panel === null || canvas === null) return;
  const centre = pointOf(form.dataset["centre"]);
  panel.hidden = centre === null;
  let opened = false;
  panel.addEventListener("toggle", async () => {
    if (!panel.open || opened) return;
    opened = true;
    const note = part(form, "pin-note");
    try {
      (await import("./pin")).openPin({ form, panel, canvas, centre, position, texts });
      say(note, "");
    } catch {
      opened = false;
      say(note, texts("pin-failed"));
    }
  });
  position.onChange(() => {
    if (position.place() !== null) panel.hidden = false;
  });
}
