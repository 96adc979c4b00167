// The centre's queue: rows by key, news behind a bar, list and map moving each other.
import { textsOf } from "../page";
import { News } from "./news";
import { onKeys } from "./press";
import { Rows } from "./rows";

export function attach(root: HTMLElement): void {
  let fromMap = false;
  const rows = new Rows(root, (id) => {
    if (!fromMap) document.dispatchEvent(new CustomEvent("qige:case", { detail: { id, from: "queue" } }));
  });
  new News(root, rows, textsOf(root));
  document.addEventListener("qige:case", (event) => {
    const { id, from } = (event as CustomEvent<{ id: string; from: string }>).detail;
    const row = from === "queue" ? null : rows.byId(id);
    if (row === null) return;
    fromMap = true;
    rows.choose(row, false);
    fromMap = false;
    row.scrollIntoView({ block: "nearest" });
  });
  onKeys(
    true,
    () => rows.current,
    (act) => {
      if (act.act === "move") rows.move(act.by);
      else if (act.act === "open") rows.open();
      else if (act.act === "tick") rows.tick();
    },
  );
}
