// New changes wait behind a bar until the person wants them: nothing jumps under the cursor.
import { follow, getPage, part, say, swap, type Texts } from "../page";
import type { Rows } from "./rows";

const LIST = "#queue-list";
/** A list that does not know whose a change is looks no more often than this: changes come in bursts. */
const REST_MILLIS = 3000;

/** What a row says that a person would act on: its chips. How much time is left changes by itself. */
function statesIn(rows: Iterable<HTMLElement>): Map<string, string> {
  const chips = (row: HTMLElement) =>
    [...row.querySelectorAll<HTMLElement>(".q-chip")].map(
      (chip) => chip.dataset["due"] ?? chip.textContent?.trim(),
    );
  return new Map([...rows].map((row) => [row.dataset["case"] ?? "", chips(row).join(" ")]));
}

export class News {
  private count = 0;
  private looking: ReturnType<typeof setTimeout> | undefined;
  /** A part of all cases: most changes are of cases that are not for this list. */
  private readonly partial: boolean;

  constructor(
    private readonly root: HTMLElement,
    private readonly rows: Rows,
    private readonly texts: Texts,
  ) {
    this.partial = root.dataset["partial"] !== undefined;
    // The bar lies inside what is swapped, so it is looked up each time.
    root.addEventListener("click", (event) => {
      if ((event.target as Element).closest('[data-role="news"]') !== null) void this.take();
    });
    // However the list was replaced, it is news to nobody now.
    document.addEventListener("qige:swapped", () => {
      this.count = 0;
      this.show();
      rows.mark();
    });
    const url = root.dataset["live"];
    if (url !== undefined) follow(url, (change) => this.hear(change));
  }

  private hear(change: { topic: string; id: string } | null): void {
    if (change === null) return void this.compare();
    if (change.topic !== "case") return;
    if (this.partial) return this.look();
    this.count += 1;
    this.rows.byId(change.id)?.classList.add("is-changed");
    this.show();
  }

  /** One fresh page answers all that is heard meanwhile. */
  private look(): void {
    this.looking ??= setTimeout(() => {
      this.looking = undefined;
      void this.compare();
    }, REST_MILLIS);
  }

  /** Changes may have been missed: counts what a fresh page has otherwise, so that no news is claimed. */
  private async compare(): Promise<void> {
    const fresh = await getPage(location.href);
    if (fresh === null) return;
    const there = statesIn(fresh.querySelectorAll<HTMLElement>(`${LIST} [data-case]`));
    const here = statesIn(this.rows.all());
    const changed = [...new Set([...there.keys(), ...here.keys()])].filter(
      (id) => there.get(id) !== here.get(id),
    );
    for (const id of changed) this.rows.byId(id)?.classList.add("is-changed");
    this.count = this.partial ? changed.length : Math.max(this.count, changed.length);
    this.show();
  }

  private show(): void {
    const bar = part(this.root, "news");
    if (bar === null) return;
    bar.hidden = this.count === 0;
    say(bar, this.count === 0 ? "" : this.texts("new", { n: this.count }));
  }

  private async take(): Promise<void> {
    const bar = part(this.root, "news");
    bar?.setAttribute("aria-busy", "true");
    const fresh = await getPage(location.href);
    bar?.removeAttribute("aria-busy");
    if (fresh === null || swap(LIST, fresh) === null) return;
    part<HTMLElement>(this.rows.current ?? document.createElement("p"), "open")?.focus({
      preventScroll: true,
    });
  }
}
