// The wall's supplies scene: shows what the server sends of it, and colours the map's areas while the scene is shown.
//
// It hears on document wall:supplies (the part of a snapshot or patch); it gives each area's class to WallColours, and
// tells region:refresh of the arrows when they changed.
"use strict";

(() => {
  const { list } = window.WallWords;
  const wall = document.getElementById("wall");
  const find = (id) => document.getElementById(`wall-${id}`);
  let { arrows } = wall.dataset;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

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
    window.WallColours.set("supplies", supplies.map.classes);
    if (arrows !== supplies.road.arrows) tell("region:refresh", { layer: "moves" });
    arrows = supplies.road.arrows;
  });

  window.WallColours.set("supplies", JSON.parse(wall.dataset.classes));
})();
