// Registers the service worker and tells it the page's language.

export function startWorker(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  const begin = async () => {
    try {
      await workers.register("/sw.js");
      const { active } = await workers.ready;
      if (document.documentElement.hasAttribute("data-shell")) return;
      active?.postMessage({ type: "page", locale: document.documentElement.lang });
    } catch {
      /* refused: the site works, only not offline */
    }
  };
  // Not beside what the first page needs.
  if (document.readyState === "complete") void begin();
  else window.addEventListener("load", () => void begin(), { once: true });
}
