// The page's parts: found by `data-role`, cloned from templates, filled by `data-slot`.

/** The first element with this role below `root`. */
export function part<T extends Element = HTMLElement>(root: ParentNode, role: string): T | null {
  return root.querySelector<T>(`[data-role="${role}"]`);
}

export function partsOf<T extends Element = HTMLElement>(root: ParentNode, role: string): T[] {
  return [...root.querySelectorAll<T>(`[data-role="${role}"]`)];
}

export type Slots = Readonly<Record<string, string | null | undefined>>;

function put(node: Element, value: string): void {
  if (node instanceof HTMLImageElement) {
    if (value === "") node.removeAttribute("src");
    else if (node.getAttribute("src") !== value) node.src = value;
  } else if (node instanceof HTMLAnchorElement) {
    if (value === "") node.removeAttribute("href");
    else node.href = value;
  } else if (node instanceof HTMLInputElement || node instanceof HTMLButtonElement) {
    node.value = value;
  } else if (node.textContent !== value) {
    node.textContent = value;
  }
}

/** Fills every slot below `root`; a slot without a value is hidden. */
export function fillSlots(root: ParentNode, slots: Slots): void {
  for (const node of root.querySelectorAll<HTMLElement>("[data-slot]")) {
    const name = node.dataset["slot"] ?? "";
    if (!(name in slots)) continue;
    const value = slots[name] ?? "";
    put(node, value);
    node.hidden = value === "";
  }
}

/** A filled copy of what a `<template data-role>` holds; null when the page has none. */
export function stamp(root: ParentNode, role: string, slots: Slots): HTMLElement | null {
  const template = part<HTMLTemplateElement>(root, role);
  const first = template?.content.firstElementChild;
  if (!(first instanceof HTMLElement)) return null;
  const copy = first.cloneNode(true) as HTMLElement;
  fillSlots(copy, slots);
  return copy;
}

/** Writes a status; nothing is announced twice. */
export function say(node: Element | null, text: string): void {
  if (node !== null && node.textContent !== text) node.textContent = text;
}

/** Whether the person is writing, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  const keyless = ["checkbox", "radio", "button", "submit", "reset", "range", "file", "color", "image"];
  return target instanceof HTMLInputElement && !keyless.includes(target.type);
}
