// The colours of the map's areas: each scene has its own, and only those of the scene on show are painted.
//
// WallColours.set("supplies", {id: class}) says what a scene wants; it tells region:patch {layer: "areas"} for what
// changes, and paints anew when the areas were fetched again or the scene changed (wall:scene).
"use strict";

(() => {
  const wall = document.getElementById("wall");
  const wanted = {};
  let painted = {};

  // An area that has no colour any more is painted as one of which nothing is known.
  function paint() {
    const classes = wanted[wall.dataset.scene] || {};
    const features = {};
    for (const id of new Set([...Object.keys(painted), ...Object.keys(classes)])) {
      if ((painted[id] || 0) !== (classes[id] || 0)) features[id] = { class: classes[id] || 0 };
    }
    painted = { ...classes };
    if (Object.keys(features).length) document.dispatchEvent(new CustomEvent("region:patch", { detail: { layer: "areas", features } }));
  }

  document.addEventListener("region:loaded", ({ detail }) => {
    if (detail.layer !== "areas") return;
    painted = {};
    paint();
  });
  document.addEventListener("wall:scene", paint);

  window.WallColours = { set(scene, classes) { wanted[scene] = classes; paint(); } };
})();
