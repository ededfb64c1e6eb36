// Late boxes as triangles on lines of longitude and latitude: no tiles, no library, for a phone in the field.
//
// #late-map[data-url] > svg: the points are fetched as GeoJSON and drawn to scale.
"use strict";

(async () => {
  const map = document.getElementById("late-map");
  if (!map) return;
  const svg = map.querySelector("svg");
  const NS = svg.namespaceURI;
  const answer = await fetch(map.dataset.url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const points = (await answer.json()).features;
  if (!points.length) return;
  const [wide, high, edge] = [svg.clientWidth, svg.clientHeight, 28];
  svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  const lons = points.map((one) => one.geometry.coordinates[0]);
  const lats = points.map((one) => one.geometry.coordinates[1]);
  const middle = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
  // One degree of longitude is shorter than one of latitude by the cosine of the latitude.
  const narrow = Math.cos((middle[1] * Math.PI) / 180);
  const spans = [(Math.max(...lons) - Math.min(...lons)) * narrow, Math.max(...lats) - Math.min(...lats)];
  const scale = Math.min((wide - 2 * edge) / Math.max(spans[0], 0.02), (high - 2 * edge) / Math.max(spans[1], 0.02));
  const x = (lon) => wide / 2 + (lon - middle[0]) * narrow * scale;
  const y = (lat) => high / 2 - (lat - middle[1]) * scale;
  const add = (name, facts, text) => {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    svg.append(made);
    return made;
  };
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((one) => one * scale > 80) || 2;
  const places = step < 0.1 ? 2 : 1;
  for (let lon = Math.ceil((middle[0] - wide / 2 / scale / narrow) / step) * step; x(lon) < wide; lon += step) {
    add("line", { class: "grid", x1: x(lon), x2: x(lon), y1: 0, y2: high });
    add("text", { x: x(lon) + 3, y: high - 4 }, `${lon.toFixed(places)}° E`);
  }
  for (let lat = Math.ceil((middle[1] - high / 2 / scale) / step) * step; y(lat) > 0; lat += step) {
    add("line", { class: "grid", x1: 0, x2: wide, y1: y(lat), y2: y(lat) });
    add("text", { x: 3, y: y(lat) - 3 }, `${lat.toFixed(places)}° N`);
  }
  for (const one of points) {
    const [left, top] = [x(one.geometry.coordinates[0]), y(one.geometry.coordinates[1])];
    const link = add("a", { href: `/sampling/boxes/${one.properties.box}`, "aria-label": one.properties.code });
    const shape = document.createElementNS(NS, "polygon");
    shape.setAttribute("class", "late");
    shape.setAttribute("points", `${left},${top - 11} ${left + 10},${top + 8} ${left - 10},${top + 8}`);
    const title = document.createElementNS(NS, "title");
    title.textContent = one.properties.code;
    shape.append(title);
    link.append(shape);
  }
})();
