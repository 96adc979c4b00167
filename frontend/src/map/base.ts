// What every map here begins with: how it is moved, its few words, the ground under the grids.
import {
  AttributionControl,
  type LayerSpecification,
  type Map as MapLibre,
  setWorkerUrl,
  type SourceSpecification,
} from "maplibre-gl";
import type { Texts } from "../page";
import type { Colours } from "./colours";

setWorkerUrl(`/assets/${MAP_WORKER_FILE}`);

/** Seen from above, north up: a slanted map helps nobody find a kerb. */
export const FLAT = {
  attributionControl: false,
  dragRotate: false,
  pitchWithRotate: false,
  touchPitch: false,
  maxZoom: 19,
  fadeDuration: 0,
} as const;

/** As deep as tiles of the web go. */
const DEEPEST = 22;

/** MapLibre's own few words, where the page brings them. */
export function locale(texts: Texts): Record<string, string> {
  const own: Record<string, string> = {
    "NavigationControl.ZoomIn": texts("zoom-in"),
    "NavigationControl.ZoomOut": texts("zoom-out"),
    "Map.Title": texts("map"),
    "Popup.Close": texts("close"),
    "Marker.Title": texts("marker"),
  };
  return Object.fromEntries(Object.entries(own).filter(([, text]) => text !== ""));
}

/** Plain ground, and the configured tiles on it, down to `deepestTile`. */
export function groundOf(
  { dataset }: HTMLElement,
  { ground }: Colours,
  deepestTile = DEEPEST,
): { sources: Record<string, SourceSpecification>; layers: LayerSpecification[] } {
  const template = dataset["tileTemplate"];
  const back: LayerSpecification = {
    id: "back",
    type: "background",
    paint: { "background-color": ground },
  };
  if (template === undefined) return { sources: {}, layers: [back] };
  return {
    sources: { tiles: { type: "raster", tiles: [template], tileSize: 256, maxzoom: deepestTile } },
    layers: [back, { id: "tiles", type: "raster", source: "tiles" }],
  };
}

/** Names whose ground it is. */
export function attribute(map: MapLibre, text: string | undefined): void {
  if (text === undefined || text === "") return;
  // The control writes HTML; ours is text.
  const safe = Object.assign(document.createElement("span"), { textContent: text }).innerHTML;
  map.addControl(new AttributionControl({ compact: false, customAttribution: safe }));
}

/**
 * Lays the town's own base map under the grids, where the page names one, down to `deepestTile`. Answers with its
 * layers in any colours.
 */
export async function layGround(
  map: MapLibre,
  { dataset }: HTMLElement,
  colours: Colours,
  deepestTile = DEEPEST,
): Promise<(colours: Colours) => LayerSpecification[]> {
  const url = dataset["pmtiles"];
  if (url === undefined) return () => [];
  try {
    const { groundFrom } = await import("./pmtiles");
    const { source, layersIn, attribution } = await groundFrom(url, deepestTile);
    map.addSource("ground", source);
    for (const layer of layersIn(colours)) map.addLayer(layer, "grids-area");
    if (dataset["attribution"] === undefined) attribute(map, attribution);
    return layersIn;
  } catch {
    /* the grids stand without a ground */
    return () => [];
  }
}
