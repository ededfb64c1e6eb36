// Drawing a risk zone: what is clicked on the map stands in the field of corners, and what is typed there on the map.
"use strict";

(() => {
  const corners = document.getElementById("corners");
  const place = document.getElementById("place");
  const crs = document.getElementById("crs");
  if (!corners) return;

  document.addEventListener("region:selected", ({ detail }) => {
    if (!detail.polygon) return;
    // The ring's last point is its first; the field has each corner once.
    const ring = detail.polygon.coordinates[0].slice(0, -1);
    corners.value = ring.map(([lng, lat]) => `${lng.toFixed(6)}, ${lat.toFixed(6)}`).join("\n");
    crs.value = "WGS84";
    place.value = "";
  });

  corners.addEventListener("change", () => {
    const typed = corners.value.split("\n").map((line) => line.replace("，", ",").split(",").map(Number));
    const whole = typed.filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
    // Other systems are converted on the server: shown unconverted they would lie beside their place.
    if (whole.length >= 3 && crs.value === "WGS84") RegionMap.tell("outline", { corners: whole });
  });

  place.addEventListener("change", () => {
    if (!place.value) return;
    corners.value = "";
    RegionMap.tell("deselect", {});
  });
})();
