// The map itself. MapLibre's worker is a file of ours: no eval, no blob, so a strict policy holds.
import type { FeatureCollection } from "geojson";
import {
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  Marker,
  NavigationControl,
  Popup,
  ScaleControl,
  type StyleSpecification,
} from "maplibre-gl";
import type { Texts } from "../page";
import { attribute, FLAT, groundOf, layGround, locale } from "./base";
import { boundsOf } from "./bounds";
import { type Colours, coloursOf } from "./colours";
import { caseLayers, gridLayers, shapeLayers } from "./layers";
import { pickFor } from "./pick";
import { EMPTY, parseBbox, Windowed } from "./windowed";

/** Dragging fires many moves; the answer to the last one is what counts. */
const REST_MILLIS = 200;
const POINT_ZOOM = 16;
const PIXELS_AROUND = 24;

function shapeOf(root: HTMLElement): FeatureCollection {
  try {
    return (JSON.parse(root.dataset["shape"] ?? "null") as FeatureCollection | null) ?? EMPTY;
  } catch {
    return EMPTY;
  }
}

function pointOf(text: string | undefined): [number, number] | null {
  const [lng, lat] = (text ?? "").split(",").map(Number);
  return lng === undefined || lat === undefined || !Number.isFinite(lng + lat) ? null : [lng, lat];
}

export class TownMap {
  private readonly map: MapLibre;
  private readonly windowed: Windowed[] = [];
  private readonly shape: FeatureCollection;
  private colours: Colours;
  private groundIn: (colours: Colours) => LayerSpecification[] = () => [];
  private current = "";
  /** Until its style is there, a map refuses every word about its layers. */
  private styled = false;
  private popup: Popup | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly root: HTMLElement,
    canvas: HTMLElement,
    texts: Texts,
  ) {
    this.colours = coloursOf(root);
    this.shape = shapeOf(root);
    this.map = new MapLibre({
      ...FLAT,
      container: canvas,
      style: this.style(),
      locale: locale(texts),
      ...this.view(),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl());
    attribute(this.map, root.dataset["attribution"]);
    const point = pointOf(root.dataset["marker"]);
    const mark = new Marker({ color: this.colours.tones.red });
    if (point !== null) mark.setLngLat(point).addTo(this.map);
    const form = document.getElementById(root.dataset["pick"] ?? "");
    if (form instanceof HTMLFormElement) pickFor(form, this.map, mark);
    this.windows();
    this.listen();
  }

  /** Rejects when the map never gets to show anything. */
  async loaded(): Promise<void> {
    await this.map.once("load");
    this.groundIn = await layGround(this.map, this.root, this.colours);
    this.look();
  }

  private view():
    { bounds: [number, number, number, number]; fitBoundsOptions: { padding: number } } | object {
    const point = pointOf(this.root.dataset["marker"]);
    const box = parseBbox(this.root.dataset["bbox"]) ?? boundsOf(this.shape);
    if (box !== null) {
      return {
        bounds: [box.west, box.south, box.east, box.north],
        fitBoundsOptions: { padding: PIXELS_AROUND, maxZoom: POINT_ZOOM },
      };
    }
    return point === null ? {} : { center: point, zoom: POINT_ZOOM };
  }

  private style(): StyleSpecification {
    const { colours } = this;
    const empty = () => ({ type: "geojson" as const, data: EMPTY });
    const ground = groundOf(this.root, colours);
    return {
      version: 8,
      sources: {
        ...ground.sources,
        grids: empty(),
        shape: { type: "geojson", data: this.shape },
        cases: empty(),
      },
      layers: [
        ...ground.layers,
        ...gridLayers(colours),
        ...shapeLayers(colours),
        ...caseLayers(colours, this.current),
      ],
    };
  }

  private windows(): void {
    for (const name of ["grids", "cases"] as const) {
      const url = this.root.dataset[name];
      if (url === undefined) continue;
      this.windowed.push(new Windowed(url, (data) => this.map.getSource<GeoJSONSource>(name)?.setData(data)));
    }
  }

  /** The list was narrowed or brought up to date: the map shows the same cases, and goes where they are. */
  private follow(cases: string, bbox: string | undefined): void {
    const { dataset } = this.root;
    const moved = bbox !== undefined && bbox !== dataset["bbox"];
    dataset["cases"] = cases;
    if (bbox !== undefined) dataset["bbox"] = bbox;
    this.windowed.length = 0;
    this.windows();
    const box = moved ? parseBbox(bbox) : null;
    if (box !== null) {
      this.map.fitBounds([box.west, box.south, box.east, box.north], {
        padding: PIXELS_AROUND,
        maxZoom: POINT_ZOOM,
      });
    }
    this.look();
  }

  private look(): void {
    const box = this.map.getBounds();
    const bounds = { west: box.getWest(), south: box.getSouth(), east: box.getEast(), north: box.getNorth() };
    for (const windowed of this.windowed) void windowed.look(bounds);
  }

  private listen(): void {
    // A row may be walked to, or the theme changed, in the moment before.
    void this.map.once("style.load", () => {
      this.styled = true;
      this.mark();
      this.recolour();
    });
    this.map.on("moveend", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), REST_MILLIS);
    });
    this.map.on("click", "cases", ({ features }) => {
      const [feature] = features ?? [];
      const { id, title, url } = (feature?.properties ?? {}) as Record<string, unknown>;
      if (feature === undefined || typeof id !== "string" || feature.geometry.type !== "Point") return;
      const [lng = 0, lat = 0] = feature.geometry.coordinates;
      this.choose(id, [lng, lat], false);
      this.say([lng, lat], String(title ?? ""), typeof url === "string" ? url : null);
      document.dispatchEvent(new CustomEvent("qige:case", { detail: { id, from: "map" } }));
    });
    this.map.on("mouseenter", "cases", () => {
      this.map.getCanvas().style.cursor = "pointer";
    });
    this.map.on("mouseleave", "cases", () => {
      this.map.getCanvas().style.cursor = "";
    });
    document.addEventListener("qige:swapped", (event) => {
      const { cases, bbox } = (event.target as HTMLElement).dataset;
      if (cases !== undefined) this.follow(cases, bbox);
    });
    document.addEventListener("qige:case", (event) => {
      const { id, from } = (event as CustomEvent<{ id: string; from: string }>).detail;
      if (from === "map") return;
      const row = document.querySelector<HTMLElement>(`[data-case="${CSS.escape(id)}"]`);
      this.choose(id, pointOf(`${row?.dataset["lng"]},${row?.dataset["lat"]}`), true);
    });
    const recolour = () => {
      this.colours = coloursOf(this.root);
      this.recolour();
    };
    document.addEventListener("qige:theme", recolour);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  }

  private say(at: [number, number], title: string, url: string | null): void {
    const link = document.createElement(url === null ? "span" : "a");
    link.textContent = title;
    if (link instanceof HTMLAnchorElement && url !== null) link.href = url;
    this.popup?.remove();
    this.popup = new Popup({ closeButton: false, offset: 10 })
      .setLngLat(at)
      .setDOMContent(link)
      .addTo(this.map);
  }

  private choose(id: string, at: [number, number] | null, move: boolean): void {
    this.current = id;
    this.popup?.remove();
    this.mark();
    if (at === null || !move || this.map.getBounds().contains(at)) return;
    this.map.easeTo({ center: at });
  }

  private mark(): void {
    if (this.styled) this.map.setFilter("cases-current", ["==", ["get", "id"], this.current]);
  }

  private recolour(): void {
    if (!this.styled) return;
    for (const layer of [...this.style().layers, ...this.groundIn(this.colours)]) {
      for (const [name, value] of Object.entries(layer.paint ?? {}))
        this.map.setPaintProperty(layer.id, name as never, value as never);
    }
  }
}
