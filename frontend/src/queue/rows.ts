// The rows of the queue and which of them is the current one.
import { part } from "../page";

export class Rows {
  private currentId: string | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly onCurrent: (id: string) => void,
  ) {
    root.addEventListener("focusin", (event) => this.follow(event));
    root.addEventListener("click", (event) => this.follow(event));
  }

  all(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>("[data-case]")];
  }

  byId(id: string): HTMLElement | null {
    return this.all().find((row) => row.dataset["case"] === id) ?? null;
  }

  get current(): HTMLElement | null {
    return this.currentId === null ? null : this.byId(this.currentId);
  }

  move(by: 1 | -1): void {
    const rows = this.all();
    const at = this.current === null ? -1 : rows.indexOf(this.current);
    const to =
      rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (to !== undefined) this.choose(to, true);
  }

  open(): void {
    const link = this.current === null ? null : part<HTMLElement>(this.current, "open");
    link?.click();
  }

  tick(): void {
    this.current?.querySelector<HTMLInputElement>('input[type=checkbox][data-role="tick"]')?.click();
  }

  /** Makes a row the current one; `focus` also moves the keyboard there. */
  choose(row: HTMLElement, focus: boolean): void {
    const id = row.dataset["case"] ?? null;
    const changed = id !== this.currentId;
    this.currentId = id;
    this.mark();
    if (focus) {
      part<HTMLElement>(row, "open")?.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
    if (changed && id !== null) this.onCurrent(id);
  }

  /** Marks the current row, also in a list that has just been replaced. */
  mark(): void {
    for (const row of this.all()) {
      const is = row.dataset["case"] === this.currentId;
      row.classList.toggle("is-current", is);
      if (is) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  private follow(event: Event): void {
    const row = (event.target as Element | null)?.closest<HTMLElement>("[data-case]");
    if (row != null && row.dataset["case"] !== this.currentId) this.choose(row, false);
  }
}
