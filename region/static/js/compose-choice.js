// Whom an order goes to: areas, types, a polygon drawn on the map, what compose-rules.js adds, single sites put in, and
// sites and areas left out; who of them can be reached. Tells on document  desk:chosen {choice, sites, areas}  after the
// server has resolved a choice.
"use strict";

(() => {
  const form = document.getElementById("composer");
  const words = JSON.parse(document.getElementById("composer-words").textContent);
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const en = document.documentElement.lang === "en";
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const by = (id) => document.getElementById(id);

  const known = new Map(); // every site of the map: id -> {id, name, area, state}
  const state = { polygon: null, added: new Set(words.chosen), removed: new Set(), without: new Map(), sites: [], drawing: false };

  const checked = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)];

  // What the server is asked to resolve, and what is sent in the end.
  function choice() {
    const { around, conditions, groups } = window.deskRules.read();
    return {
      areas: checked("area").map((box) => Number(box.value)),
      types: checked("type").map((box) => box.value),
      polygon: state.polygon ? state.polygon.coordinates[0].slice(0, -1) : [],
      around, conditions, groups,
      sites: [...state.added],
      without_sites: [...state.removed],
      without_areas: [...state.without.keys()],
    };
  }

  const LISTS = ["areas", "types", "polygon", "conditions", "groups", "sites"];
  const empty = (asked) => !asked.around && LISTS.every((name) => !asked[name].length);

  let waiting = 0;
  let asking = 0;
  function changed() {
    clearTimeout(waiting);
    waiting = setTimeout(resolve, 150);
  }

  async function resolve() {
    const asked = choice();
    const turn = (asking += 1);
    if (empty(asked)) return settle({ sites: [], unconnected: [], dark: [], cut_off: [], areas: [], names: {} });
    try {
      const answer = await fetch("/directives/reach", {
        method: "POST", credentials: "same-origin", body: JSON.stringify(asked),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      });
      const said = await answer.json();
      if (turn !== asking) return undefined;
      if (!answer.ok) return complain(said.text);
      return settle(said);
    } catch {
      return complain(words.lost);
    }
  }

  function complain(text) {
    const line = form.querySelector('[data-error="choice"]');
    line.hidden = !text;
    line.textContent = text || "";
  }

  function settle(said) {
    complain("");
    state.sites = said.sites;
    const lost = new Set(said.cut_off);
    const n = state.sites.length;
    const [u, d] = [said.unconnected.length, said.dark.length];
    by("reach").textContent = n ? fill(n === 1 ? words.reach1 : words.reach, { n, r: n - lost.size, u, d }) : words.none;
    window.deskReach.show(said, (id) => {
      state.without.set(id, said.names[id]?.[en ? "en" : "zh"] || String(id));
      changed();
    });
    by("cut-off").hidden = !lost.size;
    by("cut-off").dataset.ids = [...lost].slice(0, 300).join(",");
    if (by("cut-off").open) unfold();
    mark();
    hands();
    document.dispatchEvent(new CustomEvent("desk:chosen", { detail: { choice: choice(), sites: state.sites, areas: areaNames() } }));
  }

  // On the map the chosen ones carry the mark of what they will owe; those that cannot be reached keep theirs.
  function mark() {
    const chosen = new Set(state.sites);
    const features = {};
    for (const site of known.values()) {
      const now = chosen.has(site.id) && site.state === "none" ? "owed" : site.state === "unreachable" && !chosen.has(site.id) ? "none" : site.state;
      features[site.id] = { state: now };
    }
    document.dispatchEvent(new CustomEvent("region:patch", { detail: { layer: "sites", features } }));
  }

  // The names for the blanks that want a place: the areas ticked, else those that the chosen sites lie in.
  function areaNames() {
    const boxes = new Map([...form.querySelectorAll('input[name="area"]')].map((box) => [box.value, box]));
    let found = checked("area").filter((box) => !(boxes.get(box.dataset.parent) || {}).checked);
    if (!found.length) {
      const ids = new Set(state.sites.map((id) => String(known.get(id)?.area ?? "")));
      found = [...ids].map((id) => boxes.get(id)).filter(Boolean);
      if (found.length > 4) found = [boxes.values().next().value];
    }
    return { zh: found.map((box) => box.dataset.zh).join("、"), en: found.map((box) => box.dataset.en).join(", ") };
  }

  function hands() {
    const line = (id, text, undo) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = `${text} ×`;
      button.addEventListener("click", () => (undo ? (undo(), changed()) : toggle(id)));
      item.append(button);
      return item;
    };
    const name = (id) => known.get(id)?.name || String(id);
    const shown = state.added.size > 12 ? [] : [...state.added].map((id) => line(id, name(id)));
    const areas = [...state.without].map(([id, text]) => line(id, fill(words.out, { name: text }), () => state.without.delete(id)));
    by("hand").replaceChildren(...shown, ...[...state.removed].map((id) => line(id, fill(words.out, { name: name(id) }))), ...areas);
  }

  // One site: in by hand, out by hand, or back to what the rules say.
  function toggle(id) {
    if (state.removed.delete(id) || state.added.delete(id)) return changed();
    (state.sites.includes(id) ? state.removed : state.added).add(id);
    return changed();
  }

  async function unfold() {
    const ids = by("cut-off").dataset.ids;
    const answer = await fetch(`/desk/compose/phones?ids=${ids}`, { credentials: "same-origin" });
    const lines = (await answer.json()).map((one) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const site = known.get(one.id);
      name.textContent = `${en ? one.en : one.zh} · ${site?.state === "dark" ? words.dark : words.unconnected}`;
      const phone = document.createElement(one.dial ? "a" : "span");
      if (one.dial) {
        phone.className = "button phone";
        phone.href = `tel:${one.dial}`;
      }
      phone.textContent = one.phone ? `☎ ${one.phone}` : words.nophone;
      item.append(name, phone);
      return item;
    });
    by("cut-off-list").replaceChildren(...lines);
  }

  function search() {
    const sought = by("search").value.trim().toLowerCase();
    const hits = sought ? [...known.values()].filter((site) => site.name.toLowerCase().includes(sought)).slice(0, 8) : [];
    by("found").hidden = !hits.length;
    by("found").replaceChildren(...hits.map((site) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = site.name;
      button.addEventListener("click", () => {
        by("search").value = "";
        search();
        state.removed.delete(site.id);
        state.added.add(site.id);
        by("search").focus();
        changed();
      });
      item.append(button);
      return item;
    }));
  }

  form.addEventListener("change", ({ target }) => { if (["area", "type"].includes(target.name)) changed(); });
  by("search").addEventListener("input", search);
  by("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    by("found").querySelector("button")?.click();
  });
  by("cut-off").addEventListener("toggle", () => { if (by("cut-off").open) unfold(); });
  by("undraw").addEventListener("click", () => document.dispatchEvent(new CustomEvent("region:deselect")));
  document.addEventListener("region:selected", ({ detail }) => {
    state.polygon = detail.polygon;
    by("undraw").hidden = !detail.polygon;
    changed();
  });
  document.addEventListener("region:chosen", ({ detail }) => {
    if (detail.layer === "sites" && !state.drawing && !RegionMap.picking) toggle(detail.id);
  });
  document.addEventListener("desk:ruled", changed);
  document.addEventListener("desk:outlined", ({ detail }) => {
    state.polygon = { coordinates: [[...detail.corners, detail.corners[0]]] };
    by("undraw").hidden = false;
    changed();
  });
  document.addEventListener("region:loaded", async ({ detail }) => {
    const map = window[form.querySelector(".folium-map").id];
    if (detail.layer !== "sites" || known.size || !map) return;
    map.on("draw:drawstart", () => { state.drawing = true; });
    map.on("draw:drawstop", () => { setTimeout(() => { state.drawing = false; }, 300); });
    const collection = await (await fetch(form.dataset.sites, { credentials: "same-origin" })).json();
    for (const { properties } of collection.features) known.set(properties.id, properties);
    form.dataset.ready = "yes";
    changed();
  });

  window.deskChoice = { choice, sites: () => state.sites, words, token, fill };
})();
