/* A site's day on a shared computer or a telephone: two presses mark a line, with a network or without.

   The list is kept on the device for one shift (`until`), masked, under the account's word, and dropped when the shift
   is over, when nobody or somebody else is signed in, and on signing out. Marks are kept until the region has them.  */
"use strict";

(() => {
  const store = self.inboxStore;
  const view = dayView;
  const PAGE = "/day";
  const EVERY = 30000;
  const TICK = 15000;
  const at = (id) => document.getElementById(id);
  const page = () => at("day-head").dataset;
  const name = () => `day:${page().account}:${page().place}`;
  const source = () => `/api/v1/day?place=${page().place}`;

  let day = null;
  let fresh = null; // when the list was taken, by the region's clock
  let state = navigator.onLine ? "online" : "offline";
  let chosen = "all";
  let open = null;
  const pressed = new Set(); // at once, before the device has kept it: a second press of a double click finds it here

  const mine = async () => (await store.mine(page().account)).filter((one) => one.verb === "day-mark");

  async function drop() {
    day = null;
    fresh = null;
    await store.forget("day:");
  }

  async function paint() {
    if (day && store.now() >= Date.parse(day.until)) await drop();
    const kept = await mine();
    const waiting = kept.filter((one) => !one.refused);
    const queued = new Set([...pressed, ...waiting.map((one) => one.body.marks[0].key)]);
    view.paint(day, store.now(), chosen, open, queued);
    view.refusals(kept.filter((one) => one.refused));
    view.kept(waiting.map((one) => ({ ...one, body: one.body.marks[0] })));
    view.foot(state, fresh, fresh === null ? 0 : (store.now() - fresh) / 60000, waiting.length);
  }

  async function takeOver(given) {
    await store.learn(given);
    if (given.account !== page().account) { await drop(); location.reload(); return; }
    const { csrf, ...list } = given;
    day = list;
    fresh = Date.parse(given.now);
    pressed.clear();
    await store.keep(name(), { ...list, fresh });
  }

  async function look() {
    const answer = await store.ask(source());
    if (answer.status === 401) { await drop(); return "signed-out"; }
    if (!answer.ok) return "offline";
    await takeOver(await answer.json());
    return "online";
  }

  async function round() {
    if (!navigator.onLine) { state = "offline"; return; }
    if ((await mine()).some((one) => !one.refused)) {
      const done = await store.flush(source());
      if (done.ended === "signed-out") await drop();
      if (done.ended !== "sent") { state = done.ended; return; }
    }
    state = await look();
  }

  const offline = () => { state = "offline"; };
  const go = self.devicePage.rounds({ every: () => EVERY, round, paint, state: () => state, offline });

  async function mark(key, verb, reason) {
    const line = day?.lines.find((one) => one.key === key);
    if (!line || pressed.has(key)) return;
    pressed.add(key);
    open = null;
    const title = [view.words.kinds[line.kind], line.name, view.what(line)].filter(Boolean).join(" · ");
    const one = { uid: store.uid(), key, verb, at: new Date(store.now()).toISOString(), reason };
    await store.put({ owner: page().account, verb: "day-mark", recipient: 0, number: "", title, body: { marks: [one] } });
    view.say(view.fill(view.words.marked, { what: title }));
    await paint();
    await wake();
    go();
  }

  /* Where the browser can, the service worker sends even when this page is closed. */
  async function wake() {
    const registration = await navigator.serviceWorker?.getRegistration(PAGE);
    try {
      await registration?.sync?.register("day-send");
    } catch (error) {
      console.info("day: no sending in the background", error?.name);
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { press, shut, filter, drop: read, key } = button.dataset;
    if (button.dataset.mark) { await mark(key, button.dataset.mark, button.dataset.reason ?? ""); return; }
    if (press) open = press;
    if (shut) open = null;
    if (filter) chosen = filter;
    if (read) await store.drop(Number(read));
    if (press || shut || filter || read) await paint();
    if (press) document.querySelector(".day-choices button")?.focus();
  });

  async function begin() {
    document.documentElement.classList.add("has-script");
    await store.open(page());
    const kept = await store.kept(name());
    if (kept && kept.account === page().account) { day = kept; fresh = kept.fresh; }
    await paint();
    document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
      store.forget("day:");
      navigator.serviceWorker?.controller?.postMessage("forget");
    });
    setInterval(() => { if (!go.busy() && !open) paint(); }, TICK);
    await self.devicePage.begin({ scope: PAGE, address: location.pathname + location.search, go, paint, offline });
  }

  begin();
})();
