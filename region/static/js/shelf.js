/* The shelf on a telephone: scan or choose, type a number, next. Every number is kept here first and sent then. */
"use strict";

(() => {
  const store = self.inboxStore;
  const view = shelfView;
  const PAGE = "/shelf";
  const EVERY = 30000;
  const LONGEST = 9;
  const at = (id) => document.getElementById(id);
  const page = () => at("shelf-head").dataset;
  const items = JSON.parse(at("shelf-items").textContent);
  const known = new Map(items.map((item) => [item.code, item]));

  let data = JSON.parse(at("shelf-data").textContent);
  let state = navigator.onLine ? "online" : "offline";
  let fresh = "–";
  let typed = "";
  let open = null;
  let order = [];
  let camera = null;

  const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB",
    { hour: "2-digit", minute: "2-digit", timeZone: page().zone });

  const mine = async () => (await store.mine(page().account)).filter((one) => one.verb.startsWith("stock-"));

  async function paint() {
    const kept = await mine();
    const waiting = kept.filter((one) => !one.refused && String(one.body.place) === page().place);
    order = view.rows(data.shelves, items, waiting, at("shelf-sought").value, store.now());
    view.refusals(kept.filter((one) => one.refused), known);
    view.foot(state, fresh, kept.filter((one) => !one.refused).length);
  }

  async function look() {
    const answer = await store.ask(`/shelf/data?place=${page().place}`);
    if (answer.status === 401) return "signed-out";
    if (!answer.ok) return "offline";
    await takeOver(await answer.json());
    return "online";
  }

  async function takeOver(given) {
    await store.learn(given);
    if (given.account !== page().account) { location.reload(); return; }
    data = given;
    fresh = clock(store.now());
  }

  async function round() {
    if (!navigator.onLine) { state = "offline"; return; }
    if ((await mine()).some((one) => !one.refused)) {
      const done = await store.flush(`/shelf/data?place=${page().place}`);
      if (done.ended !== "sent") { state = done.ended; return; }
    }
    state = await look();
  }

  const offline = () => { state = "offline"; };
  const go = self.devicePage.rounds({ every: () => EVERY, round, paint, state: () => state, offline });

  function choose(code, scan) {
    const item = known.get(code);
    if (!item) return;
    open = { code, scan };
    typed = "";
    view.panel(data.shelves.find((shelf) => shelf.item === code), item, scan, store.now());
  }

  function press(key) {
    if (key === "clear") typed = "";
    else if (key === "back") typed = typed.slice(0, -1);
    else if (typed.length < LONGEST) typed = String(Number(`${typed}${key}`));
    view.number(typed);
  }

  async function keep(verb) {
    if (typed === "" || !open) return;
    const item = known.get(open.code);
    const quantity = Number(typed);
    const lot = view.lot();
    const body = { uid: store.uid(), place: Number(page().place), item: item.code, quantity, ...lot,
      at: new Date(store.now()).toISOString() };
    await store.put({ owner: page().account, verb, recipient: 0, number: "", title: view.name(item), body });
    view.say(view.fill(view.words.kept, { item: view.name(item), n: quantity }));
    const next = verb === "stock-count" && !open.scan ? order[order.indexOf(item.code) + 1] : undefined;
    open = null;
    view.close();
    if (next) choose(next);
    await paint();
    await wake();
    go();
  }

  /* Where the browser can, the service worker sends even when this page is closed. */
  async function wake() {
    const registration = await navigator.serviceWorker?.getRegistration(PAGE);
    try {
      await registration?.sync?.register("shelf-send");
    } catch (error) {
      console.info("shelf: no sending in the background", error?.name);
    }
  }

  /* Codes of boxes that somebody chose an item for, kept on this device: a number alone does not say what it is. */
  const codes = () => JSON.parse(localStorage.getItem("shelf-codes") ?? "{}");
  let unknown = null;

  function remember(code) {
    if (!unknown) return null;
    const scan = unknown;
    unknown = null;
    localStorage.setItem("shelf-codes", JSON.stringify({ ...codes(), [scan.gtin]: code }));
    return scan;
  }

  async function scanned(text) {
    const plain = text.trim();
    const exact = items.find((item) => [item.code, item.zh, item.en, ...item.alias].includes(plain));
    at("shelf-sought").value = "";
    if (exact) { choose(exact.code); return; }
    if (plain.replace(/\D/g, "").length < 8) { at("shelf-sought").value = plain; await paint(); return; }
    const read = await parsed(plain);
    if (codes()[read.gtin]) { choose(codes()[read.gtin], read); return; }
    unknown = read;
    view.say(view.words.which);
    at("shelf-asked").hidden = false;
    await paint();
  }

  async function parsed(text) {
    try {
      const answer = await store.ask(`/shelf/scan?text=${encodeURIComponent(text)}`);
      if (answer.ok) return await answer.json();
    } catch (error) {
      if (!(error instanceof TypeError || error?.name === "AbortError")) throw error;
    }
    return { gtin: text };
  }

  async function look4code() {
    if (camera) { stop(); return; }
    const detector = new self.BarcodeDetector();
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const film = at("shelf-film");
    film.srcObject = camera;
    film.hidden = false;
    await film.play();
    while (camera) {
      const [found] = await detector.detect(film);
      if (found) { stop(); navigator.vibrate?.(80); await scanned(found.rawValue); return; }
      await new Promise((done) => { setTimeout(done, 150); });
    }
  }

  function stop() {
    for (const track of camera?.getTracks() ?? []) track.stop();
    camera = null;
    at("shelf-film").hidden = true;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { item, key, drop } = button.dataset;
    if (item) { at("shelf-asked").hidden = true; choose(item, remember(item)); }
    if (key) press(key);
    if (button.dataset.do) await keep(button.dataset.do);
    if (button.id === "shelf-close") { open = null; view.close(); await paint(); }
    if (drop) { await store.drop(Number(drop)); await paint(); }
    if (button.id === "shelf-camera") {
      look4code().catch((error) => { stop(); view.say(view.words.noCamera); console.info("shelf:", error?.name); });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (at("shelf-panel").hidden || event.target.matches("select, input")) return;
    if (/^\d$/.test(event.key)) press(event.key);
    if (event.key === "Backspace") press("back");
    if (event.key === "Enter" && !event.target.matches("button")) { event.preventDefault(); keep("stock-count"); }
  });

  at("shelf-find").addEventListener("submit", (event) => {
    event.preventDefault();
    scanned(at("shelf-sought").value);
  });
  at("shelf-sought").addEventListener("input", paint);

  async function begin() {
    document.documentElement.classList.add("has-script");
    at("shelf-camera").hidden = !("BarcodeDetector" in self && navigator.mediaDevices);
    await store.open(page());
    await paint();
    document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
      navigator.serviceWorker?.controller?.postMessage("forget");
    });
    await self.devicePage.begin({ scope: PAGE, address: location.pathname + location.search, go, paint, offline });
  }

  begin();
})();
