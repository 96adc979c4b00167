// Elder mode: the page changes at once, the server is told beside.
import { remember, show } from "./device-choice";

function tell(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  if (submitter instanceof HTMLButtonElement && submitter.name !== "")
    fields.set(submitter.name, submitter.value);
  const headers = { accept: "application/json", "x-csrf-token": document.body.dataset["csrf"] ?? "" };
  // Offline the choice still holds on this phone.
  fetch(form.action, { method: "POST", body: fields, headers, keepalive: true }).catch(() => undefined);
}

export function attach(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement)) return;
  const form = root;
  const field = form.querySelector<HTMLInputElement>('input[name="elder"]');
  const mark = () => {
    const now = document.documentElement.dataset["elder"];
    const on = now !== undefined && now !== "off";
    for (const button of form.querySelectorAll<HTMLElement>("button")) {
      const size = button.dataset["size"];
      button.setAttribute(
        "aria-pressed",
        String(size === undefined ? on : on && (now === "" || now === "true" ? "22" : now) === size),
      );
    }
    return on;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const size = event.submitter?.dataset["size"];
    const on = size !== undefined || !mark();
    if (field !== null) field.value = String(on);
    tell(form, event.submitter);
    const value = on ? (size ?? "") : null;
    show("elder", value);
    remember("elder", value);
    mark();
  });
  mark();
}
