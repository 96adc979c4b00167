// The map in the page's own colours, so that dark and light hold there too.

export const TONES = ["amber", "red", "green", "blue", "grey"] as const;

export interface Colours {
  ground: string;
  surface: string;
  ink: string;
  line: string;
  accent: string;
  tones: Record<(typeof TONES)[number], string>;
}

/** MapLibre's colours are CSS colours without variables. */
export function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim() || "#777";
  return {
    ground: read("sunken"),
    surface: read("surface"),
    ink: read("ink"),
    line: read("line-strong"),
    accent: read("accent"),
    tones: {
      amber: read("amber-dot"),
      red: read("red"),
      green: read("green"),
      blue: read("blue"),
      grey: read("grey"),
    },
  };
}
