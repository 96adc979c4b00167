// The map under the pin on the report page: the person moves the ground, the pin stays in the middle.
import type { FeatureCollection } from "geojson";
import {
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
} from "maplibre-gl";
import { EARTH_METRES, type Texts } from "../page";
import type { PinView } from "../report/pin";
import type { GridsAround } from "../report/pin-grids";
import { pinKey } from "../report/pin-keys";
import { node, pinShape } from "../report/pin-shapes";
import type { Point } from "../report/place";
import { attribute, FLAT, groundOf, layGround, locale } from "./base";
import { type Colours, coloursOf } from "./colours";
import { gridLayers } from "./layers";
import { EMPTY } from "./windowed";

interface Options {
  grids: GridsAround;
  /** The point under the pin, while it moves. */
  onMove: (point: Point) => void;
  /** It moves no more. */
  onRest: () => void;
}

/** On streets one looks for a house, on bare outlines for where in the grid one is. */
const STREET_ZOOM = 17;
const OUTLINES_ZOOM = 15;
const TOWN_ZOOM = 14;
/** Wider than this the grids that were asked for (about 3 km) do not fill the window. */
const ZOOM_MIN = 13;
/**
 * Whoever serves tiles learns which ones are asked for. A tile of zoom 17 is some 250 m wide: no more exact than
 * what the page asks this site itself before sending.
 */
const TILE_ZOOM_MAX = 17;
/** An arrow key's step: three metres at a zoom of streets and a metre at the closest; with Shift five times that. */
const KEY_PIXELS = 8;
const CIRCLE_CORNERS = 64;
/** A hundredth of a metre: less is the drawing's own rounding. */
const STILL_DEGREES = 1e-7;

/** The circle in which the phone says it is. */
function circle({ lng, lat, accuracy }: Point & { accuracy: number | null }): FeatureCollection {
  if (accuracy === null) return EMPTY;
  const north = (accuracy / EARTH_METRES) * (180 / Math.PI);
  const east = north / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: CIRCLE_CORNERS + 1 }, (_, at) => {
    const angle = (2 * Math.PI * (at % CIRCLE_CORNERS)) / CIRCLE_CORNERS;
    return [lng + east * Math.cos(angle), lat + north * Math.sin(angle)];
  });
  const geometry = { type: "Polygon" as const, coordinates: [ring] };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }] };
}

function doubtLayers({ tones }: Colours): LayerSpecification[] {
  const paint = { "fill-color": tones.blue, "fill-opacity": 0.14 };
  const line = { "line-color": tones.blue, "line-opacity": 0.5, "line-width": 1 };
  return [
    { id: "doubt-area", type: "fill", source: "doubt", paint },
    { id: "doubt-line", type: "line", source: "doubt", paint: line },
  ];
}

/** The pin, drawn over the middle; it lets every touch through to the map. */
function pinOver(box: HTMLElement): void {
  const svg = node("svg", { class: "pin-over", viewBox: "-20 -40 40 48", "aria-hidden": "true" });
  svg.append(pinShape(0, 0));
  box.append(svg);
}

export class PinMap implements PinView {
  private readonly map: MapLibre;
  private readonly zoom: number;
  private shown: (Point & { accuracy: number | null }) | null = null;
  /** Moving the map by script is not the person's moving. */
  private byScript = false;
  private at: Point = { lng: 0, lat: 0 };

  constructor(
    box: HTMLElement,
    root: HTMLElement,
    texts: Texts,
    private readonly options: Options,
  ) {
    const colours = coloursOf(root);
    const ground = groundOf(root, colours, TILE_ZOOM_MAX);
    const { tileTemplate, pmtiles } = root.dataset;
    this.zoom = tileTemplate === undefined && pmtiles === undefined ? OUTLINES_ZOOM : STREET_ZOOM;
    const canvas = document.createElement("div");
    canvas.className = "pin-ground";
    box.replaceChildren(canvas);
    this.map = new MapLibre({
      ...FLAT,
      container: canvas,
      minZoom: ZOOM_MIN,
      locale: locale(texts),
      // With the pin in the middle, zooming must not move the ground under it.
      scrollZoom: { around: "center" },
      touchZoomRotate: { around: "center" },
      doubleClickZoom: false,
      boxZoom: false,
      keyboard: false,
      style: {
        version: 8,
        sources: {
          ...ground.sources,
          grids: { type: "geojson", data: EMPTY },
          doubt: { type: "geojson", data: EMPTY },
        },
        layers: [...ground.layers, ...gridLayers(colours), ...doubtLayers(colours)],
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl());
    attribute(this.map, root.dataset["attribution"]);
    pinOver(box);
    this.listen();
    void this.map.once("load").then(() => layGround(this.map, root, colours, TILE_ZOOM_MAX));
  }

  show(place: Point & { accuracy: number | null }, spanMetres?: number): void {
    const first = this.shown === null;
    this.shown = place;
    this.jump(place, first ? (spanMetres === undefined ? this.zoom : TOWN_ZOOM) : undefined);
    this.draw();
  }

  goTo(point: Point): void {
    this.jump(point, this.shown === null ? this.zoom : undefined);
    this.draw();
  }

  draw(): void {
    const put = (name: string, data: FeatureCollection) =>
      this.map.getSource<GeoJSONSource>(name)?.setData(data);
    put("grids", { type: "FeatureCollection", features: this.options.grids.features });
    put("doubt", this.shown === null ? EMPTY : circle(this.shown));
  }

  private jump({ lng, lat }: Point, zoom: number | undefined): void {
    this.byScript = true;
    this.map.resize();
    this.map.jumpTo({ center: [lng, lat], ...(zoom === undefined ? {} : { zoom }) });
    this.byScript = false;
    this.at = this.middle();
  }

  private middle(): Point {
    const { lng, lat } = this.map.getCenter();
    return { lng, lat };
  }

  private listen(): void {
    let moved = false;
    this.map.on("style.load", () => this.draw());
    this.map.on("move", () => {
      const now = this.middle();
      const still =
        Math.abs(now.lng - this.at.lng) < STILL_DEGREES && Math.abs(now.lat - this.at.lat) < STILL_DEGREES;
      if (this.byScript || still) return;
      this.at = now;
      moved = true;
      this.options.onMove(now);
    });
    this.map.on("moveend", () => {
      if (moved) this.options.onRest();
      moved = false;
    });
    this.map.getCanvas().addEventListener("keydown", (event) => this.key(event));
  }

  private key(event: KeyboardEvent): void {
    const animate = false;
    pinKey(event, {
      move: (right, down) => this.map.panBy([right * KEY_PIXELS, down * KEY_PIXELS], { animate }),
      closer: () => this.map.zoomIn({ animate }),
      wider: () => this.map.zoomOut({ animate }),
    });
  }
}
