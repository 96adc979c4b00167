// More tabs than a phone is wide: the one that is open stands in sight.
export function attach(root: HTMLElement): void {
  const open = root.querySelector<HTMLElement>("[aria-current]");
  if (open === null) return;
  const [frame, tab] = [root.getBoundingClientRect(), open.getBoundingClientRect()];
  root.scrollLeft += (tab.left + tab.right - frame.left - frame.right) / 2;
}
