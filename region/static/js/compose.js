// The composer: a template's blanks or words of one's own, the urgency, the preview in both languages, and one button
// that sends it once. Whom it goes to is in compose-choice.js.
"use strict";

(() => {
  const form = document.getElementById("composer");
  const { words, token, fill, choice, sites } = window.deskChoice;
  const by = (id) => document.getElementById(id);
  const picked = (name) => form.querySelector(`input[name="${name}"]:checked`);
  const send = by("send");
  let busy = false;

  const template = () => picked("template").value;
  const urgency = () => picked("urgency").value;
  const kind = () => (template() ? picked("template").dataset.kind : form.elements.kind.value);
  const section = () => form.querySelector(`.blanks[data-for="${template()}"]`);

  function given() {
    const values = {};
    for (const field of section().querySelectorAll("[data-blank]")) {
      const inputs = [...field.querySelectorAll("input")];
      const { blank, type } = field.dataset;
      if (type === "place") {
        const [zh, en] = inputs.map((input) => input.value.trim());
        if (zh || en) values[blank] = { zh, en };
      } else if (inputs[0].value.trim()) values[blank] = inputs[0].value.trim();
    }
    return values;
  }

  function draft() {
    const body = {
      form_token: form.dataset.token, incident_id: Number(form.elements.incident.value), urgency: urgency(), choice: choice(),
    };
    if (form.dataset.supersedes) body.supersedes_id = Number(form.dataset.supersedes);
    if (template()) return { ...body, template: template(), given: given() };
    for (const name of ["title_zh", "title_en", "body_zh", "body_en"]) body[name] = form.elements[name].value;
    const evidence = window.deskEvidence.read();
    const [minutes, ground] = [Number(form.elements.task_minutes.value) || null, form.elements.ground.value];
    return { ...body, kind: kind(), task_minutes: minutes, ground, evidence };
  }

  // Errors stand beside their field; what is empty is said only when somebody tries to send.
  function clear() {
    for (const line of form.querySelectorAll("[data-error]")) {
      line.hidden = true;
      line.closest(".field").classList.remove("has-error");
    }
    by("failed").hidden = true;
  }

  function blame(name, text) {
    const last = String(name).split(".").pop();
    const line = section().querySelector(`[data-error="${last}"]`) || form.querySelector(`:scope [data-error="${String(name).split(".")[0]}"]`);
    if (!line) return false;
    line.hidden = false;
    line.textContent = text;
    line.closest(".field").classList.add("has-error");
    line.closest(".field").querySelector("input:not([type=hidden]), textarea")?.focus();
    return true;
  }

  function complain(said) {
    const facts = said.facts || {};
    const wrong = facts.names || (facts.fields || []).map((one) => one.field);
    const names = wrong.length ? wrong : [facts.name || facts.field || ""];
    const missing = /missing|short/.test(said.error) || (facts.fields || []).some((one) => /missing|short/.test(one.reason));
    const text = missing ? words.missing : facts.name || facts.fields ? words.wrong : said.text;
    const placed = [...names].reverse().map((name) => blame(name, text)).some(Boolean);
    if (!placed) {
      by("failed").hidden = false;
      by("failed").textContent = said.text;
    }
  }

  function showText({ title_zh: titleZh = "", title_en: titleEn = "", body_zh: bodyZh = "", body_en: bodyEn = "" }) {
    by("zh-title").textContent = titleZh || "–";
    by("en-title").textContent = titleEn || "–";
    by("zh-body").textContent = bodyZh;
    by("en-body").textContent = bodyEn;
    warn(titleZh, titleEn);
  }

  // Titles stand on the wall, where no person may be shown; what looks like one is said, and left to the composer.
  const marks = Object.entries(words.marks).map(([name, pattern]) => [name.split("_")[0], new RegExp(pattern, "u")]);
  function warn(...titles) {
    const found = marks.filter(([, pattern]) => titles.some((title) => pattern.test(title))).map(([name]) => name);
    by("title-warning").hidden = !found.length;
    const said = [found.includes("name") && words.titlename, found.some((name) => name !== "name") && words.titlenumber];
    by("title-warning").textContent = said.filter(Boolean).join(" ");
  }

  // An order that takes another's place shows what changes; while the draft is incomplete the last picture stays.
  let comparing = 0;
  function compare() {
    clearTimeout(comparing);
    if (form.dataset.supersedes) comparing = setTimeout(difference, 350);
  }

  async function difference() {
    if (!sites().length) return;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    try {
      const answer = await fetch("/desk/compose/difference", { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(draft()) });
      if (answer.ok) by("difference").innerHTML = await answer.text();
    } catch {
      // Only the comparison is lost; the next change asks again.
    }
  }

  let waiting = 0;
  let turn = 0;
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(preview, 200);
    compare();
  }

  // While blanks are empty the preview shows them as dots, so that the sentence can be read already.
  async function preview() {
    const mine = (turn += 1);
    if (!template()) return showText(draft());
    const values = given();
    for (const field of section().querySelectorAll("[data-blank]")) {
      const { blank, type } = field.dataset;
      if (values[blank]) continue;
      if (!["text", "place"].includes(type)) return undefined;
      values[blank] = "……";
    }
    const asked = new URLSearchParams({ template: template(), given: JSON.stringify(values) });
    try {
      const answer = await fetch(`/desk/compose/preview?${asked}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (mine === turn && answer.ok) showText(said);
      else if (mine === turn) complain(said);
    } catch {
      // The text is made again before it is sent; a lost preview loses nothing.
    }
    return undefined;
  }

  function label() {
    const n = sites().length;
    const second = words.second[kind()][urgency()];
    by("second").hidden = !second;
    const text = second ? words.submit : form.dataset.issue === "no" ? words.draft : n === 1 ? words.issue1 : words.issue;
    send.textContent = fill(text, { n });
    send.disabled = busy || !n;
  }

  function pick(chosen) {
    for (const part of form.querySelectorAll(".blanks")) part.hidden = part.dataset.for !== chosen.value;
    form.querySelector(`input[name="urgency"][value="${chosen.dataset.urgency}"]`).checked = true;
    clear();
    later();
    label();
  }

  async function post(path, body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token };
    const answer = await fetch(path, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) });
    return { ok: answer.ok, said: await answer.json() };
  }

  // Who may not issue hands in a draft; the second person, or somebody who may issue, finishes it.
  async function hand() {
    if (form.dataset.issue === "yes") return post("/directives/send", draft());
    const made = await post("/directives", draft());
    return made.ok && made.said.second_person ? post(`/directives/${made.said.id}/submit`, {}) : made;
  }

  async function issue() {
    if (busy || !sites().length) return;
    busy = true;
    clear();
    send.textContent = words.busy;
    send.disabled = true;
    try {
      const { ok, said } = await hand();
      if (ok) {
        location.assign(`/desk/directives/${said.id}`);
        return;
      }
      complain(said);
    } catch {
      by("failed").hidden = false;
      by("failed").textContent = words.lost;
    }
    busy = false;
    label();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    issue();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      issue();
    } else if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "template") pick(target);
    if (["urgency", "kind"].includes(target.name)) {
      label();
      compare();
    }
  });
  form.addEventListener("desk:asked", compare);
  form.addEventListener("input", ({ target }) => {
    if (target.dataset.lang) target.dataset.own = "yes";
    const field = target.closest(".blanks .field");
    if (!field) return;
    field.classList.remove("has-error");
    field.querySelector(".error")?.setAttribute("hidden", "");
    later();
  });
  document.addEventListener("desk:chosen", ({ detail }) => {
    for (const input of form.querySelectorAll("[data-lang]")) if (!input.dataset.own) input.value = detail.areas[input.dataset.lang];
    label();
    later();
  });
  pick(picked("template"));
})();
