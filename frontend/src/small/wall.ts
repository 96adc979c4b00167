// The wall: fills the screen, and looks again by itself, since cases become late without anybody's doing.
import { getPage, part, swap } from "../page";

const AGAIN_MILLIS = 60_000;

export function attach(root: HTMLElement): void {
  const full = part(root, "full");
  if (full !== null && document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", () => {
      if (document.fullscreenElement === null) void root.requestFullscreen().catch(() => undefined);
      else void document.exitFullscreen();
    });
  }
  setInterval(() => {
    void getPage(location.href).then((fresh) => {
      if (fresh !== null && document.querySelector("#wall :focus") === null) swap("#wall", fresh);
    });
  }, AGAIN_MILLIS);
}
