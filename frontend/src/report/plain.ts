// Where the phone keeps nothing, the form goes as it would without script, only lighter.
import { part } from "../page";
import type { Filled } from "./draft";
import type { ReadyPhoto } from "./photos";
import type { Place } from "./place";

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

/** Writes the point into the form's own fields, in WGS-84 degrees. */
export function fillPlace(form: HTMLFormElement, place: Place | null): void {
  set(form, "lng", place === null ? "" : String(place.lng));
  set(form, "lat", place === null ? "" : String(place.lat));
  set(form, "accuracy_metres", place?.accuracy == null ? "" : String(place.accuracy));
}

/** Writes what the island knows into the form's own fields. */
export function fillFields(form: HTMLFormElement, { place, joins, madeAt }: Filled): void {
  fillPlace(form, place);
  set(form, "made_at", new Date(madeAt).toISOString());
  set(form, "joins", joins ?? "");
}

export function submitPlain(form: HTMLFormElement, photos: readonly ReadyPhoto[]): void {
  const input = part<HTMLInputElement>(form, "photo-input");
  if (input !== null) {
    const files = new DataTransfer();
    for (const { blob, id } of photos) files.items.add(new File([blob], `${id}.jpg`, { type: "image/jpeg" }));
    input.files = files.files;
  }
  form.submit();
}
