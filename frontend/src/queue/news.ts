// New changes wait behind a bar until the person wants them: nothing jumps under the cursor.
import { follow, getPage, part, say, swap, type Texts } from "../page";
import type { Rows } from "./rows";

const LIST = "#queue-list";

/** What a row says that a person would act on: its chips. Times and the like change by themselves. */
function statesIn(rows: Iterable<HTMLElement>): Map<string, string> {
  const chips = (row: HTMLElement) =>
    [...row.querySelectorAll(".q-chip")].map((chip) => chip.textContent?.trim());
  return new Map([...rows].map((row) => [row.dataset["case"] ?? "", chips(row).join(" ")]));
}

export class News {
  private count = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly rows: Rows,
    private readonly texts: Texts,
  ) {
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
    this.count += 1;
    this.rows.byId(change.id)?.classList.add("is-changed");
    this.show();
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
    this.count = Math.max(this.count, changed.length);
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
