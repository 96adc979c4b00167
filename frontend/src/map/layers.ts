// What is drawn, from the ground up. Text is drawn by the browser's own fonts: no glyph files are fetched.
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
} from "maplibre-gl";
import type { Colours } from "./colours";

const FONTS = ["Noto Sans CJK SC"];
const FEW_METRES = 14;
/** Several cases in one mark: the more, the larger, up to what a thumb covers. */
const GATHERED: ExpressionSpecification = ["interpolate", ["linear"], ["get", "count"], 2, 10, 200, 24];

function radius(alone: number): ExpressionSpecification {
  return ["case", ["has", "count"], GATHERED, alone];
}

function byTone({ tones }: Colours, otherwise: string): DataDrivenPropertyValueSpecification<string> {
  return [
    "match",
    ["get", "tone"],
    "amber",
    tones.amber,
    "red",
    tones.red,
    "green",
    tones.green,
    "blue",
    tones.blue,
    "grey",
    tones.grey,
    otherwise,
  ];
}

function byChange({ tones, accent }: Colours): DataDrivenPropertyValueSpecification<string> {
  return [
    "match",
    ["get", "change"],
    "added",
    tones.green,
    "changed",
    tones.amber,
    "removed",
    tones.red,
    "problem",
    tones.red,
    accent,
  ];
}

export function gridLayers(colours: Colours): LayerSpecification[] {
  const tone = byTone(colours, colours.accent);
  return [
    { id: "grids-area", type: "fill", source: "grids", paint: { "fill-color": tone, "fill-opacity": 0.07 } },
    {
      id: "grids-line",
      type: "line",
      source: "grids",
      paint: { "line-color": tone, "line-width": 1.2, "line-opacity": 0.8 },
    },
    {
      id: "grids-name",
      type: "symbol",
      source: "grids",
      minzoom: 12,
      layout: {
        "text-field": ["to-string", ["get", "name"]],
        "text-size": 12,
        "text-font": FONTS,
        "text-max-width": 8,
      },
      paint: {
        "text-color": colours.ink,
        "text-halo-color": colours.ground,
        "text-halo-width": 1.5,
        "text-opacity": 0.75,
      },
    },
  ];
}

export function shapeLayers(colours: Colours): LayerSpecification[] {
  const change = byChange(colours);
  return [
    {
      id: "shape-area",
      type: "fill",
      source: "shape",
      paint: { "fill-color": change, "fill-opacity": 0.18 },
    },
    { id: "shape-line", type: "line", source: "shape", paint: { "line-color": change, "line-width": 2 } },
  ];
}

/** The current case has a ring; its id is set through the filter. */
export function caseLayers(colours: Colours, current: string): LayerSpecification[] {
  return [
    {
      id: "cases-current",
      type: "circle",
      source: "cases",
      filter: ["==", ["get", "id"], current],
      paint: {
        "circle-radius": 15,
        "circle-color": colours.accent,
        "circle-opacity": 0.3,
        "circle-stroke-color": colours.accent,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "cases",
      type: "circle",
      source: "cases",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, radius(4), FEW_METRES, radius(7.5)],
        "circle-color": byTone(colours, colours.tones.grey),
        "circle-stroke-color": colours.surface,
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "cases-count",
      type: "symbol",
      source: "cases",
      filter: ["has", "count"],
      layout: {
        "text-field": ["to-string", ["get", "count"]],
        "text-size": 12,
        "text-font": FONTS,
        "text-allow-overlap": true,
      },
      paint: { "text-color": colours.surface },
    },
  ];
}
