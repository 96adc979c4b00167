// Before and after, one over the other, with a slider between them.
import { textsOf } from "../page";

export function attach(root: HTMLElement): void {
  const figures = root.querySelectorAll("figure");
  if (figures.length !== 2 || !CSS.supports("clip-path", "inset(0 0 0 50%)")) return;
  const slider = Object.assign(document.createElement("input"), {
    type: "range",
    min: "0",
    max: "100",
    value: "50",
  });
  slider.setAttribute("aria-label", textsOf(root)("slider"));
  const show = () => root.style.setProperty("--split", `${slider.value}%`);
  slider.addEventListener("input", show);
  root.append(slider);
  root.classList.add("is-running");
  show();
}
