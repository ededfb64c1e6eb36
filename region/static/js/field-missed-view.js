/* How it looks to say why somebody was not sampled: whom, then why, then the next one.

   fieldMissedView.open()           the screen that asks whom, with what was recorded on this telephone
   fieldMissedView.typed(text)      who of the list it may be, while it is typed
   fieldMissedView.entered(text)    the same for a whole card or the last four: if it is one person alone, go on with him
   fieldMissedView.ask(person)      the reasons, for one person;  .why(reason)  keep it, and back to the next one
   fieldMissedView.recorded()       what was recorded, as it stands now;  .clear()  nobody stays on the screen        */
"use strict";

self.fieldMissedView = (() => {
  const round = self.fieldRound;
  const missed = self.fieldMissed;
  const view = self.fieldView;
  const scan = self.fieldScan;
  const { at, words, fill, element, pick } = view;
  const SHOWN = 50;
  let asked = null;

  const word = (reason) => pick(round.pack?.reasons.missed?.[reason]);
  const whom = (one) => [one.name ?? one.shown, `…${one.last}`].filter(Boolean).join(" ");
  const grid = (one) => pick(round.pack?.grids[one.grid]);

  function standing(row) {
    if (row.refused) return words.answers.refused;
    return row.sent >= row.revision ? words.states.sent : words.states.waits;
  }

  function line(person, parts, small, tone = "") {
    const made = element("button", `field-row ${tone}`, undefined, { missed: person });
    made.append(element("b", "", parts[0] || "–"), element("span", "code", `…${parts[1]}`), element("small", "", small));
    return made;
  }

  function candidate(one) {
    const reason = missed.rows.get(one.person)?.reason ?? one.reason;
    const known = reason in round.pack.reasons.missed ? word(reason) : ""; // some are a laboratory's, not the field's
    const small = [grid(one), one.sampled ? words.sampled : "", known].filter(Boolean).join(" · ");
    const made = line(one.person, [one.name, one.last], small);
    made.disabled = one.sampled;
    return made;
  }

  function recorded() {
    const rows = [...missed.rows.values()].reverse();
    at("missed-title").hidden = rows.length === 0;
    at("missed-title").textContent = fill(words.missed.here, { n: rows.length });
    at("missed-list").replaceChildren(...rows.slice(0, SHOWN).map((row) => {
      const tone = row.refused ? "is-bad" : "";
      return line(row.missed, [row.shown, row.last], `${word(row.reason)} · ${standing(row)}`, tone);
    }));
  }

  function plain(text) {
    at("missed-said").className = "field-said";
    at("missed-said").textContent = text;
  }

  function open() {
    clear();
    scan.stop(at("field-film"));
    const n = (round.pack?.residents ?? []).filter((one) => one.scheme === "due" && !one.sampled).length;
    plain(fill(words.missed.list, { n }));
    recorded();
  }

  function dark() {
    if (!at("missed-film").hidden) scan.stop(at("missed-film"));
  }

  /* Of a number that is still being typed the last four are not known yet. */
  const typed = (text) => { if (text.trim().length <= 4) seek(text); };

  function seek(text) {
    const result = missed.find(text);
    const found = result.found ?? [];
    at("missed-found").replaceChildren(...found.map(candidate));
    if (text.trim().length < 2 || found.length) plain("");
    else view.say(result.refused ? result : { refused: "notListed" }, "missed-said");
    return found;
  }

  function entered(text) {
    const found = seek(text);
    if (found.length === 1 && !found[0].sampled) ask(found[0].person);
    else if (found.length === 0) scan.signal("bad");
  }

  function ask(person) {
    dark();
    const refused = missed.barred(person);
    if (refused) { view.say(refused, "missed-said"); scan.signal("bad"); return; }
    const one = missed.resident(person);
    asked = person;
    at("why-who").textContent = whom(one);
    at("why-grid").textContent = grid(one);
    const now = missed.rows.get(person)?.reason ?? one.reason;
    at("why-reasons").replaceChildren(...round.pack.reasons.order.map((code) => {
      const made = element("button", "button", word(code), { why: code });
      made.setAttribute("aria-pressed", String(code === now));
      return made;
    }));
    view.show("why");
  }

  async function why(reason) {
    const result = await missed.record(asked, reason);
    open();
    view.show("missed");
    at("missed-sought").focus({ preventScroll: true });
    view.say(result.done ? { ...result, who: whom(result.row), said: word(reason) } : result, "missed-said");
    scan.signal(result.refused ? "bad" : "good");
    view.paint();
    if (result.done) self.fieldSync.go();
  }

  function clear() {
    asked = null;
    dark();
    at("missed-form").reset();
    for (const id of ["missed-found", "missed-list", "why-reasons"]) at(id).replaceChildren();
    for (const id of ["why-who", "why-grid", "missed-said"]) at(id).textContent = "";
  }

  return { open, typed, entered, ask, why, recorded, clear, dark };
})();
