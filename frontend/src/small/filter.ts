// Filters that live in the address: every change submits by itself and swaps the list.
import { getPage, swap } from "../page";

const TYPING_PAUSE_MILLIS = 350;

/** The address that submitting the form would lead to, without the fields that say nothing. */
function addressOf(form: HTMLFormElement): string {
  const url = new URL(form.getAttribute("action") ?? location.pathname, document.baseURI);
  url.search = "";
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") url.searchParams.append(name, value);
  }
  return url.href;
}

export function attach(root: HTMLElement): void {
  const selector = root.dataset["swap"];
  if (!(root instanceof HTMLFormElement) || selector === undefined || root.method !== "get") return;
  const form = root;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | null = null;
  const apply = async () => {
    clearTimeout(timer);
    asking?.abort();
    const mine = (asking = new AbortController());
    const url = addressOf(form);
    document.querySelector(selector)?.setAttribute("aria-busy", "true");
    const fresh = await getPage(url, mine.signal);
    if (mine.signal.aborted) return;
    // What cannot be swapped is visited.
    if (fresh === null || swap(selector, fresh) === null) return location.assign(url);
    history.replaceState(null, "", url);
    document.title = fresh.title;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void apply();
  });
  form.addEventListener("change", () => void apply());
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !["text", "search"].includes(field.type)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void apply(), TYPING_PAUSE_MILLIS);
  });
  for (const button of form.querySelectorAll<HTMLElement>('[data-role="filter-submit"]'))
    button.hidden = true;
}
