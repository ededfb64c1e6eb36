/* What waits on this telephone goes to the region whenever there is a network, and every 30 seconds while there is some.

   A tube is sent whole with its revision, so that sending it twice changes nothing. Batches of up to 50 tubes; a batch
   that is refused as a whole is halved until the one that is wrong stands alone. Trouble makes it wait longer each time.
   The screen may rest meanwhile: the key stays until all is sent.

   fieldSync.begin(page, painted)   page = {account}; painted() is called whenever there is news
   fieldSync.go()                   one round now;  .waits() {tubes, people, boxes, reasons, since};  .state, .last, .skew, .sites
   fieldSync.choose(site)           fetch the pack of a site; whether there was one

   Where the pack of the site is refused because its round is over, the telephone lets go of the list of residents.   */
"use strict";

self.fieldSync = (() => {
  const EVERY = 30000;
  const REST = 120000; // an open tube that nobody touched for so long is sent as it stands
  const PACK_AGE = 600000;
  const MOST = 50;
  const round = self.fieldRound;
  const missed = self.fieldMissed;
  const vault = self.fieldVault;
  const { now } = self.fieldClock;
  const { ask } = self.inboxStore;

  const news = { state: navigator.onLine ? "online" : "offline", last: null, skew: null, sites: null, failed: 0, told: "" };
  let page = null;
  let painted = () => undefined;
  let running = null;
  let timer = 0;
  let most = MOST;
  let packed = 0;

  const dirty = (row) => row.sent < row.revision;
  const dirtyTubes = () => [...round.tubes.values()].filter(dirty);
  const ready = (tube) => (round.desk.over && tube.people.length > 0) || tube.closed_at || tube.void || Date.now() - tube.changed > REST;

  function waits() {
    const tubes = dirtyTubes().filter((one) => one.people.length || one.sent || one.void);
    const people = tubes.reduce((sum, one) => sum + one.people.length, 0);
    const boxes = [...round.boxes.values()].filter((one) => one.sealed_at && dirty(one)).length;
    const reasons = missed.waiting();
    const since = [...tubes.map((one) => one.closed_at ?? one.opened_at), ...reasons.map((one) => one.at)].sort()[0] ?? null;
    return { tubes: tubes.length, people, boxes, reasons: reasons.length, since };
  }

  /* ---- a batch ---- */

  function personOut(one) {
    const out = { uid: one.uid, at: one.at, kind: one.kind, number: one.number, name: one.name, phone: one.phone };
    return { ...out, person: one.person, home: one.home };
  }

  function tubeOut(row) {
    const { uid, revision, code, method, stream, box, opened_at, closed_at } = row;
    return { uid, revision, code, method, stream, box, opened_at, closed_at, void: row.void, people: row.people.map(personOut) };
  }

  function boxOut(row, whole) {
    const within = [...round.tubes.values()].filter((one) => one.box === row.uid && !one.void).length;
    const { uid, code, opened_at } = row;
    const ended = whole ? { sealed_at: row.sealed_at, seal: row.seal, celsius: row.celsius } : { sealed_at: null, seal: "", celsius: null };
    return { uid, code, opened_at, tubes: row.tubes ?? within, ...ended };
  }

  function batch() {
    const all = dirtyTubes();
    const site = (all.find(ready) ?? [...round.boxes.values()].find((one) => one.sealed_at && dirty(one)))?.site;
    const tubes = all.filter((one) => ready(one) && one.site === site).slice(0, most);
    const taken = new Set(tubes.map((one) => one.uid));
    // A seal goes last: what it closes must be there first.
    const left = new Set(all.filter((one) => !taken.has(one.uid)).map((one) => one.box));
    const boxes = [...round.boxes.values()].filter((one) => one.site === site && dirty(one))
      .map((row) => ({ row, whole: Boolean(row.sealed_at) && !left.has(row.uid) }))
      .filter(({ row, whole }) => whole || (!row.known && tubes.some((one) => one.box === row.uid)));
    if (!tubes.length && !boxes.length) return reasonsBatch();
    const sent = { tubes: tubes.map((row) => [row, row.revision]), boxes, reasons: [] };
    const body = {
      device: round.desk.device, sent_at: now(), site, waiting: waits().tubes - tubes.length,
      boxes: boxes.map(({ row, whole }) => boxOut(row, whole)), tubes: tubes.map(tubeOut),
    };
    return { sent, body };
  }

  /* Reasons go by themselves: one that is refused must not keep a tube here. */
  function reasonsBatch() {
    const all = missed.waiting();
    if (!all.length) return null;
    const rows = all.filter((row) => row.site === all[0].site).slice(0, most);
    const reasons = rows.map((row) => ({ person: row.missed, reason: row.reason }));
    const body = { device: round.desk.device, sent_at: now(), site: all[0].site, waiting: waits().tubes, reasons };
    return { sent: { tubes: [], boxes: [], reasons: rows.map((row) => [row, row.revision]) }, body };
  }

  async function reasonsSent(pairs, refused) {
    for (const [row, revision] of pairs) Object.assign(row, { sent: revision, sentAt: Date.now(), refused });
    if (pairs.length) await missed.keep(pairs.map(([row]) => row));
  }

  function answered(row, kept, revision) {
    row.sent = revision;
    row.sentAt = Date.now();
    if (row.revision === revision) row.answer = { apart: {}, twice: [], over: [], papers: {}, ...kept };
  }

  async function takeOver({ sent }, answer) {
    const kept = new Map([...answer.tubes, ...answer.boxes].map((one) => [one.uid, one]));
    const rows = [];
    for (const [row, revision] of sent.tubes) if (kept.has(row.uid)) { answered(row, kept.get(row.uid), revision); rows.push(row); }
    for (const { row, whole } of sent.boxes) {
      const found = kept.get(row.uid);
      if (!found) continue;
      row.known = true;
      if (whole || found.state !== "kept") answered(row, found, row.revision);
      rows.push(row);
    }
    news.skew = answer.flagged ? answer.skew : null;
    news.last = Date.now();
    await round.keep(rows);
    await reasonsSent(sent.reasons, false);
    return rows.length + sent.reasons.length > 0;
  }

  async function refusedWhole({ sent }, told) {
    const parts = sent.tubes.length || sent.reasons.length;
    if (parts > 1) { most = Math.ceil(parts / 2); return; }
    await reasonsSent(sent.reasons, true);
    const wrong = { state: "refused", reason: told.error ?? "unreadable", text: told.text ?? "" };
    const rows = sent.tubes.length ? sent.tubes : sent.boxes.map(({ row }) => [row, row.revision]);
    for (const [row, revision] of rows) { answered(row, wrong, revision); row.answer = { ...row.answer, text: wrong.text }; }
    most = MOST;
    await round.keep(rows.map(([row]) => row));
  }

  async function send(csrf) {
    for (let made = batch(); made; made = batch()) {
      news.state = "sending";
      painted();
      const answer = await ask("/api/v1/field/sync", {
        method: "POST", body: JSON.stringify(made.body), headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      });
      if (answer.status === 401) return "signed-out";
      if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return "trouble";
      const told = await answer.json();
      // What is wrong with a part is found by halving; what is wrong with the round or the site, by waiting.
      const wrong = answer.status === 413 || answer.status === 400 || (answer.status === 422 && told.error !== "form-expired");
      if (wrong) await refusedWhole(made, told);
      else if (!answer.ok || !(await takeOver(made, told))) { news.told = told.text ?? ""; return "trouble"; }
      news.told = "";
    }
    most = MOST;
    return "online";
  }

  /* ---- what the region tells ---- */

  async function pack(site, facts) {
    const answer = await ask(`/api/v1/field/pack?site=${site}`);
    if (!answer.ok) { await refusedPack(site, answer); return false; }
    const given = await answer.json();
    const clock = { realm: facts.realm, server: Date.parse(facts.now), local: Date.now(), rate: facts.rate };
    await round.learn(self.fieldPack(given), clock);
    packed = Date.now();
    return true;
  }

  async function refusedPack(site, answer) {
    const told = await answer.json().catch(() => ({}));
    if (told.error === "round-not-open" && round.pack?.site.id === site) await round.end();
  }

  async function turn() {
    if (!navigator.onLine) return "offline";
    const answer = await ask("/sampling/field/data");
    if (answer.status === 401) return "signed-out";
    if (!answer.ok) return "trouble";
    const facts = await answer.json();
    if (facts.account !== page.account) { location.reload(); return "online"; }
    news.sites = facts.sites;
    if (!vault.open()) return "online";
    const site = round.desk.site || (facts.sites.length === 1 ? facts.sites[0].id : 0);
    if (site && (Date.now() - packed > PACK_AGE || !round.pack)) await pack(site, facts);
    const ended = await send(facts.csrf);
    if (ended === "online") news.last = Date.now();
    return ended;
  }

  /* Of a round that is over nothing stays that the region has, and no empty tube. */
  function ended(one) {
    if (!round.desk.over) return false;
    return dirty(one) ? !one.people.length && !one.sent && !one.void : one.answer?.state === "kept";
  }

  /* What was sent long ago is wiped; what was refused stays until a person has seen to it. */
  async function wipe() {
    const limit = Date.now() - (round.pack?.limits.keep_hours ?? 24) * 3600000;
    await missed.wipe((row) => (round.desk.over && !row.refused) || row.sentAt < limit);
    const over = (row) => !dirty(row) && row.sentAt < limit && row.answer?.state !== "refused";
    const done = (one) => over(one) && (one.closed_at || one.void) && one.uid !== round.desk.tube;
    const tubes = [...round.tubes.values()].filter((one) => ended(one) || done(one));
    const held = new Set([...round.tubes.values()].filter((one) => !tubes.includes(one)).map((one) => one.box));
    const boxes = [...round.boxes.values()].filter((one) => one.sealed_at && over(one) && !held.has(one.uid));
    if (tubes.length || boxes.length) await round.drop([...tubes, ...boxes]);
  }

  async function go() {
    clearTimeout(timer);
    if (running) { running.again = true; return; }
    running = { again: false };
    try {
      news.state = await turn();
      if (vault.open()) await wipe();
    } catch (error) {
      if (!(error instanceof TypeError || error?.name === "AbortError")) throw error;
      news.state = "offline";
    } finally {
      const { again } = running;
      running = null;
      if (!navigator.onLine && news.state === "online") news.state = "offline"; // the network went meanwhile
      const bad = news.state === "trouble" || news.state === "offline";
      news.failed = bad ? Math.min(news.failed + 1, 8) : 0;
      const patience = bad && navigator.onLine ? Math.min(2000 * 2 ** news.failed, 300000) * (0.8 + Math.random() * 0.4) : EVERY;
      timer = setTimeout(go, again && !bad ? 0 : patience);
      painted();
    }
  }

  async function choose(site) {
    const facts = await (await ask("/sampling/field/data")).json();
    const found = await pack(site, facts);
    painted();
    return found;
  }

  function begin(given, told) {
    page = given;
    painted = told;
    addEventListener("online", () => { news.failed = 0; go(); });
    addEventListener("offline", () => { news.state = "offline"; painted(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
    return go();
  }

  return {
    begin, go, choose, waits,
    get state() { return news.state; }, get last() { return news.last; }, get skew() { return news.skew; },
    get told() { return news.told; }, get sites() { return news.sites; },
  };
})();

/* What the region tells a site, in the form that this page works with: methods from the smallest tube to the household. */
self.fieldPack = (given) => {
  const methods = Object.entries(given.methods).map(([code, one]) => ({ code, ...one, home: code === "household" }));
  methods.sort((a, b) => Number(a.home) - Number(b.home) || a.size - b.size);
  const { site, round, limits, key, apart, grids, residents } = given;
  return {
    site, round, limits, key, apart, grids, residents, reasons: { single: given.single_reasons, missed: given.reasons, order: given.reason_order },
    methods: methods.map((one) => ({ ...one, pooled: one.size > 1 && !one.home })),
  };
};
