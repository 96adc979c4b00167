// Counts changes up, or swaps a part of the page for its fresh self.
import { follow, getPage, swap, textsOf } from "../page";

/** Changes come in bursts; one fresh page answers a burst. */
const REST_MILLIS = 1200;

function refresher(selector: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        void getPage(location.href).then((fresh) => {
          // Not under somebody's fingers.
          const here = document.querySelector(selector);
          if (fresh !== null && here !== null && !here.contains(document.activeElement))
            swap(selector, fresh);
        }),
      REST_MILLIS,
    );
  };
}

export function attach(root: HTMLElement): void {
  const url = root.dataset["live"];
  if (url === undefined) return;
  const topics = new Set((root.dataset["topics"] ?? "").split(/[\s,]+/).filter((topic) => topic !== ""));
  const texts = textsOf(root);
  const selector = root.dataset["refresh"];
  const refresh = selector === undefined ? null : refresher(selector);
  follow(url, (change) => {
    if (change !== null && topics.size > 0 && !topics.has(change.topic)) return;
    if (refresh !== null) return refresh();
    if (change === null) return;
    const n = Number(root.dataset["count"] ?? "0") + 1;
    root.dataset["count"] = String(n);
    root.textContent = String(n);
    const label = texts("label", { n });
    if (label !== "") root.setAttribute("aria-label", label);
  });
}
