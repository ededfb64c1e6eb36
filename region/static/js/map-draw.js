// Choosing sites by drawing a polygon: for the composer of an order. Brings leaflet-draw; needs js/live-map.js.
//
// Tells on document   region:selected {ids, polygon}: the sites inside, and the polygon as GeoJSON; after
// region:deselect, which takes the polygon away, no ids and no polygon.
"use strict";

(() => {
  // Even-odd rule over all rings of a polygon, [lng, lat] pairs.
  function inside(x, y, rings) {
    let odd = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [xi, yi] = ring[i];
        const [xj, yj] = ring[j];
        if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
      }
    }
    return odd;
  }

  // Ring the sites inside and let the others go; their ids.
  function select(source, rings) {
    const ids = [];
    for (const item of source ? source.items.values() : []) {
      const { lat, lng } = item.getLatLng();
      const chosen = inside(lng, lat, rings);
      if (chosen) ids.push(item.facts.id);
      if (chosen !== Boolean(item.options.chosen)) item.setStyle({ chosen });
    }
    return ids;
  }

  function speak(words) {
    const { draw } = L.drawLocal;
    draw.toolbar.actions = { title: words.cancel, text: words.cancel };
    draw.toolbar.finish = { title: words.finish, text: words.finish };
    draw.toolbar.undo = { title: words.undo, text: words.undo };
    draw.toolbar.buttons.polygon = words.start;
    draw.handlers.polygon.tooltip = { start: words.first, cont: words.next, end: words.close };
    draw.handlers.polyline.error = words.crossed;
  }

  RegionMap.drawing = (book, { words }) => {
    speak(words);
    const shapeOptions = { color: book.style.colours.action, weight: 2.5, fillOpacity: 0.08 };
    const polygon = { allowIntersection: false, showArea: false, shapeOptions };
    const others = { polyline: false, rectangle: false, circle: false, marker: false, circlemarker: false };
    new L.Control.Draw({ draw: { polygon, ...others }, edit: false }).addTo(book.map);
    let drawn = null;

    function clear() {
      if (drawn) drawn.remove();
      drawn = null;
      RegionMap.tell("selected", { ids: select(book.layers.sites, []), polygon: null });
    }

    book.map.on(L.Draw.Event.CREATED, ({ layer }) => {
      if (drawn) drawn.remove();
      drawn = layer.addTo(book.map);
      const { geometry } = layer.toGeoJSON();
      RegionMap.tell("selected", { ids: select(book.layers.sites, geometry.coordinates), polygon: geometry });
    });
    document.addEventListener("region:deselect", clear);
  };
})();
