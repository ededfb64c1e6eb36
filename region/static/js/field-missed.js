/* Why people of the round's list were not sampled: kept on this telephone, closed like tubes, until the region has it.

   A person of the list is known here by number in the list, masked name and the last four characters of the paper's
   number; a card that is scanned is read and checked, and then found by its last four.

   fieldMissed.load(rows), .forget()       take over what the vault held; let go of it
   fieldMissed.find(text)                  {found: [resident, …]} or {refused: why, …}
   fieldMissed.resident(person)            of the list, or undefined;  .barred(person)  why none can be recorded, or null
   fieldMissed.record(person, reason)      {done: "missed", …}; said again it replaces
   fieldMissed.rows, .waiting(), .keep(rows), .wipe(over)    for what is sent and wiped                              */
"use strict";

self.fieldMissed = (() => {
  const codes = self.fieldCodes;
  const clock = self.fieldClock;
  const vault = self.fieldVault;
  const round = self.fieldRound;
  const rows = new Map();
  const name = (row) => `missed:${row.missed}`;
  const SHORTEST = 2;
  const LAST = 4;
  const CARD = 18;
  const MOST = 30;

  function load(kept) {
    const found = kept.map(([, row]) => row).filter((row) => row?.missed);
    found.sort((a, b) => (a.at < b.at ? -1 : 1));
    found.forEach((row) => rows.set(row.missed, row));
  }

  const waiting = () => [...rows.values()].filter((row) => row.sent < row.revision);
  const listed = () => (round.pack?.residents ?? []).filter((one) => one.scheme === "due");
  const resident = (person) => listed().find((one) => one.person === person);

  function find(text) {
    const typed = text.replace(/\s/g, "").toUpperCase();
    if (typed.length < SHORTEST) return { found: [] };
    const read = codes.paper("resident", typed, clock.today());
    if (read.reason && typed.length === CARD) return { refused: `paper_${read.reason}`, ...read.facts };
    const last = (read.number ?? typed).slice(-LAST);
    const found = listed().filter((one) => one.last.toUpperCase().endsWith(last));
    return { found: found.slice(0, MOST) };
  }

  async function keep(changed) {
    await vault.put(changed.map((row) => [name(row), row]));
    round.kept();
  }

  function barred(person) {
    if (!resident(person)) return { refused: "notListed" };
    const tube = [...round.tubes.values()].find((one) => !one.void && one.people.some((who) => who.person === person));
    return tube ? { refused: "missedTaken", code: tube.code } : null;
  }

  async function record(person, reason) {
    const refused = barred(person);
    if (refused) return refused;
    const one = resident(person);
    const before = rows.get(person);
    const row = {
      missed: person, reason, site: round.desk.site, at: clock.now(), shown: one.name, last: one.last,
      revision: (before?.revision ?? 0) + 1, sent: before?.sent ?? 0, sentAt: 0, refused: false,
    };
    rows.delete(person); // the newest stands last
    rows.set(person, row);
    await keep([row]);
    return { done: "missed", row };
  }

  async function wipe(over) {
    const gone = [...rows.values()].filter((row) => row.sent >= row.revision && over(row));
    if (!gone.length) return;
    gone.forEach((row) => rows.delete(row.missed));
    await vault.put([], gone.map(name));
  }

  return { load, forget: () => rows.clear(), find, resident, barred, record, rows, waiting, keep, wipe };
})();
