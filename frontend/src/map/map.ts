// The map's place in a page. Its code is some 300 KB, so it comes when somebody asks for it.
import { part, say, textsOf } from "../page";
import { canDraw, styleSheet } from "./ready";

/** From here on list and map stand side by side, and the map is part of the page. */
const WIDE = "(min-width: 64rem)";

async function open(root: HTMLElement, canvas: HTMLElement): Promise<void> {
  const texts = textsOf(root);
  const note = part(root, "map-note");
  const button = part(root, "map-open");
  if (button !== null) button.hidden = true;
  say(note, texts("loading"));
  try {
    const [{ TownMap }] = await Promise.all([import("./maplibre"), styleSheet()]);
    canvas.hidden = false;
    root.classList.add("is-open");
    await new TownMap(root, canvas, texts).loaded();
    say(note, texts("pick"));
  } catch {
    canvas.hidden = true;
    root.classList.remove("is-open");
    if (button !== null) button.hidden = false;
    say(note, texts("failed"));
  }
}

export function attach(root: HTMLElement): void {
  const canvas = part(root, "map-canvas");
  if (canvas === null || !canDraw()) return;
  const button = part(root, "map-open");
  if (root.hasAttribute("data-autoload") && matchMedia(WIDE).matches) return void open(root, canvas);
  if (button === null) return;
  button.hidden = false;
  button.addEventListener("click", () => void open(root, canvas));
}
