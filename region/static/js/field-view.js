/* How the field page looks: one thing large at a time. It reads fieldRound and fieldSync and changes neither.

   fieldView.words, .fill(text, facts), .at(id), .clock(moment)
   fieldView.show(screen)           one of the page's sections;  .screen
   fieldView.paint()                head, methods, the count, what is expected, the foot
   fieldView.say(result, where)     the sentence for what an action answered; true when it was refused
   fieldView.tubes() .tube(id) .residents(sought) .sites(chosen) .boxes() .sealed(box) .sealing()   the other screens  */
"use strict";

self.fieldView = (() => {
  const round = self.fieldRound;
  const sync = self.fieldSync;
  const words = JSON.parse(document.getElementById("field-words").textContent);
  const chinese = document.documentElement.lang.startsWith("zh");
  const at = (id) => document.getElementById(id);
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "–");
  const pick = (one) => (chinese ? one?.zh : one?.en) ?? "–";
  const zone = at("field-head").dataset.zone;
  const clock = (moment) => (moment ? new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }) : "–");

  function element(kind, className, text, data = {}) {
    const made = document.createElement(kind);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (kind === "button") made.type = "button";
    Object.assign(made.dataset, data);
    return made;
  }

  let screen = "wait";

  function show(name) {
    screen = name;
    for (const section of document.querySelectorAll("[data-screen]")) section.hidden = section.dataset.screen !== name;
    at("field-menu-button").hidden = !["work", "tubes", "list"].includes(name);
    document.documentElement.dataset.shown = name;
    scrollTo(0, 0);
  }

  /* ---- the sentence ---- */

  const reason = (code) => pick(round.pack?.reasons.single?.[code]);

  function sentence(result) {
    const facts = { ...result, at: clock(result.at), reason: result.reason ? reason(result.reason) : "", what: words.what[result.what] ?? "" };
    if (result.refused) return fill(words.refused[result.refused] ?? words.refused.other, facts);
    return fill(words.done[result.done === "closed" ? `closed_${result.why}` : result.done] ?? "", facts);
  }

  function say(result, where = "field-said") {
    const box = at(where);
    box.className = `field-said ${result.refused ? "is-bad" : "is-working"}`;
    const mark = element("span", `mark mark-${result.refused ? "late" : "working"}`);
    mark.setAttribute("aria-hidden", "true");
    const more = result.converted ? ` ${words.converted}` : "";
    box.replaceChildren(mark, sentence(result) + more);
    if (where === "field-said") offers(result);
    return Boolean(result.refused);
  }

  /* What one may do about a refusal, as a button of its own. */
  function offers(result) {
    const made = [];
    if (result.refused === "apart" && result.alone) made.push(element("button", "button button-first", words.single, { offer: "single" }));
    if (result.refused === "twice" && result.move) made.push(element("button", "button button-first", words.moveHere, { offer: "move" }));
    at("field-offers").replaceChildren(...made);
  }

  /* ---- the main screen ---- */

  function methods() {
    const how = round.desk.alone ? "single" : round.current()?.method ?? round.desk.method;
    at("field-methods").replaceChildren(...(round.pack?.methods ?? []).map((one) => {
      const made = element("button", "button", one.code === "household" ? words.household : one.short, { method: one.code });
      made.setAttribute("aria-pressed", String(one.code === how));
      made.setAttribute("aria-label", pick(one));
      return made;
    }));
  }

  /* With none open the last one stands there, closed: "10 / 10" is what the sampler looks for. */
  function count() {
    const tube = round.current();
    const last = [...round.tubes.values()].at(-1);
    const shown = tube ?? (last?.box === round.desk.box && !last.void && !round.desk.alone ? last : null);
    at("count-now").textContent = shown ? shown.people.length : "–";
    at("count-of").textContent = shown ? shown.size : "–";
    at("field-count").classList.toggle("is-open", Boolean(tube));
    const none = round.desk.alone ? words.aloneNext : words.noTube;
    const closed = shown ? `${shown.code} · ${words.states.closed}` : none;
    at("field-tube").textContent = tube ? tube.code : closed;
    at("field-close").disabled = !tube?.people.length;
  }

  function paint() {
    const box = round.openBox();
    const within = [...round.tubes.values()].filter((one) => one.box === box?.uid && !one.void).length;
    at("field-site").textContent = round.pack ? pick(round.pack.site) : words.title;
    at("field-box").textContent = box ? fill(words.box, { code: box.code, n: within }) : words.noBox;
    at("tubes-count").textContent = round.tubes.size || "";
    if (round.pack) { methods(); count(); }
    const expected = round.expects();
    at("field-label").textContent = fill(words.expects[expected], { paper: words.kinds[round.desk.kind] });
    document.documentElement.dataset.expects = expected;
    foot();
    notes();
  }

  function notes() {
    const made = [];
    if (sync.skew !== null) {
      const n = Math.round(Math.abs(sync.skew) / 60) || 1;
      made.push(["watch", fill(words.skew, { n, way: sync.skew > 0 ? words.behind : words.ahead })]);
    }
    if (round.desk.over) made.push(["watch", words.over]);
    if (sync.told) made.push(["watch", `▲ ${sync.told}`]);
    const trouble = [...round.tubes.values(), ...round.boxes.values()].filter((one) => bad(one) && !one.read);
    if (trouble.length) made.push(["bad", fill(words.trouble, { n: trouble.length })]);
    at("field-notes").replaceChildren(...made.map(([tone, text]) => {
      const note = element("p", `note is-${tone}`, text);
      if (tone === "bad") note.append(element("button", "button", words.look, { go: "tubes" }));
      return note;
    }));
  }

  function foot() {
    const stored = () => JSON.parse(localStorage.getItem("field-waits") ?? "{}")[at("field-head").dataset.account];
    const none = { tubes: 0, people: 0, boxes: 0, reasons: 0, since: null };
    const { tubes, people, boxes, reasons = 0, since } = self.fieldVault.open() ? sync.waits() : stored() ?? none;
    const some = tubes + boxes > 0 ? words[reasons ? "waitsAll" : "waits"] : words[reasons ? "waitsReasons" : "allSent"];
    at("foot-waits").textContent = fill(some, { tubes, people, reasons });
    const last = sync.last ? fill(words.last, { time: clock(sync.last) }) : words.never;
    at("foot-since").textContent = since ? `${fill(words.since, { time: clock(since) })} · ${last}` : last;
    at("foot-enter").hidden = sync.state !== "signed-out";
    const good = sync.state === "online" || sync.state === "sending";
    at("foot-state").className = `status is-${good ? "working" : "watch"}`;
    at("foot-mark").className = `mark mark-${good ? "working" : "watch"}`;
    at("foot-word").textContent = words.net[sync.state];
    document.documentElement.dataset.net = sync.state;
    document.documentElement.dataset.waits = String(tubes + boxes + reasons);
  }

  /* ---- the other screens ---- */

  function standing(tube) {
    if (tube.void) return words.states.void;
    const sent = tube.sent >= tube.revision ? words.states.sent : words.states.waits;
    const answer = tube.answer && words.answers[tube.answer.state] ? words.answers[tube.answer.state] : sent;
    return `${tube.closed_at ? words.states.closed : words.states.open} · ${answer}`;
  }

  const parts = ({ apart = {}, twice = [], over = [], papers = {} }) => [...Object.keys(apart), ...twice, ...over, ...Object.keys(papers)];
  const bad = (row) => Boolean(row.answer && (words.answers[row.answer.state] || row.answer.reason || parts(row.answer).length));

  function tubes() {
    const all = [...round.tubes.values()].reverse();
    all.sort((a, b) => Number(bad(b) && !b.read) - Number(bad(a) && !a.read));
    at("tube-none").hidden = all.length > 0;
    const boxes = [...round.boxes.values()].filter(bad).map((box) => {
      box.read = true;
      return element("p", "note is-bad", fill(words.advice.box, { code: box.code }));
    });
    at("tube-list").replaceChildren(...boxes, ...all.slice(0, 100).map((tube) => {
      const made = element("button", `field-row ${bad(tube) ? "is-bad" : ""}`, undefined, { tube: tube.uid });
      made.append(element("b", "", `${tube.people.length} / ${tube.size}`), element("span", "code", tube.code));
      made.append(element("small", "", standing(tube)));
      return made;
    }));
  }

  function advice(tube) {
    const answer = tube.answer;
    if (!answer) return "";
    const said = [words.advice[answer.state], answer.text ?? "", words.reasons[answer.reason] ?? ""];
    for (const [who, why] of Object.entries(answer.apart ?? {})) said.push(fill(words.advice.apart, { who: named(tube, who), reason: reason(why) }));
    for (const who of answer.twice ?? []) said.push(fill(words.advice.twice, { who: named(tube, who) }));
    for (const [who, why] of Object.entries(answer.papers ?? {})) {
      said.push(`${named(tube, who)}: ${words.refused[`paper_${why}`] ?? words.advice.paper}`);
    }
    return said.filter(Boolean).join(" ");
  }

  /* Somebody on a screen: a masked name, and the last of the number or the kind of paper. */
  function whom(one) {
    const resident = one.person ? round.pack?.residents.find((other) => other.person === one.person) : null;
    const last = one.number || resident?.last;
    return [one.person ? one.shown : masked(one.name), last ? self.fieldCodes.tail(last) : words.kinds[one.kind]].filter(Boolean).join(" ");
  }

  const masked = (name) => (name ? [...name][0] + "*".repeat(Math.max(1, [...name].length - 1)) : "");
  const named = (tube, who) => { const one = tube.people.find((other) => other.uid === who); return one ? whom(one) : "–"; };

  function tube(id) {
    const row = round.tubes.get(id);
    const shut = round.sealed(row) || row.void;
    const target = round.current();
    const movable = !shut && target && target.uid !== id;
    at("tube-code").textContent = row.code;
    at("tube-state").textContent = `${row.people.length} / ${row.size} · ${standing(row)}`;
    at("tube-said").className = `field-said ${bad(row) ? "is-bad" : ""}`;
    at("tube-said").textContent = advice(row);
    at("tube-people").replaceChildren(...row.people.map((one, n) => {
      const made = element("li", "");
      made.append(element("span", "", `${n + 1}. ${whom(one)} · ${clock(one.at)}`));
      if (movable) made.append(element("button", "button", words.moveOut, { move: one.uid }));
      if (!shut) made.append(element("button", "button button-bad", words.remove, { remove: one.uid }));
      return made;
    }));
    at("tube-again").hidden = shut || !row.closed_at || row.people.length >= row.size;
    at("tube-void").hidden = shut;
    at("tube-doings").dataset.of = id;
    if (bad(row)) row.read = true;
  }

  function listed(one) {
    const apart = one.apart ? fill(words.alone, { reason: reason(one.apart) }) : "";
    return [pick(round.pack.grids[one.grid]), apart, one.sampled ? words.sampled : ""].filter(Boolean).join(" · ");
  }

  function residents(sought) {
    const key = sought.trim().toUpperCase();
    const all = round.pack?.residents ?? [];
    const found = key.length < 2 ? [] : all.filter((one) => one.last.toUpperCase().endsWith(key)).slice(0, 30);
    at("list-found").replaceChildren(...found.map((one) => {
      const made = element("button", "field-row", undefined, { resident: one.person });
      made.append(element("b", "", one.name || "–"), element("span", "code", `…${one.last}`), element("small", "", listed(one)));
      return made;
    }));
    if (key.length < 2) at("list-said").textContent = fill(words.list, { n: all.length });
    else at("list-said").textContent = found.length ? "" : words.listNone;
  }

  function sites(list) {
    const named = (one) => element("button", "button", `${pick(one)} · ${one.code}`, { site: one.id });
    at("site-list").replaceChildren(...(list ?? []).map(named));
    at("site-none").hidden = !list || list.length > 0;
    at("site-net").hidden = Boolean(list);
  }

  function boxes() {
    const all = [...round.boxes.values()].filter((one) => one.uid !== round.desk.box);
    at("menu-boxes").replaceChildren(...all.map((one) => {
      const text = fill(one.sealed_at ? words.boxSealed : words.boxOpen, { code: one.code, time: clock(one.sealed_at) });
      return element("button", "button", text, one.sealed_at ? { sealed: one.uid } : { box: one.code });
    }));
  }

  function facts(rows) {
    return rows.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]);
  }

  function sealed(id) {
    const box = round.boxes.get(id);
    at("sealed-facts").replaceChildren(...facts([
      [words.sealed.box, box.code], [words.sealed.tubes, String(box.tubes)], [words.sealed.seal, box.seal || "–"],
      [words.sealed.celsius, box.celsius === null ? "–" : `${box.celsius} °C`], [words.sealed.at, clock(box.sealed_at)],
    ]));
  }

  function sealing() {
    const box = round.openBox();
    const within = [...round.tubes.values()].filter((one) => one.box === box?.uid && !one.void);
    const people = within.reduce((sum, one) => sum + one.people.length, 0);
    at("seal-counts").textContent = box ? fill(words.sealing, { code: box.code, tubes: within.length, people }) : words.noBox;
  }

  return {
    words, at, fill, clock, element, pick, show, paint, say, tubes, tube, residents, sites, boxes, sealed, sealing,
    get screen() { return screen; },
  };
})();
