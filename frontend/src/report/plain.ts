// Where the phone keeps nothing, the form goes as it would without script, only lighter.
import { part } from "../page";
import type { Filled } from "./draft";
import type { ReadyPhoto } from "./photos";

/** Writes what the island knows into the form's own fields. */
export function fillFields(form: HTMLFormElement, { place, joins, madeAt }: Filled): void {
  const set = (name: string, value: string) => {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  };
  set("lng", place === null ? "" : String(place.lng));
  set("lat", place === null ? "" : String(place.lat));
  set("accuracy_metres", place?.accuracy == null ? "" : String(place.accuracy));
  set("made_at", new Date(madeAt).toISOString());
  set("joins", joins ?? "");
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
