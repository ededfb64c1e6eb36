/* Boxes, tubes and people as they stand on this telephone: one scan at a time, in order, kept before it is answered.

   Every action answers {done: what, …facts} or {refused: why, …facts}; words are the view's. fieldClock dates
   everything; the region measures its error at each synchronisation.

   fieldRound.load(rows), .forget()     take over what the vault held; let go of it
   fieldRound.learn(pack), .end()       what the region told this site (fieldPack's form); the round is over
   fieldRound.scan(text)                a box, a tube or a person, by what is expected: .expects()
   fieldRound.box(text) .tube(text) .person({kind, number, name, phone, home, person}) .close() .turn(method)
   fieldRound.again(uid) .move(from, who, to) .remove(tube, who) .voidTube(uid) .seal({seal, celsius})
   fieldRound.desk, .boxes, .tubes, .pack, .current()   what stands; .single(given) a tube of his own, the pool waits
   fieldRound.keep(rows) .drop(rows)    keep changed tubes or boxes; forget what was sent long ago; .kept = told after  */
"use strict";

self.fieldRound = (() => {
  const codes = self.fieldCodes;
  const vault = self.fieldVault;
  const { set: setClock, now, today } = self.fieldClock;
  const { uid } = self.inboxStore;
  const fresh = () => ({ device: uid(), site: 0, box: null, tube: null, method: "", kind: "resident", pool: null, alone: null });

  const state = { desk: fresh(), boxes: new Map(), tubes: new Map(), pack: null, mark: null, marks: new Map(), listed: new Map() };
  let kept = () => undefined;

  const method = (code) => state.pack?.methods.find((one) => one.code === code);
  const current = () => state.tubes.get(state.desk.tube) ?? null;
  const openBox = () => state.boxes.get(state.desk.box) ?? null;
  const sealed = (tube) => Boolean(state.boxes.get(tube.box)?.sealed_at);
  const refused = (why, facts = {}) => ({ refused: why, ...facts });

  async function keep(rows = [], gone = []) {
    const desk = ["desk", state.desk];
    await vault.put([desk, ...rows.map((row) => [row.uid, row])], gone);
    kept();
  }

  function changed(row) {
    row.revision += 1;
    row.changed = Date.now();
    row.answer = null;
  }

  /* ---- what the region told ---- */

  async function learn(pack, before) {
    state.pack = pack;
    state.mark = await codes.marker(pack.key);
    state.listed = new Map(pack.residents.map((one) => [one.person, one]));
    if (!method(state.desk.method)) state.desk.method = method(pack.round?.method)?.code ?? pack.methods[0].code;
    Object.assign(state.desk, { site: pack.site.id, over: false });
    setClock(before);
    if (vault.open()) await vault.put([["pack", pack], ["desk", state.desk], ["clock", before ?? null]]);
  }

  async function load(rows) {
    const found = new Map(rows);
    Object.assign(state.desk, fresh(), found.get("desk") ?? {});
    for (const [id, row] of rows) {
      if (row?.people) { state.tubes.set(id, row); if (!row.void) row.people.forEach((one) => note(row, one)); }
      else if (row?.opened_at) state.boxes.set(id, row);
    }
    setClock(found.get("clock"));
    if (found.get("pack")) await learn(found.get("pack"), found.get("clock"));
    else await keep();
  }

  /* Who lives here and who is sampled alone leave the telephone at once; what was not sent stays until it is. */
  async function end() {
    Object.assign(state, { pack: null, mark: null });
    state.listed.clear();
    Object.assign(state.desk, { site: 0, box: null, tube: null, pool: null, alone: null, over: true });
    if (vault.open()) await vault.put([["desk", state.desk]], ["pack"]);
  }

  function forget() {
    Object.assign(state, { desk: fresh(), pack: null, mark: null });
    [state.boxes, state.tubes, state.marks, state.listed].forEach((one) => one.clear());
  }

  /* Who is on this phone already: by the mark of his paper, and by his number in the resident list. */
  const names = (one) => [one.mark, one.person ? `list:${one.person}` : ""].filter(Boolean);
  const note = (tube, one) => names(one).forEach((name) => state.marks.set(name, tube.uid));
  const unnote = (one) => names(one).forEach((name) => state.marks.delete(name));

  /* ---- boxes and tubes ---- */

  function expects() {
    if (!openBox()) return "box";
    return current() ? "person" : "tube";
  }

  function badCode(text, what) {
    const read = codes.tube(text);
    if (read.reason) return { wrong: refused(`code_${read.reason}`, { ...read.facts, what }) };
    return { code: read.code };
  }

  async function box(text) {
    const { code, wrong } = badCode(text, "box");
    if (wrong) return wrong;
    if (codes.looksResident(text)) return refused("personNotBox");
    const known = [...state.boxes.values()].find((one) => one.code === code && !one.sealed_at);
    if (!known && [...state.boxes.values()].some((one) => one.code === code)) return refused("boxSealed", { code });
    const row = known ?? {
      uid: uid(), code, site: state.desk.site, opened_at: now(), sealed_at: null, seal: "", celsius: null,
      revision: 1, sent: 0, answer: null,
    };
    state.boxes.set(row.uid, row);
    state.desk.box = row.uid;
    await keep([row]);
    return { done: "box", code };
  }

  async function tube(text) {
    if (!openBox()) return refused("noBox");
    const { code, wrong } = badCode(text, "tube");
    if (wrong) return wrong;
    if (codes.looksResident(text)) return refusedPerson();
    if (openBox().code === code) return refused("boxNotTube", { code });
    const here = [...state.tubes.values()].find((one) => one.code === code);
    if (here) return refused("tubeHere", { code, n: here.people.length, at: here.opened_at });
    const alone = state.desk.alone;
    const how = method(alone ? "single" : state.desk.method);
    const row = {
      uid: uid(), code, site: openBox().site, box: openBox().uid,
      method: how.code, size: how.size, pooled: how.pooled, stream: alone?.stream ?? "round",
      opened_at: now(), closed_at: null, void: false, revision: 1, changed: Date.now(), sent: 0, answer: null, people: [],
    };
    state.tubes.set(row.uid, row);
    state.desk.tube = row.uid;
    state.desk.alone = null;
    await keep([row]);
    return alone ? addTo(row, alone.given) : { done: "tube", code, size: row.size };
  }

  /* A person scanned where a tube is due: the last one closed itself, and the eleventh is refused. */
  function refusedPerson() {
    const last = [...state.tubes.values()].at(-1);
    if (last && last.people.length >= last.size && last.size > 1) return refused("full", { n: last.size, next: last.size + 1 });
    return refused("noTube");
  }

  async function close(why = "done") {
    const row = current();
    if (!row) return refused("noTube");
    if (!row.people.length) return refused("empty", { code: row.code });
    row.closed_at = now();
    changed(row);
    state.desk.tube = state.desk.pool;
    state.desk.pool = null;
    await keep([row]);
    return { done: "closed", why, code: row.code, n: row.people.length, size: row.size };
  }

  async function again(id) {
    const row = state.tubes.get(id);
    if (!row || sealed(row)) return refused("tubeSealed", { code: row?.code });
    if (row.people.length >= row.size) return refused("full", { n: row.size, next: row.size + 1 });
    const open = current();
    if (open && open.uid !== id) return refused("tubeOpen", { code: open.code, n: open.people.length, size: open.size });
    row.closed_at = null;
    changed(row);
    Object.assign(state.desk, { tube: id, box: row.box });
    await keep([row]);
    return { done: "again", code: row.code };
  }

  async function voidTube(id) {
    const row = state.tubes.get(id);
    if (!row || sealed(row)) return refused("tubeSealed", { code: row?.code });
    row.void = true;
    row.people.forEach(unnote);
    changed(row);
    if (state.desk.tube === id) Object.assign(state.desk, { tube: state.desk.pool, pool: null });
    await keep([row]);
    return { done: "void", code: row.code };
  }

  async function choose(code) {
    const row = current();
    if (row && row.people.length) return refused("methodLate", { code: row.code });
    state.desk.method = code;
    const how = method(code);
    if (row) Object.assign(row, { method: how.code, size: how.size, pooled: how.pooled, revision: row.revision + 1 });
    await keep(row ? [row] : []);
    return { done: "method", code };
  }

  async function person(given) {
    if (state.desk.alone) return refused("aloneFirst");
    return current() ? addTo(current(), given) : refusedPerson();
  }

  function barred(row, one) {
    const listed = state.listed.get(one.person);
    return row.pooled ? state.pack.apart[one.mark] ?? listed?.apart ?? null : null;
  }

  async function addTo(row, given) {
    const read = given.person ? { number: "" } : codes.paper(given.kind, given.number ?? "", today());
    if (read.reason) return refused(`paper_${read.reason}`, read.facts);
    const listed = state.listed.get(given.person);
    const one = {
      uid: uid(), at: now(), person: given.person ?? null, kind: given.person ? "none" : given.kind, number: read.number,
      name: given.name ?? "", phone: given.phone ?? "", home: given.home ?? listed?.grid ?? null,
      mark: read.number ? await state.mark(given.kind, read.number) : "", shown: listed?.name ?? given.name ?? "",
    };
    if (row.people.length >= row.size) return refused("full", { n: row.size, next: row.size + 1 });
    const twice = state.tubes.get(names(one).map((name) => state.marks.get(name)).find(Boolean));
    if (twice?.uid === row.uid) return refused("twiceHere");
    if (twice) {
      const there = twice.people.find((other) => names(other).some((name) => names(one).includes(name)));
      return refused("twice", { code: twice.code, at: there?.at, move: sealed(twice) ? null : { from: twice.uid, names: names(one) } });
    }
    const reason = barred(row, one);
    if (reason) return refused("apart", { reason, alone: given });
    row.people.push(one);
    note(row, one);
    changed(row);
    const facts = { n: row.people.length, size: row.size, converted: read.converted };
    if (row.people.length >= row.size && row.uid === state.desk.tube) return { ...(await close("full")), ...facts };
    await keep([row]);
    return { done: "person", ...facts };
  }

  async function remove(id, who) {
    const row = state.tubes.get(id);
    if (!row || sealed(row)) return refused("tubeSealed", { code: row?.code });
    const gone = row.people.find((one) => one.uid === who);
    row.people = row.people.filter((one) => one.uid !== who);
    unnote(gone);
    changed(row);
    await keep([row]);
    return { done: "removed", n: row.people.length, size: row.size };
  }

  async function move(from, who, to) {
    const [source, target] = [state.tubes.get(from), state.tubes.get(to)];
    const one = source?.people.find((other) => other.uid === who || names(other).some((name) => name === who));
    if (!one || !target || target.void) return refused("noTube");
    for (const row of [source, target]) if (sealed(row)) return refused("tubeSealed", { code: row.code });
    if (target.people.length >= target.size) return refused("full", { n: target.size, next: target.size + 1 });
    const reason = barred(target, one);
    if (reason) return refused("apart", { reason });
    source.people = source.people.filter((other) => other !== one);
    target.people.push({ ...one, uid: uid() });
    note(target, one);
    [source, target].forEach(changed);
    const full = target.people.length >= target.size && target.uid === state.desk.tube;
    await keep([source, target]);
    const n = target.people.length;
    return full ? { ...(await close("full")), n } : { done: "moved", code: target.code, n, size: target.size };
  }

  /* The pool that is open waits; the next tube scanned is his alone. */
  async function single(given) {
    Object.assign(state.desk, { pool: state.desk.tube, tube: null, alone: { given, stream: "separate" } });
    await keep();
    return { done: "single" };
  }

  async function seal({ seal: number, celsius }) {
    const row = openBox();
    if (!row) return refused("noBox");
    const within = [...state.tubes.values()].filter((one) => one.box === row.uid && !one.void);
    const open = within.find((one) => !one.closed_at);
    if (open) return refused("tubeOpen", { code: open.code, n: open.people.length, size: open.size });
    if (!within.length) return refused("boxEmpty", { code: row.code });
    Object.assign(row, { sealed_at: now(), seal: number.trim(), celsius, tubes: within.length });
    changed(row);
    Object.assign(state.desk, { box: null, tube: null, pool: null, alone: null });
    await keep([row]);
    return { done: "sealed", code: row.code, n: within.length, box: row.uid };
  }

  async function scan(text) {
    const due = expects();
    if (due === "box") return box(text);
    if (due === "tube") return tube(text);
    const read = codes.tube(text);
    if (read.code === current().code) return close("scan");
    if (read.own) return refused("tubeOpen", { code: current().code, n: current().people.length, size: current().size });
    return person({ kind: state.desk.kind, number: text });
  }

  async function drop(rows) {
    for (const row of rows) { state.tubes.delete(row.uid); state.boxes.delete(row.uid); row.people?.forEach(unnote); }
    await keep([], rows.map((row) => row.uid));
  }

  const actions = { scan, box, tube, person, close, choose, again, move, remove, voidTube, seal, single, keep, drop, end };
  const ordered = Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, vault.inTurn(action)]));
  return Object.assign({
    get kept() { return kept; }, set kept(told) { kept = told; },
    get desk() { return state.desk; }, get pack() { return state.pack; },
    get boxes() { return state.boxes; }, get tubes() { return state.tubes; },
  }, ordered, { load, forget, learn, expects, current, openBox, sealed, method });
})();
