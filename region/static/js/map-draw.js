// Choosing sites by drawing a polygon: for the composer of an order. Brings leaflet-draw; needs js/live-map.js.
//
// Tells on document   region:selected {ids, polygon}: the sites inside, and the polygon as GeoJSON; after
//                     region:deselect, which takes the polygon away, no ids and no polygon
//                     region:point {at: [lng, lat]}: where the map was clicked after region:pick-point
//                     region:counted {id}: the count of an area was clicked
// Listens for         region:outline {corners}: shows a polygon that was typed
//                     region:circle {at, metres}: shows the surroundings of a point; without `at` takes them away
//                     region:counts {counts: [{id, text}]}: the labels of these areas say so; none: their names again
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
    document.addEventListener("region:outline", ({ detail }) => {
      if (drawn) drawn.remove();
      drawn = L.polygon(detail.corners.map(([lng, lat]) => [lat, lng]), { ...shapeOptions, interactive: false }).addTo(book.map);
      select(book.layers.sites, drawn.toGeoJSON().geometry.coordinates);
    });
    surround(book, shapeOptions);
    count(book);
  };

  // A point to measure from, clicked or typed, and its surroundings.
  function surround(book, look) {
    const box = book.map.getContainer();
    let circle = null;
    document.addEventListener("region:circle", ({ detail }) => {
      if (circle) circle.remove();
      circle = null;
      if (!detail.at) return;
      const [lng, lat] = detail.at;
      circle = L.circle([lat, lng], { ...look, radius: detail.metres, interactive: false }).addTo(book.map);
    });
    document.addEventListener("region:pick-point", () => {
      RegionMap.picking = true;
      box.classList.add("map-picking");
    });
    book.map.on("click", ({ latlng }) => {
      if (!RegionMap.picking) return;
      setTimeout(() => { RegionMap.picking = false; }, 0);
      box.classList.remove("map-picking");
      book.map.closePopup();
      RegionMap.tell("point", { at: [latlng.lng, latlng.lat] });
    });
  }

  // Counts in the place of the areas' names; a click on one is told. Never more than the layer's labels.
  function count(book) {
    let asked = [];
    let plain = null;

    function marker({ id, text }, facts) {
      const word = document.createElement("span");
      word.textContent = text;
      const icon = L.divIcon({ className: "map-label map-count", html: word, iconSize: [0, 0] });
      const made = L.marker([facts.at[1], facts.at[0]], { icon, pane: "region-labels", keyboard: false });
      return made.on("click", () => { if (!RegionMap.picking) RegionMap.tell("counted", { id }); });
    }

    function show() {
      const areas = book.layers.areas;
      if (!areas?.labels) return;
      plain = plain || areas.labels;
      for (const label of areas.labels) label.remove();
      const found = asked.filter(({ id }) => areas.items.get(String(id))?.facts.at).slice(0, areas.options.labels);
      areas.labels = found.length ? found.map((one) => marker(one, areas.items.get(String(one.id)).facts)) : plain;
      for (const label of areas.labels) label.addTo(book.map);
      book.relabel();
    }

    document.addEventListener("region:counts", ({ detail }) => {
      asked = detail.counts;
      show();
    });
    document.addEventListener("region:loaded", ({ detail }) => {
      if (detail.layer !== "areas") return;
      plain = null;
      show();
    });
  }
})();
