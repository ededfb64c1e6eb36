// The board of one round: a slider through its hours colours the map, and the page is fetched anew when it has changed.
//
// #round-data {limits, plan, hours, places, due, taken, whole} is what the slider shows; parts with data-live are exchanged
// by id for those of the page as it is now (the server's own markup), so nothing typed or focused outside is lost.
"use strict";

(() => {
  const slider = document.getElementById("hour");
  const said = document.getElementById("hour-said");
  const QUIET_SECONDS = 15;
  let data = JSON.parse(document.getElementById("round-data").textContent);
  let heard = performance.now();

  // As maps/palette.py class_of: 1 worst to 4 best, 0 where nobody is due.
  const classOf = (taken, due, plan) => (due ? 1 + data.limits.filter((limit) => taken / due >= limit * plan).length : 0);
  const percent = (part) => (part < 1 ? Math.min(99.9, Math.round(1000 * part) / 10).toString() : "100");

  function show() {
    const hour = Number(slider.value);
    const last = data.hours.length - 1;
    const features = Object.fromEntries(data.places.map((id, n) => [id, { class: classOf(data.taken[n][hour], data.due[n], data.plan[hour]) }]));
    document.dispatchEvent(new CustomEvent("region:patch", { detail: { layer: "areas", features } }));
    const { due, taken } = data.whole;
    const share = due ? percent(taken[hour] / due) : "–";
    const time = hour === last ? `${data.hours[hour]} (${said.dataset.now})` : data.hours[hour];
    said.textContent = said.dataset.said.replace("{time}", time).replace("{share}", share).replace("{total}", due.toLocaleString());
    slider.setAttribute("aria-valuetext", said.textContent);
  }

  async function renew() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
    }
    const newest = Number(slider.value) === data.hours.length - 1;
    data = JSON.parse(page.getElementById("round-data").textContent);
    slider.max = data.hours.length - 1;
    if (newest) slider.value = slider.max;
    show();
  }

  const source = new EventSource(document.getElementById("round-script").dataset.liveUrl);
  for (const kind of ["beat", "changed"]) {
    source.addEventListener(kind, () => {
      heard = performance.now();
      if (kind === "changed") renew().catch((error) => console.warn("the page could not be fetched", error.message));
    });
  }
  source.addEventListener("end", () => source.close());
  setInterval(() => {
    const cut = document.getElementById("round-cut");
    if (cut) cut.hidden = performance.now() - heard < QUIET_SECONDS * 1000;
  }, 1000);
  window.addEventListener("pagehide", () => source.close());

  slider.addEventListener("input", show);
  document.addEventListener("region:loaded", ({ detail }) => { if (detail.layer === "areas") show(); });
  show();
})();
