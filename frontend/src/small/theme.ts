// Dark, light or as the system has it.
import { remember, remembered, show } from "./device-choice";

function mark(): void {
  const now = remembered("theme") ?? "auto";
  for (const button of document.querySelectorAll<HTMLElement>('[data-module="theme"]')) {
    button.setAttribute("aria-pressed", String(button.dataset["themeValue"] === now));
  }
}

export function attach(root: HTMLElement): void {
  const value = root.dataset["themeValue"];
  if (value !== "dark" && value !== "light" && value !== "auto") return;
  root.hidden = false;
  root.addEventListener("click", () => {
    const chosen = value === "auto" ? null : value;
    remember("theme", chosen);
    show("theme", chosen);
    mark();
    document.dispatchEvent(new CustomEvent("qige:theme"));
  });
  mark();
}
