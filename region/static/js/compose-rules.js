// More ways to choose recipients, all by keyboard too: metres around a point or an area, an outline typed as
// coordinates, conditions on numbers known of sites, saved groups. compose-choice.js reads them: deskRules.read().
// Tells on document  desk:ruled {}  when any of it changed. What is half typed says so beside it and is not sent.
"use strict";

(() => {
  const form = document.getElementById("composer");
  const words = JSON.parse(document.getElementById("composer-words").textContent);
  const by = (id) => document.getElementById(id);
  const say = (name, detail = {}) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const rows = () => [...by("rules").querySelectorAll(".rule")];
  const number = (text) => (text.trim() === "" ? NaN : Number(text));

  // "114.31, 30.52" is [lng, lat]; a comma of either script, or only a space, between them.
  function pair(text) {
    const found = text.trim().split(/[,，\s]+/).map(Number);
    return found.length === 2 && found.every(Number.isFinite) ? found : null;
  }

  function corners(text) {
    const parts = text.trim().split(/[;；\n]+|\s{1,}(?=-?\d+(?:\.\d+)?\s*[,，])/).filter((part) => part.trim());
    const found = parts.map(pair);
    return found.length >= 3 && found.every(Boolean) ? found : null;
  }

  function complain(name, text) {
    const line = form.querySelector(`[data-error="${name}"]`);
    line.hidden = !text;
    line.textContent = text;
  }

  function around() {
    const metres = number(by("metres").value);
    const area = by("around").value;
    const point = pair(by("point").value);
    const half = (area || by("point").value.trim()) && !(metres > 0);
    complain("around", half ? words.metres : !area && by("point").value.trim() && !point ? words.coordinates : "");
    if (!(metres > 0) || (!area && !point)) return null;
    return area ? { metres, area: Number(area) } : { metres, point };
  }

  function conditions() {
    const found = [];
    for (const row of rows()) {
      const [fact, op, value, level] = ["fact", "op", "value", "level"].map((name) => row.querySelector(`[data-rule="${name}"]`).value);
      if (!Number.isNaN(number(value))) found.push({ fact, op, value: Number(value), level: level || null });
    }
    return found;
  }

  function groups() {
    return [...form.querySelectorAll('input[name="group"]:checked')].map((box) => Number(box.value));
  }

  function typed() {
    const text = by("corners").value;
    const found = corners(text);
    complain("polygon", text.trim() && !found ? words.coordinates : "");
    return found;
  }

  function add() {
    by("rules").append(by("rule-row").content.cloneNode(true));
    const row = rows().at(-1);
    row.querySelector("button").addEventListener("click", () => {
      row.remove();
      by("add-rule").focus();
      say("desk:ruled");
    });
    unit(row);
    row.querySelector("select").focus();
  }

  // The unit stands behind the number: days, pieces, people.
  function unit(row) {
    const chosen = row.querySelector('[data-rule="fact"]').selectedOptions[0];
    row.querySelector(".unit").textContent = chosen?.dataset.unit || "";
  }

  function circle() {
    const now = around();
    say("region:circle", now?.point ? { at: now.point, metres: now.metres } : {});
  }

  by("add-rule").addEventListener("click", add);
  by("rules").addEventListener("input", ({ target }) => {
    unit(target.closest(".rule"));
    say("desk:ruled");
  });
  for (const id of ["metres", "around", "point"]) {
    by(id).addEventListener("input", () => {
      by("point-part").hidden = Boolean(by("around").value);
      circle();
      say("desk:ruled");
    });
  }
  by("corners").addEventListener("change", () => {
    const found = typed();
    if (found) say("region:outline", { corners: found });
    else if (!by("corners").value.trim()) say("region:deselect");
    if (found) say("desk:outlined", { corners: found });
  });
  by("pick-point").addEventListener("click", () => {
    say("region:pick-point");
    by("pick-point").setAttribute("aria-pressed", "true");
  });
  document.addEventListener("region:point", ({ detail }) => {
    by("pick-point").setAttribute("aria-pressed", "false");
    by("around").value = "";
    by("point-part").hidden = false;
    by("point").value = detail.at.map((one) => one.toFixed(5)).join(", ");
    if (!by("metres").value) by("metres").value = "1000";
    circle();
    say("desk:ruled");
  });
  document.addEventListener("region:selected", ({ detail }) => {
    const ring = detail.polygon?.coordinates[0].slice(0, -1) || [];
    by("corners").value = ring.map((at) => at.map((one) => one.toFixed(5)).join(",")).join(" ");
    complain("polygon", "");
  });

  async function save() {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const body = { name_zh: by("group-zh").value, name_en: by("group-en").value, choice: window.deskChoice.choice() };
    try {
      const answer = await fetch("/directives/groups", {
        method: "POST", credentials: "same-origin", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      });
      const said = await answer.json();
      complain("group", answer.ok ? "" : body.name_zh.trim() ? said.text : words.missing);
      if (answer.ok) show(said);
    } catch {
      complain("group", words.lost);
    }
  }

  // A group just saved is offered at once; this order keeps the choice that it has.
  function show(said) {
    if (!form.querySelector(`input[name="group"][value="${said.id}"]`)) {
      const label = by("group-row").content.cloneNode(true);
      label.querySelector("input").value = said.id;
      label.querySelector("span").textContent = document.documentElement.lang === "en" ? said.name_en : said.name_zh;
      by("groups").append(label);
    }
    by("groups").hidden = false;
    by("group-saved").textContent = words.saved;
    by("group-zh").value = by("group-en").value = "";
  }

  by("save-group").addEventListener("click", save);
  form.addEventListener("change", ({ target }) => { if (target.name === "group") say("desk:ruled"); });

  window.deskRules = { read: () => ({ around: around(), conditions: conditions(), groups: groups() }) };
})();
