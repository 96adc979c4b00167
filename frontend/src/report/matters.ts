// Which matter: three suggestions for this place and hour, better ones from the words, and a search.
import { fillSlots, getJson, part, stamp, type Texts, withQuery } from "../page";
import { coarse, type Point } from "./place";

interface Matter {
  key: string;
  name: string;
  why: string | null;
}

const SUGGESTIONS_MAX = 3;
/** A pause in writing after which it is worth asking. */
const SEARCH_PAUSE_MILLIS = 300;
const WORDS_PAUSE_MILLIS = 900;
const WORDS_ASKED_MAX = 120;

export class Matters {
  private readonly suggestions: HTMLElement | null;
  private readonly results: HTMLElement | null;
  private asking: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private askedFor = "";
  private point: Point | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly texts: Texts,
    private readonly onChange: () => void,
  ) {
    this.suggestions = part(form, "suggestions");
    this.results = part(form, "matter-results");
    const search = part<HTMLInputElement>(form, "matter-search");
    search?.addEventListener("input", () =>
      this.rest(SEARCH_PAUSE_MILLIS, () => void this.search(search.value.trim())),
    );
    // Enter in a search field would send the whole report.
    search?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.results?.querySelector<HTMLInputElement>("input[type=radio]")?.focus();
    });
    form
      .querySelector<HTMLTextAreaElement>('[name="words"]')
      ?.addEventListener("input", () => this.rest(WORDS_PAUSE_MILLIS, () => void this.suggest()));
    form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "matter") this.onChange();
    });
  }

  get chosen(): { key: string; name: string } | null {
    const radio = this.form.querySelector<HTMLInputElement>('input[name="matter"]:checked');
    if (radio === null || radio.value === "") return null;
    const label = radio.closest("label");
    const name = label?.querySelector('[data-slot="name"]') ?? label?.querySelector("span") ?? label;
    return { key: radio.value, name: name?.textContent?.trim() ?? "" };
  }

  /** Chooses for the person, who pressed something that says so. */
  choose(matter: Matter): void {
    const radios = [...this.form.querySelectorAll<HTMLInputElement>('input[name="matter"]')];
    const there = radios.find(({ value }) => value === matter.key);
    const choice = there === undefined ? this.choice(matter, true) : null;
    if (choice !== null) this.suggestions?.prepend(choice);
    if (there !== undefined) there.checked = true;
    this.onChange();
  }

  /** The point moved: suggestions for there, unless the person has chosen already. */
  at(point: Point | null): void {
    this.point = point;
    void this.suggest();
  }

  private rest(millis: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, millis);
  }

  private async ask(q: string): Promise<Matter[] | null> {
    const url = this.form.dataset["suggest"];
    if (url === undefined || !navigator.onLine) return null;
    const place = this.point === null ? { lng: null, lat: null } : coarse(this.point);
    this.asking?.abort();
    this.asking = new AbortController();
    const answer = await getJson<{ matters: Matter[] }>(withQuery(url, { ...place, q }), this.asking.signal);
    return Array.isArray(answer?.matters) ? answer.matters : null;
  }

  private async suggest(): Promise<void> {
    if (this.chosen !== null || this.suggestions === null) return;
    const words =
      this.form
        .querySelector<HTMLTextAreaElement>('[name="words"]')
        ?.value.trim()
        .slice(0, WORDS_ASKED_MAX) ?? "";
    const place = this.point === null ? "" : Object.values(coarse(this.point)).join();
    if (words === "" && place === "") return;
    if (this.askedFor === `${place} ${words}`) return;
    this.askedFor = `${place} ${words}`;
    const matters = await this.ask(words);
    // Buttons must not move under a thumb that is already choosing.
    if (matters === null || matters.length === 0 || this.chosen !== null) return;
    this.show(this.suggestions, matters.slice(0, SUGGESTIONS_MAX));
  }

  private async search(q: string): Promise<void> {
    if (this.results === null) return;
    if (q === "") return this.clear();
    const matters = await this.ask(q);
    if (matters === null) return;
    if (matters.length > 0) return this.show(this.results, matters);
    this.clear();
    const none = this.texts("no-matches");
    if (none !== "") this.results.append(Object.assign(document.createElement("p"), { textContent: none }));
  }

  /** Takes search results away, but for the one that was chosen. */
  private clear(): void {
    for (const child of [...(this.results?.children ?? [])]) {
      if (child.querySelector(":checked") === null) child.remove();
    }
  }

  private show(into: HTMLElement, matters: readonly Matter[]): void {
    const kept = this.chosen?.key ?? null;
    const made = matters.flatMap((matter) => this.choice(matter, matter.key === kept) ?? []);
    // The same again is left alone: what is drawn anew under a thumb takes its press away.
    const keys = (choices: Iterable<Element>) =>
      [...choices].map((one) => one.querySelector("input")?.value).join();
    if (made.length > 0 && keys(made) !== keys(into.children)) into.replaceChildren(...made);
  }

  private choice(matter: Matter, chosen: boolean): HTMLElement | null {
    const choice =
      stamp(this.form, "suggestion-template", { key: matter.key, name: matter.name, why: matter.why }) ??
      this.copyOf(matter);
    const radio = choice?.querySelector<HTMLInputElement>("input");
    if (choice === null || radio === null || radio === undefined) return null;
    radio.value = matter.key;
    radio.checked = chosen;
    radio.hidden = false;
    return choice;
  }

  /** Without a template the page's own first choice is the pattern. */
  private copyOf(matter: Matter): HTMLElement | null {
    const pattern = this.suggestions?.querySelector<HTMLElement>(".q-choice");
    if (pattern === null || pattern === undefined) return null;
    const copy = pattern.cloneNode(true) as HTMLElement;
    const span = copy.querySelector("span");
    if (span !== null) span.textContent = matter.name;
    fillSlots(copy, { why: matter.why });
    return copy;
  }
}
