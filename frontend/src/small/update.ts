// A newer build waits: the person decides when the page is loaded anew.
import { part } from "../page";

export async function attach(root: HTMLElement): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  const registration = await workers.ready;
  const show = () => {
    root.hidden = registration.waiting === null || workers.controller === null;
  };
  const watch = (worker: ServiceWorker | null) => worker?.addEventListener("statechange", show);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  watch(registration.installing);
  let wanted = false;
  workers.addEventListener("controllerchange", () => {
    if (wanted) location.reload();
  });
  part(root, "reload")?.addEventListener("click", () => {
    wanted = true;
    registration.waiting?.postMessage({ type: "activate" });
  });
  show();
}
