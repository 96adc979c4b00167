// Texts live in the page: `data-t-<name>` on or inside the island's root, or one JSON script with
// `data-texts`.

export type Values = Readonly<Record<string, string | number>>;
export type Texts = (name: string, values?: Values) => string;

/** Puts values into `{name}` placeholders; Fluent's isolation marks (U+2068, U+2069) around them go too. */
export function fill(text: string, values: Values): string {
  return text.replace(/\u2068?\{\s*(\w+)\s*\}\u2069?/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

function scriptTexts(root: HTMLElement): Record<string, string> {
  const script = root.querySelector("script[data-texts]");
  try {
    return script === null ? {} : (JSON.parse(script.textContent ?? "{}") as Record<string, string>);
  } catch {
    return {};
  }
}

/** The texts of an island. A missing one is empty, never its own key. */
export function textsOf(root: HTMLElement): Texts {
  const fromScript = scriptTexts(root);
  return (name, values = {}) => {
    const attribute = `data-t-${name}`;
    const own =
      root.getAttribute(attribute) ??
      root.querySelector(`[${attribute}]`)?.getAttribute(attribute) ??
      fromScript[name] ??
      "";
    return fill(own, values);
  };
}
