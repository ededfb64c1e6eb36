/* Passing an order on: sites below by area, people by name, how much each, until when, in which words. It needs the
   network: who is there is asked for when the panel opens, and nothing of it is kept on the device.                */
"use strict";

(() => {
  const { words, fill } = inboxCards;
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const pick = (one, name = "") => one[name ? `${name}_${lang}` : lang] || one[name ? `${name}_zh` : "zh"];
  const found = new WeakMap();

  function element(name, facts, ...children) {
    const made = Object.assign(document.createElement(name), facts);
    made.append(...children);
    return made;
  }

  function check(name, value, text, note) {
    const box = element("input", { type: "checkbox", name, value: String(value) });
    const label = element("label", { className: "check" }, box, element("span", { textContent: text }));
    if (note) label.append(element("span", { className: "age", textContent: note }));
    return label;
  }

  /* One choice, and how much of each number; the numbers show when somebody sets them for this one. */
  function choice(form, tasks, name, id, text, note) {
    const line = element("div", { className: "pass-line" }, check(name, id, text, note));
    line.dataset.name = `${text} ${note ?? ""}`.toLowerCase();
    const shares = element("p", { className: "pass-shares" });
    for (const task of tasks) {
      const input = element("input", { type: "number", inputMode: "decimal", min: "0", step: "any" });
      input.dataset.share = task.name;
      const unit = pick(task, "unit");
      shares.append(element("label", {}, `${pick(task)}${unit ? ` (${unit})` : ""} `, input));
    }
    if (tasks.length) line.append(shares);
    return line;
  }

  function area(form, tasks, one) {
    const all = check("all", "", pick(one));
    const lines = one.sites.map((site) => choice(form, tasks, "site", site.id, pick(site)));
    all.classList.add("pass-area");
    all.firstChild.addEventListener("change", () => {
      for (const line of lines.filter((each) => !each.hidden)) line.querySelector("input").checked = all.firstChild.checked;
      count(form);
    });
    return element("div", { className: "pass-group" }, all, ...lines);
  }

  function field(id, text, input) {
    return element("div", { className: "field" }, element("label", { htmlFor: id, textContent: text }),
      Object.assign(input, { id }));
  }

  function lists(form, data) {
    const made = [];
    if (data.areas.length) {
      made.push(element("h3", { textContent: words.pass.sites }), ...data.areas.map((one) => area(form, data.tasks, one)));
    }
    if (data.people.length) {
      const people = data.people.map((one) => choice(form, data.tasks, "person", one.id, pick(one),
        [pick(one, "post"), pick(one, "place"), one.phone].filter(Boolean).join(" · ")));
      made.push(element("h3", { textContent: words.pass.people }), element("div", { className: "pass-group" }, ...people));
    }
    return element("div", { className: "pass-lists" }, ...made);
  }

  function build(form, data) {
    const id = form.id;
    const body = form.querySelector("[data-pass-body]");
    const search = element("input", { type: "search", autocomplete: "off" });
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      for (const line of form.querySelectorAll(".pass-line")) line.hidden = !line.dataset.name.includes(wanted);
    });
    const hours = element("input", { type: "number", inputMode: "decimal", min: "0.1", step: "any", name: "hours" });
    const left = data.latest ? (Date.parse(data.latest) - self.inboxStore.now()) / 3600000 : null;
    if (left !== null) hours.max = String(Math.max(0.1, Math.floor(left * 10) / 10));
    const own = element("textarea", { rows: 3, name: "own",
      maxLength: Math.max(0, 3990 - Math.max(data.quoted.body_zh.length, data.quoted.body_en.length)) });
    const time = data.latest ? self.inboxPage.moment(Date.parse(data.latest)) : "–";
    const parts = [field(`${id}-search`, words.pass.search, search), lists(form, data)];
    if (data.tasks.length) {
      const each = check("each", "yes", words.pass.targets);
      each.firstChild.addEventListener("change", () => form.classList.toggle("has-shares", each.firstChild.checked));
      parts.splice(1, 0, each);
    }
    parts.push(field(`${id}-hours`, fill(words.pass.latest, { time }), hours),
      field(`${id}-own`, `${words.pass.words} (${words.pass.optional})`, own));
    body.replaceChildren(...parts);
    form.classList.add("is-written");
    count(form);
  }

  function state(form, text) {
    form.querySelector("[data-pass-state]").textContent = text;
  }

  function count(form) {
    const chosen = form.querySelectorAll('[name="site"]:checked, [name="person"]:checked').length;
    state(form, fill(words.pass.chosen, { count: chosen }));
    form.querySelector("[data-pass-send]").disabled = chosen === 0;
  }

  function wrong(form, text) {
    const line = form.querySelector("[data-wrong]");
    line.textContent = text;
    line.hidden = !text;
  }

  async function open(form) {
    if (found.has(form)) return;
    wrong(form, "");
    if (!self.inboxPage.online()) { state(form, ""); wrong(form, words.online); return; }
    const answer = await self.inboxStore.ask(`/recipients/${form.dataset.pass}/pass-on`);
    const data = await answer.json();
    if (!answer.ok) { wrong(form, data.text || words.failed); return; }
    if (!data.areas.length && !data.people.length) { state(form, words.pass.none); return; }
    found.set(form, { ...data, token: self.inboxPage.uid() });
    build(form, data);
  }

  /* Which were chosen, and the numbers given for each of them. */
  function chosen(form, name) {
    const ids = [];
    const shares = {};
    for (const box of form.querySelectorAll(`[name="${name}"]:checked`)) {
      ids.push(Number(box.value));
      const given = [...box.closest(".pass-line").querySelectorAll("[data-share]")].filter((one) => Number(one.value) > 0);
      if (form.classList.contains("has-shares") && given.length) {
        shares[box.value] = Object.fromEntries(given.map((one) => [one.dataset.share, Number(one.value)]));
      }
    }
    return { ids, shares };
  }

  function said(form) {
    const { quoted, token } = found.get(form);
    const sites = chosen(form, "site");
    const people = chosen(form, "person");
    const body = { form_token: token, choice: { sites: sites.ids }, targets: sites.shares };
    Object.assign(body, { people: people.ids, people_targets: people.shares });
    const hours = Number(form.elements.hours.value);
    if (hours) body.task_minutes = Math.max(1, Math.round(hours * 60));
    const own = form.elements.own.value.trim();
    if (own) for (const name of ["body_zh", "body_en"]) body[name] = `${own}\n\n${quoted[name]}`;
    return body;
  }

  async function send(form) {
    if (!self.inboxPage.online()) { wrong(form, words.online); return; }
    const answer = await self.inboxStore.ask(`/recipients/${form.dataset.pass}/pass-on`, {
      method: "POST",
      body: JSON.stringify(said(form)),
      headers: { "Content-Type": "application/json", "X-CSRFToken": self.inboxPage.token() },
    });
    const told = await answer.json();
    if (!answer.ok) { wrong(form, told.text || words.failed); return; }
    form.classList.remove("is-written");
    found.delete(form);
    inboxCards.panel(form.id, false);
    self.inboxPage.say(fill(words.passed, { number: told.number }));
    await self.inboxPage.go();
  }

  async function trying(form, act) {
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    try {
      await act(form);
    } catch (error) {
      if (!(error instanceof TypeError || error?.name === "AbortError")) throw error;
      wrong(form, words.failed);
    } finally {
      delete form.dataset.busy;
    }
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.('a[aria-controls^="pass-"]');
    if (opener) trying(document.getElementById(opener.getAttribute("aria-controls")), open);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-pass]");
    if (form && found.has(form)) count(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-pass]")) return;
    event.preventDefault();
    trying(event.target, send);
  });
})();
