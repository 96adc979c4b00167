// New changes wait behind a bar until the person wants them: nothing jumps under the cursor.
import { follow, getPage, part, say, swap, type Texts } from "../page";
import type { Rows } from "./rows";

const LIST = "#queue-list";

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
    const url = root.dataset["live"];
    if (url !== undefined) follow(url, (change) => this.hear(change));
  }

  private hear(change: { topic: string; id: string } | null): void {
    if (change !== null && change.topic !== "case") return;
    this.count += 1;
    if (change !== null) this.rows.byId(change.id)?.classList.add("is-changed");
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
    this.count = 0;
    this.show();
    this.rows.mark();
    part<HTMLElement>(this.rows.current ?? document.createElement("p"), "open")?.focus({
      preventScroll: true,
    });
  }
}
