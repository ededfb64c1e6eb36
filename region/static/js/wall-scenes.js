// Turns the wall's scenes by themselves: the overview first, dispatch while orders run, supplies where any are known,
// sampling while a round is under way.
//
// /board?scene=dispatch holds a scene, for a panel of its own. The keys 1 to 4 show one, and the turning begins anew.
// Every change is told on document as wall:scene.
"use strict";

(() => {
  const EVERY_SECONDS = 30;
  const SCENES = ["overview", "dispatch", "supplies", "sampling"];
  const wall = document.getElementById("wall");
  const held = SCENES.includes(new URLSearchParams(location.search).get("scene"));
  let timer = 0;

  function show(scene) {
    wall.dataset.scene = scene;
    document.dispatchEvent(new CustomEvent("wall:scene", { detail: scene }));
    clearTimeout(timer);
    if (!held) timer = setTimeout(turn, EVERY_SECONDS * 1000);
  }

  // With no order running there is nothing to ask of dispatch, with no stock known nothing of supplies, and so on.
  const worth = {
    overview: () => true,
    dispatch: () => Number(wall.dataset.running) > 0,
    supplies: () => wall.dataset.supplies === "yes",
    sampling: () => wall.dataset.sampling === "yes",
  };

  function turn() {
    const at = SCENES.indexOf(wall.dataset.scene);
    const coming = SCENES.map((_, step) => SCENES[(at + 1 + step) % SCENES.length]);
    show(coming.find((scene) => worth[scene]()));
  }

  document.addEventListener("keydown", ({ key }) => {
    const scene = SCENES[Number(key) - 1];
    if (scene) show(scene);
  });
  show(wall.dataset.scene);
})();
