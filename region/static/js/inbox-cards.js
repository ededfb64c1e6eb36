/* How the inbox looks while it waits: time left ticking, what is kept but not sent laid over the server's cards.

   inboxCards.paint(items, others)   items of the store for this account, and how many wait for other accounts
   inboxCards.tick(now)              the clocks of all cards, at the server's time in milliseconds
   inboxCards.swap(fresh)            take over a newer page's content; false when somebody is writing in this one
   inboxCards.foot(state, at)        online, sending, offline or signed-out; `at` when it was last fresh
   inboxCards.choose(tab)            sign, todo or done;  panel(id, open)  a form or the full text of a card
   inboxCards.dismiss(id)            the news of an order taken back was read                                       */
"use strict";

const inboxCards = (() => {
  const words = JSON.parse(document.getElementById("inbox-words").textContent);
  const AFTER = {
    acknowledge: "acknowledged", begin: "in_progress", progress: "in_progress",
    report: "reported", nil: "reported", "confirm-stop": "stopped",
  };
  const TAB = {
    pending: "sign", delivered: "sign", stopping: "sign",
    acknowledged: "todo", in_progress: "todo", returned: "todo",
  };
  const ENDED = ["accepted", "waived", "void", "stopped"];
  const HOUR = 3600000;
  let unsent = 0;
  let strange = 0;

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "–");

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /* 11:24 below an hour, 6 h 20 min above, 2 d 3 h beyond a day: as the server writes it. */
  function length(ms, late) {
    const minutes = Math.floor(Math.abs(ms) / 60000);
    const [d, h, m] = words.units;
    if (Math.abs(ms) < HOUR && !late) {
      return `${minutes}:${String(Math.floor(Math.abs(ms) / 1000) % 60).padStart(2, "0")}`;
    }
    if (minutes >= 1440) {
      const hours = Math.floor((minutes % 1440) / 60);
      return `${Math.floor(minutes / 1440)} ${d}${hours ? ` ${hours} ${h}` : ""}`;
    }
    if (minutes >= 60) return `${Math.floor(minutes / 60)} ${h}${minutes % 60 ? ` ${minutes % 60} ${m}` : ""}`;
    return `${minutes} ${m}`;
  }

  function colour(card, tone) {
    for (const one of ["bad", "watch", "working", "plain"]) card.classList.toggle(`is-${one}`, one === tone);
  }

  function tick(now) {
    for (const card of all("[data-recipient]")) {
      const tab = TAB[card.dataset.shown ?? card.dataset.state];
      const due = Number(tab === "sign" ? card.dataset.signDue : card.dataset.taskDue);
      const left = card.querySelector(".order-left");
      if (!tab || !due || !left || card.dataset.state === "stopping") continue;
      const late = now > due;
      left.textContent = fill(late ? words.late : words.left, { time: length(due - now, late) });
      const pressing = ["flash", "urgent"].includes(card.dataset.urgency);
      const returned = card.dataset.shown === "returned";
      const tone = late ? "bad" : tab === "sign" || returned ? "watch" : "working";
      const mark = late ? "late" : returned || (tab === "sign" && pressing) ? "watch"
        : tab === "sign" ? "owed" : card.dataset.shown === "acknowledged" ? "signed" : "working";
      colour(card, tone);
      card.querySelector(".order-line .mark").className = `mark mark-${mark}`;
    }
  }

  function show(card, state) {
    card.dataset.shown = state;
    for (const part of all("[data-when]", card)) part.hidden = !part.dataset.when.split(" ").includes(state);
    const tab = TAB[state] ?? "done";
    card.querySelector(".order-word").textContent = tab === "sign" ? card.dataset.word : words.states[state];
    if (tab === "done") {
      colour(card, "plain");
      card.querySelector(".order-left").textContent = "";
      card.querySelector(".order-line .mark").className = "mark mark-reported";
    }
    const list = document.querySelector(`[data-tab="${tab}"] .order-list`);
    if (card.parentElement !== list) list.append(card);
  }

  function overlay(card, items) {
    const base = card.dataset.state;
    const waiting = items.filter((item) => !item.refused);
    let state = base;
    for (const item of waiting) {
      if (!ENDED.includes(base) && !(item.verb === "progress" && state === "returned")) state = AFTER[item.verb] ?? state;
    }
    if (state !== (card.dataset.shown ?? base) || state !== base) show(card, state);
    else card.dataset.shown = state;
    inboxTasks.paint(card, waiting);
    keptIn(card.querySelector(".order-waiting"), waiting);
  }

  function keptIn(box, waiting) {
    box.hidden = waiting.length === 0;
    box.replaceChildren(
      ...waiting.map((item) => {
        const said = item.said ?? item.body.text;
        return element("p", "", `${fill(words.kept, { what: words.verbs[item.verb] })}${said ? `: ${said}` : ""}`);
      }),
    );
  }

  /* What the server did not accept stays, with its own words, until somebody has read it. */
  function refusals(items) {
    const box = document.getElementById("inbox-refused");
    box.replaceChildren(
      ...items.filter((item) => item.refused).map((item) => {
        const note = element("div", "note is-bad");
        const what = fill(words.refused, { what: words.verbs[item.verb], number: item.number, title: item.title });
        const why = item.refused.state === "void" ? words.ended : item.refused.text || item.refused.code;
        note.append(element("p", "status", what), element("p", "", why));
        const own = [item.said, item.body.text, ...Object.values(item.body.numbers ?? {})].filter(Boolean).join(" · ");
        if (own) note.append(element("p", "age", fill(words.own, { text: own })));
        const read = element("button", "button", words.read);
        read.type = "button";
        read.dataset.drop = item.id;
        note.append(read);
        return note;
      }),
    );
  }

  function counts() {
    const found = {};
    for (const part of all("[data-tab]")) {
      const tab = part.dataset.tab;
      found[tab] = all("[data-recipient]", part).length;
      for (const place of all(`[data-count="${tab}"]`)) place.textContent = found[tab];
      part.querySelector(".empty").hidden = found[tab] > 0;
    }
    for (const place of all('[data-count="review"]')) place.textContent = all("[data-review]").length;
    document.title = `${found.sign ? `(${found.sign}) ` : ""}${words.title}`;
  }

  function paint(items, others) {
    unsent = items.filter((item) => !item.refused).length;
    strange = others;
    for (const card of all("[data-recipient]")) {
      const own = items.filter((item) => item.verb !== "seen" && String(item.recipient) === card.dataset.recipient);
      overlay(card, own);
    }
    for (const card of all("[data-escalation]")) {
      const seen = items.some((item) => item.verb === "seen" && String(item.recipient) === card.dataset.escalation);
      if (seen) card.querySelector("form")?.remove();
    }
    refusals(items);
    const up = document.getElementById("up-waiting");
    if (up) keptIn(up, items.filter((item) => item.verb === "ask" && !item.refused));
    counts();
    choose(document.body.dataset.chosen ?? "sign");
  }

  function choose(wanted) {
    const side = document.querySelector(`[data-side="${wanted}"]`);
    const tab = side || ["sign", "todo", "done"].includes(wanted) ? wanted : "sign";
    document.body.dataset.chosen = tab;
    for (const part of all("[data-side]")) part.hidden = part !== side;
    for (const link of all(".tabs a")) {
      if (link.hash === `#${tab}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      if (link.hash === "#review") link.hidden = !document.getElementById("review");
    }
    const shown = { sign: ["sign", "todo"], todo: ["todo"], done: ["done"] }[tab] ?? [];
    for (const part of all("[data-tab]")) {
      const beside = part.dataset.tab !== tab && !part.querySelector("[data-recipient]");
      part.hidden = beside || !shown.includes(part.dataset.tab);
    }
    const read = known();
    for (const note of all("[data-ended]")) note.hidden = tab === "done" || read.includes(note.dataset.ended);
  }

  /* Which news of orders taken back were read on this device; they stand among the done ones anyway. */
  function known() {
    return JSON.parse(localStorage.getItem("inbox-read") ?? "[]");
  }

  function dismiss(id) {
    localStorage.setItem("inbox-read", JSON.stringify([...known(), id].slice(-50)));
    choose(document.body.dataset.chosen);
  }

  function panel(id, open) {
    const box = document.getElementById(id);
    if (!box) return;
    const card = box.closest(".order");
    for (const other of all(".order-panel", card)) other.classList.toggle("is-open", open && other === box);
    for (const link of all("[aria-controls]", card)) {
      link.setAttribute("aria-expanded", String(open && link.getAttribute("aria-controls") === id));
    }
    card.classList.toggle("is-reading", open && box.matches(".order-full"));
    card.classList.toggle("is-asking", open && box.matches("form"));
    if (open) box.querySelector("button, textarea, input:not([type=hidden])")?.focus({ preventScroll: true });
    if (open) box.scrollIntoView({ block: "nearest" });
  }

  function swap(fresh) {
    const main = document.getElementById("content");
    if (main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return false;
    const open = all(".order-panel.is-open").map((box) => box.id);
    const written = new Map(all(".is-written[id]").map((box) => [box.id, box]));
    document.getElementById("inbox-head").replaceWith(fresh.getElementById("inbox-head"));
    main.replaceChildren(...fresh.getElementById("content").childNodes);
    for (const [id, box] of written) {
      document.getElementById(id)?.replaceWith(box);
      box.closest("details")?.setAttribute("open", "");
    }
    for (const card of all("[data-recipient]")) card.dataset.shown = card.dataset.state;
    choose(document.body.dataset.chosen ?? "sign");
    for (const id of open) panel(id, true);
    return true;
  }

  function foot(state, at) {
    const facts = { count: unsent, time: at, others: strange };
    const text = unsent || state === "signed-out" ? words.foot[`${state}-kept`] : words.foot[state];
    document.getElementById("foot-text").textContent = fill(text, facts);
    document.getElementById("foot-others").hidden = !strange;
    document.getElementById("foot-others").textContent = fill(words.others, facts);
    document.getElementById("foot-enter").hidden = state !== "signed-out";
    const net = { online: "working", sending: "working", offline: "watch", "signed-out": "watch" }[state];
    document.getElementById("foot-state").className = `status is-${net}`;
    document.getElementById("foot-mark").className = `mark mark-${net}`;
    document.getElementById("foot-word").textContent = words.net[state];
    document.body.dataset.net = state;
  }

  return { words, fill, paint, tick, swap, foot, choose, panel, dismiss, unsent: () => unsent };
})();
