// Subscribes this browser to notices: asks the browser, then sends the form that the page has for it.
import { part, say } from "../page/parts";

/** The server's key as the browser wants it: bytes from base64url. */
export function keyBytes(text: string): Uint8Array<ArrayBuffer> {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

async function subscribe(form: HTMLFormElement): Promise<string | null> {
  if ((await Notification.requestPermission()) !== "granted") return form.dataset["tDenied"] ?? "";
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  const applicationServerKey = keyBytes(form.dataset["key"] ?? "");
  // One for another key (another server at this address before) is of no use.
  const same = known?.options.applicationServerKey;
  const kept = same != null && sameBytes(new Uint8Array(same), applicationServerKey);
  if (!kept) await known?.unsubscribe();
  const subscription =
    kept && known !== null
      ? known
      : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const field = form.elements.namedItem("subscription");
  if (field instanceof HTMLInputElement) field.value = JSON.stringify(subscription);
  return null;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

export function attach(root: HTMLElement): void {
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!(root instanceof HTMLFormElement) || !able) return;
  const form = root;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    subscribe(form).then(
      (problem) => (problem === null ? form.submit() : say(part(form, "push-note"), problem)),
      () => say(part(form, "push-note"), form.dataset["tFailed"] ?? ""),
    );
  });
}
