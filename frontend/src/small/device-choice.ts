// Choices that belong to this device: how it looks. Kept here, because a page from the cache knows nobody's
// settings.

export type Choice = "theme" | "elder";
const KEYS: Readonly<Record<Choice, string>> = { theme: "qige-theme", elder: "qige-elder" };

export function remember(choice: Choice, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(KEYS[choice]);
    else localStorage.setItem(KEYS[choice], value);
  } catch {
    /* storage is shut: it lasts as long as the page */
  }
}

export function remembered(choice: Choice): string | null {
  try {
    return localStorage.getItem(KEYS[choice]);
  } catch {
    return null;
  }
}

/** Sets or takes away `data-theme` or `data-elder` on the page. */
export function show(choice: Choice, value: string | null): void {
  if (value === null) delete document.documentElement.dataset[choice];
  else document.documentElement.dataset[choice] = value;
}

/** What was chosen here before. The server knows about elder mode on its own pages. */
export function applyRemembered(): void {
  const theme = remembered("theme");
  if (theme === "dark" || theme === "light") show("theme", theme);
  const elder = remembered("elder");
  if (elder !== null && document.documentElement.hasAttribute("data-shell")) show("elder", elder);
}
