/* How the shelf looks: rows of items, one item with its keys, what waits on this device, and the foot.

   shelfView.words, .fill(text, facts), .name(item)
   shelfView.rows(shelves, items, waiting, sought)   the list; items that the place never had come when sought
   shelfView.panel(shelf, item, scan)                one item opened;  .number(text)  what was typed;  .close()
   shelfView.lot()                                   {lot, expires_on} as chosen, {} for the whole shelf
   shelfView.refusals(items), .foot(state, at, count), .say(text)                                                 */
"use strict";

const shelfView = (() => {
  const words = JSON.parse(document.getElementById("shelf-words").textContent);
  const chinese = document.documentElement.lang.startsWith("zh");
  const at = (id) => document.getElementById(id);
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "–");
  const grouped = (number) => Number(number).toLocaleString("en-US");
  const name = (item) => (chinese ? item.zh : item.en);
  const unit = (item) => (chinese ? item.unit.zh : item.unit.en);
  const TONE = { red: "bad", empty: "bad", amber: "watch", green: "working" };
  const MARK = { red: "late", empty: "dark", amber: "watch", green: "working" };

  function element(kind, className, text) {
    const made = document.createElement(kind);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function age(moment, now) {
    if (!moment) return words.never;
    const hours = Math.max(0, Math.floor((now - Date.parse(moment)) / 3600000));
    if (hours < 1) return words.justNow;
    return hours < 48 ? fill(words.hoursAgo, { n: hours }) : fill(words.daysAgo, { n: Math.floor(hours / 24) });
  }

  function lasts(shelf) {
    if (shelf.band === "empty") return words.empty;
    return shelf.days === null ? words.unknown : fill(words.days, { n: shelf.days.toFixed(1) });
  }

  function row(shelf, item, waiting, now) {
    const made = element("button", "shelf-row");
    made.type = "button";
    made.dataset.item = item.code;
    made.append(element("b", "", name(item)));
    made.append(element("span", "shelf-stands", shelf ? `${grouped(shelf.on_hand)} ${unit(item)}` : "–"));
    if (shelf) {
      const state = element("small", `status is-${TONE[shelf.band] ?? "plain"}`);
      const mark = element("span", `mark mark-${MARK[shelf.band] ?? "none"}`);
      mark.setAttribute("aria-hidden", "true");
      state.append(mark, lasts(shelf));
      made.classList.add(`is-${TONE[shelf.band] ?? "plain"}`);
      made.append(state, element("small", "", fill(words.counted, { age: age(shelf.counted_at, now) })));
    } else {
      made.append(element("small", "", words.notHere));
    }
    for (const one of waiting) {
      made.append(element("small", "shelf-waits", fill(words.waits[one.verb], { n: grouped(one.body.quantity) })));
    }
    return made;
  }

  function rows(shelves, items, waiting, sought, now) {
    const key = sought.trim().toLowerCase();
    const fits = (item) => [item.code, item.zh, item.en, ...item.alias].some((one) => one.toLowerCase().includes(key));
    const here = new Map(shelves.map((shelf) => [shelf.item, shelf]));
    const counted = waiting.map((one) => one.body.item);
    const shown = items.filter((item) => (key ? fits(item) : here.has(item.code) || counted.includes(item.code)));
    shown.sort((a, b) => Number(here.has(b.code)) - Number(here.has(a.code)));
    at("shelf-list").replaceChildren(...shown.map((item) => row(
      here.get(item.code), item, waiting.filter((one) => one.body.item === item.code && !one.refused), now,
    )));
    at("shelf-empty").hidden = shown.length > 0;
    return shown.map((item) => item.code);
  }

  function option(text, value) {
    const made = element("option", "", text);
    made.value = value;
    return made;
  }

  function lotText(lot) {
    const code = lot.lot === "-" ? words.lotUnknown : lot.lot;
    const stands = lot.on_hand === undefined ? words.scanned : grouped(lot.on_hand);
    return [code, lot.expires_on, stands].filter(Boolean).join(" · ");
  }

  function panel(shelf, item, scan, now) {
    at("shelf-name").textContent = name(item);
    at("shelf-unit").textContent = unit(item);
    at("shelf-books").textContent = shelf
      ? fill(words.books, { n: grouped(shelf.on_hand), unit: unit(item), age: age(shelf.counted_at, now) })
      : words.notHere;
    const lots = [...(shelf?.lots ?? [])];
    const same = (lot) => lot.lot === scan.lot && (!scan.expires_on || lot.expires_on === scan.expires_on);
    if (scan && !lots.some(same)) lots.push({ lot: scan.lot, expires_on: scan.expires_on });
    const choices = lots.map((lot) => option(lotText(lot), JSON.stringify({ lot: lot.lot, expires_on: lot.expires_on })));
    at("shelf-lot").replaceChildren(option(words.whole, "{}"), ...choices);
    if (scan) at("shelf-lot").selectedIndex = 1 + lots.findIndex(same);
    if (scan && at("shelf-lot").selectedIndex < 1) at("shelf-lot").selectedIndex = lots.length;
    at("shelf-lots").hidden = lots.length === 0;
    at("shelf-all").hidden = true;
    at("shelf-panel").hidden = false;
    document.body.classList.add("shelf-open");
    number("");
    scrollTo(0, 0);
    at("shelf-name").focus({ preventScroll: true });
  }

  function close() {
    document.body.classList.remove("shelf-open");
    at("shelf-panel").hidden = true;
    at("shelf-all").hidden = false;
  }

  function number(text) {
    at("shelf-typed").textContent = text === "" ? "–" : grouped(text);
    for (const button of document.querySelectorAll("[data-do]")) {
      const zero = button.dataset.do !== "stock-count" && Number(text) === 0;
      button.disabled = text === "" || zero;
    }
  }

  function lot() {
    const chosen = JSON.parse(at("shelf-lot").value || "{}");
    return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));
  }

  function refusals(items, known) {
    at("shelf-refused").replaceChildren(...items.map((one) => {
      const note = element("div", "note is-bad");
      const said = words.waits[one.verb].split(" · ")[0];
      const what = fill(said, { n: grouped(one.body.quantity) });
      const item = known.get(one.body.item);
      note.append(element("p", "", `${item ? name(item) : one.body.item}: ${fill(words.refused, { what })}`));
      note.append(element("p", "", one.refused.text));
      const read = element("button", "button", words.read);
      read.type = "button";
      read.dataset.drop = one.id;
      note.append(read);
      return note;
    }));
  }

  function foot(state, moment, count) {
    const facts = { time: moment, count };
    at("foot-text").textContent = fill(words.foot[count ? `${state}-kept` : state] ?? words.foot[state], facts);
    at("foot-enter").hidden = state !== "signed-out";
    const net = state === "online" || state === "sending" ? "working" : "watch";
    at("foot-state").className = `status is-${net}`;
    at("foot-mark").className = `mark mark-${net}`;
    at("foot-word").textContent = words.net[state];
    document.body.dataset.net = state;
  }

  const say = (text) => { at("shelf-news").textContent = text; };

  return { words, fill, name, rows, panel, close, number, lot, refusals, foot, say };
})();
