// The pieces of the light pin's drawing.
import type { Feature, Position } from "geojson";

export function node(name: string, attributes: Readonly<Record<string, string | number>> = {}): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Lines every `step` pixels, through `origin`. */
export function gridLines(
  step: number,
  origin: { x: number; y: number },
  width: number,
  height: number,
): SVGElement[] {
  const lines: SVGElement[] = [];
  const first = (at: number) => ((at % step) + step) % step;
  for (let x = first(origin.x); x < width; x += step) {
    lines.push(node("line", { class: "grid-line", x1: x, x2: x, y1: 0, y2: height }));
  }
  for (let y = first(origin.y); y < height; y += step) {
    lines.push(node("line", { class: "grid-line", x1: 0, x2: width, y1: y, y2: y }));
  }
  return lines;
}

/** A pin whose tip stands at (x, y). */
export function pinShape(x: number, y: number): SVGElement {
  return node("path", {
    class: "pin-shape",
    d: `M${x} ${y}c-9-12-14-18-14-26a14 14 0 0 1 28 0c0 8-5 14-14 26zm0-31a5 5 0 1 0 0 10 5 5 0 0 0 0-10z`,
  });
}

export function scaleBar(metres: number, pixels: number, height: number, locale: string): SVGElement {
  const bar = node("g");
  const y = height - 12;
  const text = node("text", { class: "scale-text", x: 12, y: y - 6 });
  text.textContent = new Intl.NumberFormat(locale, { style: "unit", unit: "meter" }).format(metres);
  bar.append(node("line", { class: "scale", x1: 12, x2: 12 + pixels, y1: y, y2: y }), text);
  return bar;
}

type Placer = (position: Position) => { x: number; y: number };

function ringPath(ring: Position[], place: Placer): string {
  const corners = ring.map((position) => {
    const { x, y } = place(position);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${corners.join("L")}Z`;
}

/** Outlines of grids with their names in the middle of their corners. */
export function gridAreas(features: readonly Feature[], place: Placer): SVGElement[] {
  return features.flatMap(({ geometry, properties }) => {
    const polygons =
      geometry.type === "Polygon"
        ? [geometry.coordinates]
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates
          : [];
    if (polygons.length === 0) return [];
    const area = node("path", {
      class: "grid-area",
      d: polygons
        .flat()
        .map((ring) => ringPath(ring, place))
        .join(""),
    });
    const ring = (polygons[0]?.[0] ?? []).map(place);
    const mean = (axis: "x" | "y") =>
      ring.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, ring.length);
    const name = node("text", { class: "grid-name", x: mean("x"), y: mean("y") });
    name.textContent = typeof properties?.["name"] === "string" ? properties["name"] : "";
    return [area, name];
  });
}
