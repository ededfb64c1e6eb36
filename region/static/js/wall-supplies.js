// The wall's supplies scene: shows what the server sends of it, and colours the map's areas while the scene is shown.
//
// It hears on document wall:supplies (the part of a snapshot or patch), wall:scene, and region:loaded of the areas;
// it tells region:patch {layer: "areas"} with each area's class, and region:refresh of the arrows when they changed.
"use strict";

(() => {
  const { list } = window.WallWords;
  const wall = document.getElementById("wall");
  const find = (id) => document.getElementById(`wall-${id}`);
  let classes = JSON.parse(wall.dataset.classes);
  let painted = {};
  let { arrows } = wall.dataset;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  // The colours belong to this scene alone; an area that has none any more is painted as one of which nothing is known.
  function paint() {
    const wanted = wall.dataset.scene === "supplies" ? classes : {};
    const features = {};
    for (const id of new Set([...Object.keys(painted), ...Object.keys(wanted)])) {
      if ((painted[id] || 0) !== (wanted[id] || 0)) features[id] = { class: wanted[id] || 0 };
    }
    painted = { ...wanted };
    if (Object.keys(features).length) tell("region:patch", { layer: "areas", features });
  }

  document.addEventListener("wall:supplies", ({ detail: supplies }) => {
    wall.dataset.supplies = supplies.known ? "yes" : "no";
    list(find("stocks"), "stocks", supplies.figures);
    find("no-stocks").hidden = supplies.known;
    list(find("first"), "hands", supplies.list);
    find("no-first").hidden = supplies.list.length > 0;
    find("first-more").textContent = supplies.more;
    list(find("facts"), "facts", supplies.facts);
    list(find("road"), "hands", [supplies.road.line]);
    if (find("map-title")) find("map-title").textContent = supplies.map.title;
    list(find("classes"), "classes", supplies.map.legend);
    for (const [state, count] of Object.entries(supplies.road.counts)) {
      for (const place of wall.querySelectorAll(`[data-count-layer=moves][data-count-state=${state}]`)) place.textContent = count;
    }
    classes = supplies.map.classes;
    paint();
    if (arrows !== supplies.road.arrows) tell("region:refresh", { layer: "moves" });
    arrows = supplies.road.arrows;
  });

  document.addEventListener("region:loaded", ({ detail }) => {
    if (detail.layer !== "areas") return;
    painted = {};
    paint();
  });

  document.addEventListener("wall:scene", paint);
})();
