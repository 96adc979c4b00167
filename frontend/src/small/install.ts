// Offers to install when the browser does. The offer comes early and once, so it is caught before any island
// runs.

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

let offer: InstallOffer | null = null;
const buttons = new Set<HTMLElement>();

function show(): void {
  for (const button of buttons) button.hidden = offer === null;
}

export function catchOffer(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event as InstallOffer;
    show();
  });
  window.addEventListener("appinstalled", () => {
    offer = null;
    show();
  });
}

export function attach(root: HTMLElement): void {
  buttons.add(root);
  root.addEventListener("click", () => {
    void offer?.prompt();
    // An offer can be taken up once.
    offer = null;
    show();
  });
  show();
}
