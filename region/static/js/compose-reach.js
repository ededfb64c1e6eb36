// What the choice comes to, in words and on the map: sites by area (each can be left out), by channel, what is unknown.
// Needs compose-choice.js, which hands over each answer of /directives/reach: deskReach.show(said, leaveOut).
"use strict";

(() => {
  const words = JSON.parse(document.getElementById("composer-words").textContent);
  const en = document.documentElement.lang === "en";
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const by = (id) => document.getElementById(id);
  const MOST = 40;
  const ON_MAP = 10;
  let leave = () => {};

  const round = (value) => (value === null ? "–" : value.toLocaleString(en ? "en" : "zh", { maximumFractionDigits: 1 }));

  function item(text, press, label) {
    const line = document.createElement("li");
    const part = document.createElement(press ? "button" : "span");
    part.textContent = text;
    if (press) {
      part.type = "button";
      part.className = "button";
      part.setAttribute("aria-label", label);
      part.addEventListener("click", press);
    }
    line.append(part);
    return line;
  }

  function areas(said, name) {
    const shown = said.areas.filter((one) => one.id !== null).slice(0, MOST);
    by("by-area").hidden = shown.length < 2;
    by("by-area").replaceChildren(...shown.map((one) => (
      item(`${name(one.id)} ${one.sites} ×`, () => leave(one.id), fill(words.leave, { name: name(one.id) })))));
    const counts = shown.slice(0, ON_MAP).map((one) => ({ id: one.id, text: `${name(one.id)} ${one.sites}` }));
    document.dispatchEvent(new CustomEvent("region:counts", { detail: { counts } }));
  }

  function channels(said) {
    const told = Object.entries(said.channels || {}).map(([code, n]) => `${words.channels[code] || code} ${n}`);
    by("by-channel").hidden = !told.length;
    by("by-channel").textContent = fill(words.bychannel, { list: told.join(words.join) });
  }

  // What nobody knows is said, never guessed: how many sites, and for sums from how many of how many.
  function unknown(said, name) {
    const lines = (said.gaps || []).map((gap) => {
      const fact = { fact: words.facts[gap.condition.fact] || gap.condition.fact, known: gap.known, of: gap.of, n: gap.unknown };
      const text = fill(gap.condition.level ? words.knownsum : words.known, fact);
      const sums = gap.sums.slice(0, 8).map((one) => `${name(one.area)} ${round(one.value)} (${one.known}/${one.of})`);
      return item(sums.length ? `${text} ${sums.join(words.join)}` : text);
    });
    if (said.gone) lines.push(item(fill(words.gone, { n: said.gone })));
    by("unknown").hidden = !lines.length;
    by("unknown").replaceChildren(...lines);
  }

  function show(said, leaveOut) {
    leave = leaveOut;
    const name = (id) => said.names?.[id]?.[en ? "en" : "zh"] || String(id);
    areas(said, name);
    channels(said);
    unknown(said, name);
  }

  document.addEventListener("region:counted", ({ detail }) => leave(detail.id));
  window.deskReach = { show };
})();
