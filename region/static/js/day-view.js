/* How a site's day looks: its lines by the clock with what may be done, the filters with their counts, and the foot.

   dayView.words, .fill(text, facts), .what(line)   sentences; what a line is
   dayView.paint(day, now, chosen, open, queued)    the list; `chosen` is a filter, `open` the key of the opened line,
                                                    `queued` the keys that are pressed and kept here
   dayView.refusals(items), .kept(items)            what was not accepted, with its reason; what waits here
   dayView.foot(state, at, age, count), .say(text)                                                                */
"use strict";

const dayView = (() => {
  const words = JSON.parse(document.getElementById("day-words").textContent);
  const chinese = document.documentElement.lang.startsWith("zh");
  const zone = document.getElementById("day-head").dataset.zone;
  const at = (id) => document.getElementById(id);
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "–");
  const MINUTE = 60000;
  const KINDS = ["visit", "call", "test", "receive", "check", "release", "sample", "sign"];
  const SOON = 60; // minutes: what is due within an hour is next

  function element(kind, className, text) {
    const made = document.createElement(kind);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const hour = (ms) => new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  const date = (ms) => new Date(ms).toLocaleDateString("en-CA", { timeZone: zone });

  function span(minutes) {
    const total = Math.max(0, Math.round(minutes));
    if (total < 60) return fill(words.minutes, { n: total });
    if (total < 48 * 60 && total % 60 === 0) return fill(words.hoursOnly, { n: total / 60 });
    if (total < 48 * 60) return fill(words.hours, { n: Math.floor(total / 60), m: total % 60 });
    return fill(words.days, { n: Math.floor(total / 1440) });
  }

  const what = (line) => words.said[line.said] ?? (chinese ? line.what_zh : line.what_en);
  const home = (line) => (chinese ? line.home_zh : line.home_en);

  /* Late, next or later; the word and its mark say it, the colour only helps. */
  function standing(line, now) {
    const left = (Date.parse(line.due) - now) / MINUTE;
    if (left < 0) return { tone: "bad", mark: "late", group: "late", word: fill(words.late, { time: span(-left) }) };
    if (left <= SOON) return { tone: "watch", mark: "watch", group: "next", word: fill(words.left, { time: span(left) }) };
    return { tone: "plain", mark: "none", group: "later", word: fill(words.left, { time: span(left) }) };
  }

  function clock(line, now, stands) {
    const made = element("p", `day-clock is-${stands.tone}`);
    const due = Date.parse(line.due);
    const other = date(due) === date(now) ? "" : `${date(due).slice(5)} `;
    made.append(element("b", "", `${other}${hour(due)}`));
    const word = element("span", `status is-${stands.tone}`);
    const mark = element("span", `mark mark-${stands.mark}`);
    mark.setAttribute("aria-hidden", "true");
    word.append(mark, stands.word);
    made.append(word);
    return made;
  }

  function said(line) {
    const made = element("div", "day-said");
    made.append(element("span", "day-kind", words.kinds[line.kind]));
    made.append(element("h2", "", line.name || what(line)));
    const more = [line.name ? what(line) : "", line.phone, home(line)].filter(Boolean).join(" · ");
    if (more) made.append(element("p", "", more));
    if (line.n) made.append(element("p", "", fill(line.kind === "sample" ? words.toSample : words.toAsk, { n: line.n })));
    return made;
  }

  function button(className, text, facts) {
    const made = element("button", `button ${className}`, text);
    made.type = "button";
    Object.assign(made.dataset, facts);
    return made;
  }

  function link(line) {
    const made = element("a", "button button-second", words.open[line.kind] ?? words.open.other);
    made.href = line.where;
    return made;
  }

  function choices(line) {
    const made = element("div", "day-choices");
    made.append(button("button-first", words.done[line.kind] ?? words.done.other, { mark: "do", key: line.key }));
    if (line.does.includes("fail")) {
      made.append(element("p", "day-ask", words.notDone));
      for (const one of words.reasons) {
        made.append(button("", chinese ? one.zh : one.en, { mark: "fail", reason: one.code, key: line.key }));
      }
    }
    made.append(link(line), button("button-quiet", words.back, { shut: line.key }));
    return made;
  }

  function row(line, now, open) {
    const stands = standing(line, now);
    const made = element("li", `day-line is-${stands.tone}`);
    made.dataset.line = line.key;
    made.append(clock(line, now, stands), said(line));
    const doing = element("div", "day-doing");
    if (!line.does.length) doing.append(link(line));
    else if (open === line.key) made.classList.add("is-open");
    else doing.append(button("button-first", words.press[line.kind] ?? words.press.other, { press: line.key }));
    if (open === line.key) made.append(choices(line));
    else made.append(doing);
    return made;
  }

  function filters(lines, now, chosen) {
    const late = lines.filter((line) => standing(line, now).group === "late").length;
    const counts = [["all", words.all, lines.length], ["late", words.lateOnes, late]];
    for (const kind of KINDS) {
      counts.push([kind, words.kinds[kind], lines.filter((line) => line.kind === kind).length]);
    }
    const shown = counts.filter(([name, , n]) => n || name === "all" || name === chosen);
    at("day-filters").replaceChildren(...shown.map(([name, word, n]) => {
      const made = button(name === "late" && n ? "is-bad" : "", `${word} ${n}`, { filter: name });
      made.setAttribute("aria-pressed", String(name === chosen));
      return made;
    }));
  }

  function paint(day, now, chosen, open, queued) {
    const lines = (day?.lines ?? []).filter((line) => !queued.has(line.key));
    filters(lines, now, chosen);
    const shown = lines.filter((line) => chosen === "all" || line.kind === chosen
      || (chosen === "late" && standing(line, now).group === "late"));
    let group = "";
    const made = [];
    for (const line of shown) {
      const next = standing(line, now).group;
      if (next !== group) made.push(element("li", "day-group", words.groups[next]));
      group = next;
      made.push(row(line, now, open));
    }
    at("day-list").replaceChildren(...made);
    at("day-cut").hidden = !day?.cut;
    at("day-empty").hidden = !day || shown.length > 0;
    at("day-none").hidden = Boolean(day);
  }

  function refusals(items) {
    at("day-refused").replaceChildren(...items.map((one) => {
      const note = element("div", "note is-bad");
      note.append(element("p", "", fill(words.refused, { what: one.title })), element("p", "", one.refused.text));
      note.append(button("", words.read, { drop: one.id }));
      return note;
    }));
  }

  function kept(items) {
    at("day-kept").hidden = !items.length;
    at("day-kept-list").replaceChildren(...items.map((one) => element("li", "", `${hour(Date.parse(one.body.at))} ${one.title}`)));
  }

  function foot(state, moment, age, count) {
    const facts = { time: moment === null ? "–" : hour(moment), age: span(age), count };
    at("foot-text").textContent = fill(words.foot[count ? `${state}-kept` : state] ?? words.foot[state], facts);
    at("foot-enter").hidden = state !== "signed-out";
    const net = state === "online" ? "working" : "watch";
    at("foot-state").className = `status is-${net}`;
    at("foot-mark").className = `mark mark-${net}`;
    at("foot-word").textContent = words.net[state];
    document.body.dataset.net = state;
  }

  const say = (text) => { at("day-news").textContent = text; };

  return { words, fill, what, paint, refusals, kept, foot, say };
})();
