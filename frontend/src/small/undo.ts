// The undo bar: counts down the server's time and goes when it is over.
import { isTyping, part, say, textsOf } from "../page";

export function attach(root: HTMLElement): void {
  const until = Date.parse(root.dataset["until"] ?? "");
  if (Number.isNaN(until)) return;
  const texts = textsOf(root);
  const left = part(root, "left");
  // A status that changes every second would be read out every second.
  left?.setAttribute("aria-hidden", "true");
  const onKey = (event: KeyboardEvent) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.defaultPrevented;
    if (event.key !== "u" || !plain || isTyping(event.target)) return;
    event.preventDefault();
    root.querySelector<HTMLButtonElement>("form button")?.click();
  };
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) {
      root.hidden = true;
      document.removeEventListener("keydown", onKey);
      return clearInterval(timer);
    }
    say(left, texts("left", { seconds }));
  };
  const timer = setInterval(tick, 500);
  document.addEventListener("keydown", onKey);
  tick();
}
