// A point picked on the map for a form beside it: a touch of the map or dragging the mark fills in its
// coordinates.
import type { Map as MapLibre, Marker } from "maplibre-gl";

/** A tenth of a metre; nobody touches more exactly. */
const DECIMALS = 6;

export function pickFor(form: HTMLFormElement, map: MapLibre, mark: Marker): void {
  const field = form.elements.namedItem("coordinates");
  const datum = form.elements.namedItem("datum");
  if (!(field instanceof HTMLInputElement)) return;
  const put = () => {
    const { lng, lat } = mark.getLngLat().wrap();
    field.value = `${lng.toFixed(DECIMALS)},${lat.toFixed(DECIMALS)}`;
    // The map speaks in its own datum, whatever was copied from elsewhere before.
    if (datum instanceof HTMLSelectElement) datum.value = "wgs84";
  };
  mark.setDraggable(true).on("dragend", put);
  map.on("click", ({ lngLat }) => {
    mark.setLngLat(lngLat).addTo(map);
    put();
  });
}
