// Doing what a key said, on elements.
import { isTyping, part } from "../page";
import { type Act, actOf, type Where } from "./rules";

function isShown(element: HTMLElement): boolean {
  return element.closest("[hidden]") === null && element.getClientRects().length > 0;
}

/** The element with `data-key`, in the row first, then on the page. */
export function keyed(key: string, row: HTMLElement | null): HTMLElement | null {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  for (const root of [row, document]) {
    const found = [...(root?.querySelectorAll<HTMLElement>(selector) ?? [])].find(isShown);
    if (found !== undefined) return found;
  }
  return null;
}

const FIELDS = 'input:not([type="hidden"]), select, textarea';

/** What a person fills in first in a panel; its first button where there is nothing to fill in. */
export function firstField(panel: HTMLElement): HTMLElement | null {
  const usable = (selector: string) =>
    [...panel.querySelectorAll<HTMLElement>(selector)].find(
      (field) => isShown(field) && !field.matches(":disabled"),
    );
  const field = usable(FIELDS) ?? usable("button");
  // Arrow keys begin at the choice that is made already.
  if (!(field instanceof HTMLInputElement) || field.type !== "radio") return field ?? null;
  const chosen = field.form?.querySelector<HTMLElement>(`[name="${CSS.escape(field.name)}"]:checked`);
  return chosen ?? field;
}

/** Opens a panel and goes to its first field; a key never closes what somebody is filling in. */
function enter(summary: HTMLElement): void {
  const panel = summary.parentElement;
  if (!(panel instanceof HTMLDetailsElement)) return summary.click();
  panel.open = true;
  const field = firstField(panel) ?? summary;
  field.focus();
  if (field instanceof HTMLInputElement && isTyping(field)) field.select();
  field.scrollIntoView({ block: "nearest" });
}

/** Presses, follows, opens or focuses, whichever the element is for. */
export function press(element: HTMLElement): void {
  if (element.localName === "summary") return enter(element);
  const keyless = ["checkbox", "radio", "button", "submit"];
  const field =
    element.matches("textarea, select") ||
    (element instanceof HTMLInputElement && !keyless.includes(element.type));
  if (field) element.focus();
  else element.click();
}

export function search(): void {
  const field =
    part<HTMLInputElement>(document, "search") ??
    document.querySelector<HTMLInputElement>("input[type=search]");
  field?.focus();
  field?.select();
}

export function help(): void {
  const dialog = part<HTMLDialogElement>(document, "keys-help");
  if (dialog === null || typeof dialog.showModal !== "function") return;
  if (dialog.dataset["ready"] === undefined) {
    dialog.dataset["ready"] = "";
    part(dialog, "close")?.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "?") dialog.close();
    });
  }
  dialog.showModal();
}

/** Listens for keys on the whole page; `row` is the current one. */
export function onKeys(rows: boolean, row: () => HTMLElement | null, act: (act: Act) => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const focus = document.activeElement;
    const where: Where = {
      typing: isTyping(event.target),
      dialog: document.querySelector("dialog[open]") !== null,
      rows,
      inRow: focus?.closest("[data-case]") != null,
      onControl: focus !== null && focus.matches("a, button, summary, input, [tabindex]"),
    };
    const wanted = actOf(
      { key: event.key, ctrl: event.ctrlKey, alt: event.altKey, meta: event.metaKey },
      where,
    );
    if (wanted === null) return;
    if (wanted.act === "press") {
      const element = keyed(wanted.key, row());
      if (element === null) return;
      event.preventDefault();
      return press(element);
    }
    event.preventDefault();
    if (wanted.act === "search") search();
    else if (wanted.act === "help") help();
    else act(wanted);
  });
}
