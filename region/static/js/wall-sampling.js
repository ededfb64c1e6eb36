// The wall's sampling scene: shows what the server sends of the round; its colours go to WallColours.
//
// It hears on document wall:sampling (the part of a snapshot or patch).
"use strict";

(() => {
  const { list } = window.WallWords;
  const wall = document.getElementById("wall");
  const find = (id) => document.getElementById(`wall-${id}`);

  function draw(curve) {
    find("curve").hidden = !curve;
    if (!curve) return;
    for (const name of ["plan", "real", "ahead"]) find(`curve-${name}`).setAttribute("points", curve[name]);
    for (const name of ["now", "due"]) find("curve").style.setProperty(`--${name}`, `${curve[name]}%`);
    for (const name of ["start", "due_at"]) find(`curve-${name}`).textContent = curve[name];
  }

  document.addEventListener("wall:sampling", ({ detail: sampling }) => {
    wall.dataset.sampling = sampling.known ? "yes" : "no";
    list(find("coverage"), "stocks", sampling.figures);
    find("no-round").hidden = sampling.known;
    list(find("labs"), "directives", sampling.labs);
    find("labs-more").textContent = sampling.more_labs;
    find("no-labs").hidden = sampling.labs.length > 0;
    list(find("missing"), "hands", sampling.list);
    find("missing-more").textContent = sampling.more;
    find("no-missing").hidden = sampling.list.length > 0 || !sampling.known;
    list(find("tests"), "facts", sampling.facts);
    list(find("round-line"), "hands", [sampling.line]);
    if (find("round-title")) find("round-title").textContent = sampling.map.title;
    list(find("round-classes"), "classes", sampling.map.legend);
    window.WallColours.set("sampling", sampling.map.classes);
    draw(sampling.curve);
  });

  window.WallColours.set("sampling", JSON.parse(wall.dataset.roundClasses));
})();
