// A signature drawn with a finger, sent as a picture with its form. Where it cannot be drawn or sent the page stays
// as it was, and the tick beside it says the same.
import { textsOf } from "../page";

/** Twice as many points as pixels of the box: enough to read a name on paper. */
const SCALE = 2;
const [WIDTH, HEIGHT] = [320, 140];

/** Whether a form can carry a file that a script made. */
function carries(): boolean {
  try {
    return new DataTransfer().items !== undefined;
  } catch {
    return false;
  }
}

export function attach(root: HTMLElement): void {
  const input = root.querySelector<HTMLInputElement>('[data-role="file"]');
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (input === null || pen === null || !carries() || typeof PointerEvent === "undefined") return;
  const text = textsOf(root);
  Object.assign(canvas, { width: WIDTH * SCALE, height: HEIGHT * SCALE, className: "q-signature" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text("label"));
  const clear = Object.assign(document.createElement("button"), {
    type: "button",
    className: "q-button q-button--small",
    textContent: text("clear"),
  });
  const hint = Object.assign(document.createElement("p"), { className: "q-field__hint", textContent: text("hint") });
  const empty = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    input.value = "";
  };
  Object.assign(pen, { lineWidth: 3 * SCALE, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });

  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * canvas.width;
    return [across, ((event.clientY - box.top) / box.height) * canvas.height];
  };
  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  const keep = () => {
    if (!drawing) return;
    drawing = false;
    canvas.toBlob((picture) => {
      if (picture === null) return;
      const files = new DataTransfer();
      files.items.add(new File([picture], "signature.png", { type: "image/png" }));
      input.files = files.files;
    }, "image/png");
  };
  canvas.addEventListener("pointerup", keep);
  canvas.addEventListener("pointercancel", keep);
  clear.addEventListener("click", empty);

  empty();
  root.append(hint, canvas, clear);
  root.hidden = false;
}
