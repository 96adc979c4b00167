// A stored picture whose boxes are drawn with a finger and painted by the server. Without it they are typed.
import { part, say, textsOf } from "../page";
import type { Box } from "../photo/boxes";
import { chooseBoxes, place } from "../photo/cover";

/** Per cent with two decimals, as the server reads them, rounded outwards and never out of the picture. */
function written({ x, y, width, height }: Box): string {
  const span = (from: number, length: number): [string, string] => {
    const first = Math.floor(from * 10_000) / 100;
    const last = Math.min(100, Math.ceil((from + length) * 10_000) / 100);
    return [first.toFixed(2), (last - first).toFixed(2)];
  };
  const [[left, wide], [top, high]] = [span(x, width), span(y, height)];
  return [left, top, wide, high].join();
}

export function attach(root: HTMLElement): void {
  const dialog = part<HTMLDialogElement>(document, "cover");
  const open = part(root, "cover-open");
  const field = root.querySelector<HTMLInputElement>('[name="boxes"]');
  const [shown, typed] = [part(root, "cover-shown"), part(root, "cover-typed")];
  const url = root.dataset["picture"];
  const able = dialog !== null && typeof dialog.showModal === "function";
  if (!able || open === null || field === null || shown === null || typed === null || url === undefined) return;
  const texts = textsOf(root);
  let boxes: Box[] = [];

  const show = (): void => {
    for (const old of shown.querySelectorAll(".q-cover__box")) old.remove();
    for (const box of boxes) {
      const element = Object.assign(document.createElement("div"), { className: "q-cover__box" });
      place({ box, element });
      shown.append(element);
    }
    field.value = boxes.map(written).join(" ");
    say(part(root, "cover-said"), boxes.length === 0 ? "" : texts("boxes", { n: boxes.length }));
  };
  open.addEventListener("click", () => {
    chooseBoxes(dialog, url, boxes)
      .then((chosen) => {
        if (chosen === null) return;
        boxes = chosen;
        show();
      })
      .catch(() => say(part(root, "cover-said"), texts("failed")));
  });
  open.hidden = false;
  // A field that nobody sees must not hold a form back: the server says that boxes are missing.
  field.required = false;
  typed.hidden = !typed.querySelector("[aria-invalid]");
}
