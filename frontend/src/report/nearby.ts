// What was reported here already: with photo and distance, to be joined with one press.
import { getJson, part, stamp, withQuery } from "../page";
import { coarse, type Point } from "./place";

interface NearbyCase {
  id: string;
  matter: string;
  distance: string;
  age: string;
  reports: string;
  photo: string | null;
}

export class Nearby {
  private readonly section: HTMLElement | null;
  private readonly list: HTMLElement | null;
  private asking: AbortController | null = null;
  private askedFor = "";

  constructor(
    private readonly form: HTMLFormElement,
    private readonly onJoin: (id: string, matter: string) => void,
  ) {
    this.section = part(form, "nearby");
    this.list = part(form, "nearby-list");
  }

  async at(point: Point | null, matter: string | null): Promise<void> {
    const url = this.form.dataset["nearby"];
    if (point === null || url === undefined || this.list === null || !navigator.onLine) return;
    const query = { ...coarse(point), matter };
    const key = Object.values(query).join();
    if (key === this.askedFor) return;
    this.askedFor = key;
    this.asking?.abort();
    this.asking = new AbortController();
    const answer = await getJson<{ cases: NearbyCase[] }>(withQuery(url, query), this.asking.signal);
    if (Array.isArray(answer?.cases) && key === this.askedFor) this.show(answer.cases);
  }

  private show(cases: readonly NearbyCase[]): void {
    const rows = cases.flatMap((found) => {
      const { matter, distance, age, reports, photo } = found;
      const row = stamp(this.form, "nearby-template", { matter, distance, age, reports, photo });
      if (row === null) return [];
      part(row, "me-too")?.addEventListener("click", () => this.onJoin(found.id, matter));
      return [row];
    });
    this.list?.replaceChildren(...rows);
    if (this.section !== null) this.section.hidden = rows.length === 0;
  }
}
