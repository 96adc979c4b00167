// The words of a report, and what is said below them while they are written.
import { part } from "../page";
import { aboutPerson } from "../page/about-person";
import { personal } from "../page/personal";
import type { Matters } from "./matters";

/** Shows a note as long as the field holds what it is about. */
function watch(field: HTMLTextAreaElement, note: HTMLElement, holds: (text: string) => boolean): void {
  const look = (): void => {
    const hidden = !holds(field.value);
    // Said once when it comes, not again with every letter.
    if (note.hidden !== hidden) note.hidden = hidden;
  };
  field.addEventListener("input", look);
  look();
}

export class Words {
  private readonly field: HTMLTextAreaElement | null;
  private readonly refused: HTMLElement | null;

  constructor(form: HTMLFormElement, matters: Matters) {
    this.field = form.querySelector<HTMLTextAreaElement>('[name="words"]');
    this.refused = part(form, "about-person");
    const numbers = part(form, "personal");
    if (this.field !== null && numbers !== null)
      watch(this.field, numbers, (text) => personal(text).length > 0);
    if (this.field !== null && this.refused !== null) watch(this.field, this.refused, aboutPerson);
    const help = part<HTMLButtonElement>(form, "help");
    help?.addEventListener("click", () => {
      matters.choose({ key: help.value, name: help.dataset["name"] ?? "", why: null });
      // What was written of the person is still there.
      this.field?.focus();
    });
  }

  get text(): string {
    return this.field?.value ?? "";
  }

  /** Whether the server would refuse them; says so when it would. Kept on the phone, it would say so too late. */
  holdBack(): boolean {
    const refused = this.refused !== null && aboutPerson(this.text);
    if (refused) {
      this.refused?.scrollIntoView({ block: "center" });
      this.field?.focus({ preventScroll: true });
    }
    return refused;
  }
}
