// Turns the wall's scenes by themselves: the overview first, then dispatch, while orders are running.
//
// /board?scene=dispatch holds a scene, for a panel of its own. The keys 1 and 2 show one, and the turning begins anew.
"use strict";

(() => {
  const EVERY_SECONDS = 30;
  const SCENES = ["overview", "dispatch"];
  const wall = document.getElementById("wall");
  const held = SCENES.includes(new URLSearchParams(location.search).get("scene"));
  let timer = 0;

  function show(scene) {
    wall.dataset.scene = scene;
    clearTimeout(timer);
    if (!held) timer = setTimeout(turn, EVERY_SECONDS * 1000);
  }

  // With no order running there is nothing to ask of dispatch: the overview stays.
  function turn() {
    const next = SCENES[(SCENES.indexOf(wall.dataset.scene) + 1) % SCENES.length];
    show(Number(wall.dataset.running) > 0 ? next : SCENES[0]);
  }

  document.addEventListener("keydown", ({ key }) => {
    const scene = SCENES[Number(key) - 1];
    if (scene) show(scene);
  });
  show(wall.dataset.scene);
})();
