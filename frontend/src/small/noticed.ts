// What stands in a free text that should not, said while somebody types it: numbers of people, and where the text
// must be about a place, words about a person.
import { part } from "../page";
import { aboutPerson } from "../page/about-person";
import { personal } from "../page/personal";

type Field = HTMLTextAreaElement | HTMLInputElement;

/** Each note, by its role, and what it is shown for. */
const NOTES: Readonly<Record<string, (text: string) => boolean>> = {
  personal: (text) => personal(text).length > 0,
  "about-person": aboutPerson,
};

/** Shows a note as long as the field holds what it is about. */
function watch(field: Field, note: HTMLElement, holds: (text: string) => boolean): void {
  const look = (): void => {
    const hidden = !holds(field.value);
    // Said once when it comes, not again with every letter.
    if (note.hidden !== hidden) note.hidden = hidden;
  };
  field.addEventListener("input", look);
  look();
}

/** Notes stand beside their field. */
export function attach(root: HTMLElement): void {
  if (!(root instanceof HTMLTextAreaElement || root instanceof HTMLInputElement)) return;
  for (const [role, holds] of Object.entries(NOTES)) {
    const note = root.parentElement && part(root.parentElement, role);
    if (note) watch(root, note, holds);
  }
}
