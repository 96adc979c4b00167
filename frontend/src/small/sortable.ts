// A list whose rows can be dragged, or moved by Alt and an arrow key. Each row has forms of its own that move
// it up or down without script; one of them is sent with the new place.

/** Where the row that was moved last is remembered until the page is there anew. */
const MOVED = "qige-moved";

/** The form that moves a row; none where there is only one row. */
function formOf(row: HTMLElement): HTMLFormElement | null {
  return row.querySelector<HTMLFormElement>('form[action$="/move"]');
}

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.children].filter((child): child is HTMLElement => child instanceof HTMLElement);
}

/** Sends a row to a place, 1 being the first. */
function move(row: HTMLElement, place: number): void {
  const form = formOf(row);
  const to = form?.querySelector<HTMLInputElement>('input[name="to"]');
  if (!form || !to || place < 1 || String(place) === row.dataset["place"]) return;
  to.value = String(place);
  sessionStorage.setItem(MOVED, row.id);
  form.requestSubmit();
}

/** Follows a pointer until it is let go. The list holds it: a row loses it when it is put elsewhere. */
function drag(list: HTMLElement, row: HTMLElement, begun: PointerEvent): void {
  begun.preventDefault();
  list.setPointerCapture(begun.pointerId);
  row.classList.add("is-dragged");
  const before = rowsOf(list);
  const follow = (event: PointerEvent) => {
    const under = rowsOf(list).find((other) => {
      const box = other.getBoundingClientRect();
      return other !== row && event.clientY >= box.top && event.clientY <= box.bottom;
    });
    if (!under) return;
    const box = under.getBoundingClientRect();
    list.insertBefore(row, event.clientY < box.top + box.height / 2 ? under : under.nextSibling);
  };
  const end = (event: PointerEvent) => {
    list.removeEventListener("pointermove", follow);
    list.removeEventListener("pointerup", end);
    list.removeEventListener("pointercancel", end);
    row.classList.remove("is-dragged");
    if (event.type === "pointerup") move(row, rowsOf(list).indexOf(row) + 1);
    else list.append(...before);
  };
  list.addEventListener("pointermove", follow);
  list.addEventListener("pointerup", end);
  list.addEventListener("pointercancel", end);
}

export function attach(list: HTMLElement): void {
  for (const row of rowsOf(list)) {
    const handle = row.querySelector<HTMLElement>('[data-role="handle"]');
    if (!handle || !formOf(row)) continue;
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => drag(list, row, event));
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined || !event.altKey) return;
      event.preventDefault();
      move(row, Number(row.dataset["place"]) + step);
    });
    // After a move the page is there anew: whoever goes on by keys finds the row under them.
    if (sessionStorage.getItem(MOVED) === row.id) handle.focus();
  }
  sessionStorage.removeItem(MOVED);
}
