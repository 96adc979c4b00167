// Passing a link on: by the system's own sheet where there is one, by the clipboard everywhere.
import { part, say, textsOf } from "../page";

/** Plain HTTP has no clipboard; selecting and copying is what is left. */
function copyOld(text: string): boolean {
  const field = Object.assign(document.createElement("textarea"), {
    value: text,
    className: "q-visually-hidden",
  });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function copy(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard === undefined) return copyOld(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOld(text);
  }
}

export function attach(root: HTMLElement): void {
  const url = new URL(root.dataset["url"] ?? location.href, document.baseURI).href;
  const title = root.dataset["title"] ?? document.title;
  const texts = textsOf(root);
  const copyButton = part(root, "copy");
  const shareButton = part(root, "share");
  if (copyButton !== null) {
    copyButton.hidden = false;
    copyButton.addEventListener(
      "click",
      () =>
        void copy(url).then((done) => {
          say(part(root, "share-note"), done ? texts("copied") : url);
        }),
    );
  }
  if (shareButton !== null && typeof navigator.share === "function") {
    shareButton.hidden = false;
    // Closing the sheet rejects; that is no failure.
    shareButton.addEventListener("click", () => void navigator.share({ title, url }).catch(() => undefined));
  }
}
