// The map's living part: fetches features once, draws them on canvas, restyles them by patches, keeps the last data.
//
// RegionMap.live(map, {url, layer, kind, style, scale, bounds, …}) is called by the page's script (maps/live.py).
// It listens on document for   region:patch    {layer: "sites", features: {id: {state: "late"}}}
//                              region:refresh  {layer}            fetch again
// and tells there              region:loaded   {layer, count}     region:stale {layer, since}
//                              region:chosen   {layer, id, name}
// Names are only ever set as text.
"use strict";

(() => {
  const RETRY_SECONDS = [5, 10, 20, 40, 60];
  const BASE_RADIUS = 6;
  const GRAVE = 50; // ranks from here on must never be hidden
  const books = new WeakMap();
  const sources = new Set();

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`region:${name}`, { detail }));

  // What the layers of one map share: look, size, which canvas, and whether a hand has moved it.
  function bookOf(map, options) {
    if (books.has(map)) return books.get(map);
    const book = { map, style: options.style, scale: options.scale || 1, layers: {}, moved: false };
    book.bounds = options.bounds && toBounds(options.bounds);
    if (map.attributionControl) map.attributionControl.setPrefix(false);
    for (const [pane, height] of [["areas", 400], ["water", 410], ["zones", 420], ["moves", 430], ["sites", 450], ["labels", 460]]) {
      map.createPane(`region-${pane}`).style.zIndex = height;
      if (pane !== "labels") book[pane] = L.canvas({ pane: `region-${pane}`, padding: 0.2 });
    }
    map.getContainer().style.setProperty("--map-scale", book.scale);
    map.on("dragstart", () => { book.moved = true; });
    map.getContainer().addEventListener("click", (event) => { if (event.target.closest(".leaflet-control-zoom")) book.moved = true; });
    map.getContainer().addEventListener("wheel", () => { book.moved = true; }, { passive: true });
    new ResizeObserver(() => { map.invalidateSize({ animate: false }); fit(book); }).observe(map.getContainer());
    books.set(map, book);
    fit(book);
    return book;
  }

  const toBounds = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

  function fit(book) {
    if (book.moved || !book.bounds || !book.bounds.isValid()) return;
    book.map.fitBounds(book.bounds, { padding: [12, 12], animate: false });
  }

  class Source {
    constructor(book, options) {
      Object.assign(this, { book, options, items: new Map(), pending: {}, failures: 0, loaded: false });
      book.layers[options.layer] = this;
      sources.add(this);
      this.fetch();
      if (options.every) setInterval(() => this.fetch(), options.every * 1000);
    }

    async fetch() {
      clearTimeout(this.timer);
      try {
        const answer = await fetch(this.options.url, { credentials: "same-origin", cache: "no-cache" });
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
        this.show(await answer.json());
      } catch (error) {
        this.keepLast(error);
      }
    }

    // The screen keeps what it has, says since when, and tries again: a wall must survive a lost network.
    keepLast(error) {
      const wait = RETRY_SECONDS[Math.min(this.failures, RETRY_SECONDS.length - 1)];
      this.failures += 1;
      this.since = this.since || new Date().toISOString();
      this.book.map.getContainer().classList.add("map-stale");
      tell("stale", { layer: this.options.layer, since: this.since, reason: String(error.message || error) });
      this.timer = setTimeout(() => this.fetch(), wait * 1000);
    }

    show(collection) {
      this.clear();
      this.draw(collection.features);
      this.failures = 0;
      this.since = null;
      this.loaded = true;
      const all = Object.values(this.book.layers);
      if (!all.some((source) => source.since)) this.book.map.getContainer().classList.remove("map-stale");
      const waiting = this.pending;
      this.pending = {};
      this.patch(waiting);
      tell("loaded", { layer: this.options.layer, count: collection.features.length });
    }

    clear() {
      for (const item of this.items.values()) item.remove();
      this.items.clear();
    }

    patch(features) {
      if (!this.loaded) {
        for (const [id, facts] of Object.entries(features)) this.pending[id] = { ...this.pending[id], ...facts };
        return;
      }
      for (const [id, facts] of Object.entries(features)) {
        const item = this.items.get(String(id));
        if (!item) continue;
        Object.assign(item.facts, facts);
        this.restyle(item);
      }
      this.patched();
    }

    restyle() {}
    patched() {}
  }

  class Points extends Source {
    draw(features) {
      const rank = (feature) => (this.markOf(feature.properties) || { rank: 0 }).rank;
      for (const feature of [...features].sort((a, b) => rank(a) - rank(b))) {
        const [lng, lat] = feature.geometry.coordinates;
        const facts = { ...feature.properties };
        const item = new RegionMarks.Mark([lat, lng], { renderer: this.book.sites, pane: "region-sites", ...this.look(facts) });
        item.facts = facts;
        item.on("click", () => this.choose(item));
        this.items.set(String(facts.id), item.addTo(this.book.map));
      }
      this.patched();
    }

    markOf(facts) { return this.book.style.marks[facts.state]; }

    look(facts) {
      const mark = this.markOf(facts) || this.book.style.marks.none;
      const { halo, text } = this.book.style.colours;
      return { shape: mark.shape, colour: mark.colour, halo, ring: text, radius: BASE_RADIUS * mark.size * this.book.scale };
    }

    restyle(item) {
      item.setStyle(this.look(item.facts));
      if (this.markOf(item.facts)?.rank >= GRAVE) item.bringToFront();
    }

    // Legends count along: <b data-count-state="late" data-count-layer="sites">.
    patched() {
      const counts = {};
      for (const { facts } of this.items.values()) counts[facts.state] = (counts[facts.state] || 0) + 1;
      for (const place of document.querySelectorAll(`[data-count-layer="${this.options.layer}"]`)) {
        place.textContent = (counts[place.dataset.countState] || 0).toLocaleString(document.documentElement.lang);
      }
      if (this.book.relabel) this.book.relabel();
    }

    // Where the marks are in the window, for the labels to stay clear of them.
    onScreen({ left, top }) {
      return [...this.items.values()].map((item) => {
        const { x, y } = this.book.map.latLngToContainerPoint(item.getLatLng());
        return { x: x + left, y: y + top, r: item.options.radius, grave: this.markOf(item.facts)?.rank >= GRAVE };
      });
    }

    choose(item) {
      const { id, name } = item.facts;
      const box = document.createElement("div");
      box.className = "map-fact";
      const mark = document.createElement("span");
      mark.className = `mark mark-${item.facts.state}`;
      const word = this.markOf(item.facts)?.word || "";
      box.append(mark, ` ${name} ${word}`);
      L.popup({ closeButton: false }).setLatLng(item.getLatLng()).setContent(box).openOn(this.book.map);
      tell("chosen", { layer: this.options.layer, id, name });
    }
  }

  // Shapes by GeoJSON, on the canvas of their layer.
  class Shapes extends Source {
    draw(features) {
      for (const feature of features) {
        const latlngs = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates, depth(feature.geometry.type));
        const facts = { ...feature.properties };
        const item = this.make(latlngs, facts, feature.geometry.type);
        item.facts = facts;
        this.items.set(String(facts.id), item.addTo(this.book.map));
      }
    }

    canvas() {
      const pane = this.options.layer in this.book ? this.options.layer : "areas";
      return { renderer: this.book[pane], pane: `region-${pane}`, interactive: false };
    }
  }

  const depth = (type) => ({ LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 })[type];

  class Areas extends Shapes {
    draw(features) {
      const counts = {};
      for (const { properties } of features) counts[properties.level] = (counts[properties.level] || 0) + 1;
      this.levels = Object.keys(counts).sort((a, b) => counts[a] - counts[b]);
      const depthOf = (feature) => this.levels.indexOf(String(feature.properties.level));
      super.draw([...features].sort((a, b) => depthOf(b) - depthOf(a)));
      this.label(features, counts);
      if (!this.book.bounds && this.options.fit) {
        this.book.bounds = L.latLngBounds([]);
        for (const item of this.items.values()) this.book.bounds.extend(item.getBounds());
        fit(this.book);
      }
    }

    make(latlngs, facts) { return L.polygon(latlngs, { ...this.canvas(), ...this.look(facts) }); }

    look(facts) {
      const { colours, classes } = this.book.style;
      const level = this.levels.indexOf(String(facts.level));
      const finest = level === this.levels.length - 1;
      const weight = [2, 1.25, 0.75, 0.5][Math.min(level, 3)] * Math.max(1, this.book.scale * 0.75);
      const fillColor = classes[facts.class - 1] || colours.raised;
      return {
        weight, fillColor, fillOpacity: 1, fill: Boolean(facts.class) || finest, lineJoin: "round",
        color: finest && level > 0 ? colours.ground : colours.outline, opacity: level === 1 && !finest ? 0.55 : 1,
      };
    }

    restyle(item) { item.setStyle(this.look(item.facts)); }

    label(features, counts) {
      (this.labels || []).forEach((label) => label.remove());
      const fitting = this.levels.filter((level) => counts[level] <= this.options.labels * 2);
      // Where even the coarsest level has far more areas than there may be labels, a few names would say nothing.
      const few = counts[this.levels[0]] <= this.options.labels * 5;
      const level = fitting.at(-1) ?? (few ? this.levels[0] : null);
      this.labels = features.filter(({ properties: p }) => String(p.level) === level && p.at && p.name)
        .sort((a, b) => b.properties.size - a.properties.size)
        .slice(0, this.options.labels)
        .map(({ properties: p }) => L.marker([p.at[1], p.at[0]], { icon: RegionMarks.labelIcon(p.name), pane: "region-labels", interactive: false, keyboard: false }).addTo(this.book.map));
      if (!this.book.relabel) this.book.map.on("zoomend", () => this.book.relabel());
      this.book.relabel = () => {
        cancelAnimationFrame(this.placing);
        this.placing = requestAnimationFrame(() => {
          const frame = this.book.map.getContainer().getBoundingClientRect();
          RegionMarks.placeLabels(this.labels.map((label) => label.getElement().firstChild), this.book.layers.sites?.onScreen(frame) || [], frame);
        });
      };
      this.book.relabel();
    }
  }

  class Zones extends Shapes {
    make(latlngs, facts) {
      const hatch = this.book.style.zones[facts.grade] || this.book.style.zones.low;
      return new RegionMarks.Hatch(latlngs, {
        ...this.canvas(), fill: false, color: hatch.colour, weight: 1.5 * this.book.scale, hatch, scale: this.book.scale,
      });
    }
  }

  class Lines extends Shapes {
    make(latlngs, facts, type) {
      const { water } = this.book.style.colours;
      if (type.endsWith("Polygon")) return L.polygon(latlngs, { ...this.canvas(), stroke: false, fillColor: water, fillOpacity: 1 });
      return L.polyline(latlngs, { ...this.canvas(), color: water, weight: 6 * this.book.scale, opacity: 1 });
    }
  }

  class Moves extends Shapes {
    make(latlngs, facts) {
      const { moves, colours } = this.book.style;
      const line = moves[facts.state] || moves.planned;
      return new RegionMarks.Arrow(latlngs, {
        ...this.canvas(), noClip: true, smoothFactor: 0, fill: false, color: line.colour, dashes: line.dashes.map((part) => part * this.book.scale),
        weight: (1.5 + (facts.breadth || 1) * 0.9) * this.book.scale, halo: colours.halo, gap: BASE_RADIUS * 1.5 * this.book.scale,
      });
    }
  }

  const KINDS = { arrows: Moves, points: Points, areas: Areas, hatch: Zones, lines: Lines };

  function live(map, options) {
    const book = bookOf(map, options);
    if (options.kind === "tiles") L.tileLayer(options.url, { attribution: options.attribution, maxZoom: 18 }).addTo(map);
    else if (options.kind === "drawing") RegionMap.drawing(book, options);
    else new KINDS[options.kind](book, options);
  }

  document.addEventListener("region:patch", ({ detail }) => {
    for (const source of sources) if (source.options.layer === (detail.layer || "sites")) source.patch(detail.features);
  });
  document.addEventListener("region:refresh", ({ detail }) => {
    for (const source of sources) if (!detail?.layer || source.options.layer === detail.layer) source.fetch();
  });

  window.RegionMap = { live, tell };
})();
