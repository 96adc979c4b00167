// Word between tabs and the service worker that something changed in the outbox.

const NAME = "qige-outbox";
const here = new EventTarget();
let channel: BroadcastChannel | null = null;

function open(): BroadcastChannel | null {
  if (channel === null && typeof BroadcastChannel === "function") {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = (event: MessageEvent<{ sending: boolean }>) => {
      here.dispatchEvent(new CustomEvent("word", { detail: event.data }));
    };
  }
  return channel;
}

/** Something changed; `sending` tells whether a round is under way. */
export function tell(sending: boolean): void {
  open()?.postMessage({ sending });
  here.dispatchEvent(new CustomEvent("word", { detail: { sending } }));
}

export function listen(on: (sending: boolean) => void): void {
  open();
  here.addEventListener("word", (event) => on((event as CustomEvent<{ sending: boolean }>).detail.sending));
}
