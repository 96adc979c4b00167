// On plain HTTP a browser gives no position, no installing, no camera stream: the page says so.

export function attach(root: HTMLElement): void {
  root.hidden = isSecureContext;
}
