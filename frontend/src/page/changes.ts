// One stream of changes per page and address, shared by all islands; closed while nobody looks, because a
// browser has six connections per host on HTTP/1.1 and a centre has more tabs than that.

export interface Change {
  topic: string;
  id: string;
}
type Listener = (change: Change | null) => void;

interface Stream {
  source: EventSource | null;
  listeners: Set<Listener>;
}

const streams = new Map<string, Stream>();

function open(url: string, stream: Stream): void {
  if (stream.source !== null || document.hidden) return;
  const source = new EventSource(url);
  source.addEventListener("change", (event) => {
    try {
      const change = JSON.parse((event as MessageEvent<string>).data) as Change;
      for (const listener of stream.listeners) listener(change);
    } catch {
      /* not a change */
    }
  });
  stream.source = source;
}

function onVisibility(): void {
  for (const [url, stream] of streams) {
    if (document.hidden) {
      stream.source?.close();
      stream.source = null;
    } else if (stream.source === null) {
      open(url, stream);
      // What happened meanwhile was not heard.
      for (const listener of stream.listeners) listener(null);
    }
  }
}

/** Calls `listener` for every change, and with null when changes may have been missed. */
export function follow(url: string, listener: Listener): void {
  if (typeof EventSource !== "function") return;
  let stream = streams.get(url);
  if (stream === undefined) {
    if (streams.size === 0) document.addEventListener("visibilitychange", onVisibility);
    stream = { source: null, listeners: new Set() };
    streams.set(url, stream);
  }
  stream.listeners.add(listener);
  open(url, stream);
}
