// The words of a report, and what is said below them while they are written.
import { part } from "../page";
import { aboutPerson } from "../page/about-person";
import { attach as notice } from "../small/noticed";
import type { Matters } from "./matters";

export class Words {
  private readonly field: HTMLTextAreaElement | null;
  private readonly refused: HTMLElement | null;

  constructor(form: HTMLFormElement, matters: Matters) {
    this.field = form.querySelector<HTMLTextAreaElement>('[name="words"]');
    this.refused = part(form, "about-person");
    if (this.field !== null) notice(this.field);
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
