// What must be there before a map can be drawn, apart from its code.

export function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

export function styleSheet(): Promise<void> {
  const link = Object.assign(document.createElement("link"), {
    rel: "stylesheet",
    href: `/assets/${MAP_STYLE_FILE}`,
  });
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = reject;
    document.head.append(link);
  });
}

/** Fetches the worker's file beforehand: a map whose worker does not come stays empty without a word. */
export async function workerFile(): Promise<void> {
  const answer = await fetch(`/assets/${MAP_WORKER_FILE}`);
  if (!answer.ok) throw new Error(`${MAP_WORKER_FILE}: ${answer.status}`);
}
