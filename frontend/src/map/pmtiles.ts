// A town's base map in one file, read by ranges from this site.
import { addProtocol, type LayerSpecification, type SourceSpecification } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";
import type { Colours } from "./colours";

const SOURCE = "ground";

export interface Ground {
  source: SourceSpecification;
  layersIn: (colours: Colours) => LayerSpecification[];
  /** Whose map it is, as the archive itself says. */
  attribution: string;
}

/** Layers by the names that Protomaps and OpenMapTiles give them; a file has those it has. */
function vectorLayers(colours: Colours, names: ReadonlySet<string>): LayerSpecification[] {
  const water = "#8db8d8";
  const fill = (name: string, colour: string, opacity: number): LayerSpecification => ({
    id: `ground-${name}`,
    type: "fill",
    source: SOURCE,
    "source-layer": name,
    paint: { "fill-color": colour, "fill-opacity": opacity },
  });
  const line = (name: string, colour: string, width: number): LayerSpecification => ({
    id: `ground-${name}`,
    type: "line",
    source: SOURCE,
    "source-layer": name,
    paint: { "line-color": colour, "line-width": width, "line-opacity": 0.6 },
  });
  const all: [string, LayerSpecification][] = [
    ["earth", fill("earth", colours.surface, 0.6)],
    ["landuse", fill("landuse", colours.tones.green, 0.06)],
    ["water", fill("water", water, 0.6)],
    ["waterway", line("waterway", water, 1.2)],
    ["buildings", fill("buildings", colours.line, 0.2)],
    ["building", fill("building", colours.line, 0.2)],
    ["roads", line("roads", colours.line, 1.2)],
    ["transportation", line("transportation", colours.line, 1.2)],
    ["boundaries", line("boundaries", colours.line, 1)],
    ["boundary", line("boundary", colours.line, 1)],
  ];
  return all.filter(([name]) => names.has(name)).map(([, layer]) => layer);
}

/** Archives write HTML; ours is text. */
function words(html: string | undefined): string {
  return new DOMParser().parseFromString(html ?? "", "text/html").body.textContent.trim();
}

export async function groundFrom(url: string, deepestTile: number): Promise<Ground> {
  const file = new PMTiles(new URL(url, document.baseURI).href);
  const protocol = new Protocol();
  protocol.add(file);
  addProtocol("pmtiles", protocol.tile);
  const { tileType, maxZoom } = await file.getHeader();
  const metadata = (await file.getMetadata()) as { attribution?: string; vector_layers?: { id: string }[] };
  const attribution = words(metadata.attribution);
  const maxzoom = Math.min(maxZoom, deepestTile);
  const address = `pmtiles://${file.source.getKey()}`;
  if (tileType !== TileType.Mvt) {
    return {
      source: { type: "raster", url: address, tileSize: 256, maxzoom },
      layersIn: () => [{ id: "ground-picture", type: "raster", source: SOURCE }],
      attribution,
    };
  }
  const names = new Set((metadata.vector_layers ?? []).map(({ id }) => id));
  return {
    source: { type: "vector", url: address, maxzoom },
    layersIn: (colours) => vectorLayers(colours, names),
    attribution,
  };
}
