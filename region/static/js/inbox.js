/* The inbox on a device: every press is kept first and sent then, so that a lost network loses nothing. */
"use strict";

(() => {
  const store = self.inboxStore;
  const cards = inboxCards;
  const { words } = cards;
  const PAGE = "/inbox";
  const EVERY = 20000;
  const PICTURE = 1600;
  const OTHERS = /^(stock|day)-/; // kept on the same device by its other pages

  let token = document.querySelector('meta[name="csrf-token"]').content;
  let fresh = "–";
  let state = navigator.onLine ? "online" : "offline";
  let known = "";

  const page = () => document.getElementById("inbox-head").dataset;
  const owner = () => page().account;
  const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB",
    { hour: "2-digit", minute: "2-digit", timeZone: page().zone });

  const { uid } = store;
  const orders = async () => (await store.mine(owner())).filter((item) => !OTHERS.test(item.verb));

  async function paint() {
    cards.paint(await orders(), await store.strangers(owner()));
    cards.tick(store.now());
    cards.foot(state, fresh);
  }

  function say(text) {
    document.getElementById("inbox-news").textContent = text;
  }

  function toSign() {
    return new Set([...document.querySelectorAll('[data-tab="sign"] [data-recipient]')]
      .map((card) => card.dataset.recipient));
  }

  async function takeOver(data) {
    token = data.csrf ?? token;
    await store.learn(data);
    if (data.account !== owner()) { location.reload(); return; }
    known = "";
    if (data.etag === page().etag) { known = data.etag; return; }
    const answer = await store.ask(PAGE, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const before = toSign();
    if (!cards.swap(new DOMParser().parseFromString(await answer.text(), "text/html"))) return;
    known = page().etag;
    const news = [...toSign()].filter((one) => !before.has(one)).length;
    if (news) {
      say(cards.fill(words.news, { count: news }));
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 100, 200]);
    }
  }

  /* Tell the server what this screen shows for the first time. */
  async function receive() {
    for (const card of document.querySelectorAll('[data-state="pending"]')) {
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
      const path = `/recipients/${card.dataset.recipient}/receive`;
      const answer = await store.ask(path, { method: "POST", body: "{}", headers });
      if (!answer.ok) return;
      card.dataset.state = "delivered";
    }
  }

  async function look() {
    // The first answer is always whole: it brings the server's time and a form token to a page from the device.
    const answer = await store.ask("/inbox/data", { headers: known ? { "If-None-Match": `"${known}"` } : {} });
    if (answer.status === 401) return "signed-out";
    if (answer.status !== 304 && !answer.ok) return "offline";
    if (answer.ok) await takeOver(await answer.json());
    return "online";
  }

  async function round() {
    if (!navigator.onLine) { state = "offline"; return; }
    const waiting = (await store.mine(owner())).some((item) => !item.refused);
    if (waiting) {
      state = state === "online" ? "sending" : state;
      await paint();
      const done = await store.flush();
      state = done.ended === "sent" ? "online" : done.ended;
      if (done.data) await takeOver(done.sent ? { ...done.data, etag: "" } : done.data);
    } else {
      state = await look();
    }
    if (state === "online") {
      await receive();
      fresh = clock(store.now());
    }
  }

  const offline = () => { state = "offline"; };
  const every = () => EVERY * (0.75 + Math.random() / 2);
  const go = self.devicePage.rounds({ every, round, paint, state: () => state, offline });

  /* A telephone's photograph is four to ten megabytes; the desk needs none of that, and the network even less. */
  async function smaller(file) {
    if (!file.type.startsWith("image/") || !self.createImageBitmap) return { blob: file, name: file.name };
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, PICTURE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return { blob: blob ?? file, name: "photo.jpg" };
    } catch (error) {
      console.info("inbox: picture sent as it is", error?.name);
      return { blob: file, name: file.name };
    }
  }

  const chinese = document.documentElement.lang.startsWith("zh");
  const moment = (ms) => new Date(ms).toLocaleString(chinese ? "zh-CN" : "en-GB", {
    day: "numeric", month: chinese ? "numeric" : "short", hour: "2-digit", minute: "2-digit", timeZone: page().zone,
  });

  const pictures = (form) => Promise.all(
    [...form.querySelectorAll('input[type="file"]')].flatMap((input) => [...input.files]).map(smaller),
  );

  /* What goes upward says itself when it was written, for it may arrive hours later. */
  async function upward(form, given, text) {
    const late = state === "online" ? "" : `\n\n${cards.fill(words.written, { time: moment(store.now()) })}`;
    const [title, kind, urgency] = ["title", "kind", "urgency"].map((name) => String(given.get(name)).trim());
    const place = Number(given.get("place"));
    const body = { form_token: uid(), kind, urgency, title, text: text + late, asks: given.has("asks"), place };
    return { body, place, title, said: title, photos: await pictures(form) };
  }

  function progress(form, given) {
    const { task, label, unit } = form.dataset;
    const value = Number(given.get("value"));
    return { body: { uid: uid(), task, value }, said: cards.fill(words.number, { what: label, value, unit }) };
  }

  async function told(form) {
    const { verb } = form.dataset;
    const given = new FormData(form);
    const text = String(given.get("text") ?? "").trim();
    if (verb === "ask") return upward(form, given, text);
    if (verb === "progress") return progress(form, given);
    if (verb === "nil") return { body: { uid: uid() } };
    if (verb === "acknowledge") return { body: { signed_at: new Date(store.now()).toISOString() } };
    if (verb === "trouble") return { body: { uid: uid(), text } };
    if (verb !== "report") return { body: {} };
    const numbers = {};
    for (const input of form.querySelectorAll("[data-number]")) {
      if (input.value !== "") numbers[input.dataset.number] = Number(input.value);
    }
    return { body: { uid: uid(), text, numbers }, photos: await pictures(form) };
  }

  async function keep(form) {
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    try {
      const card = form.closest(".order");
      const item = {
        owner: owner(),
        verb: form.dataset.verb,
        recipient: Number(card.dataset.recipient ?? card.dataset.escalation ?? 0),
        number: card.dataset.number ?? "",
        title: card.querySelector("h2").textContent,
        ...(await told(form)),
      };
      await store.put(item);
      const box = form.closest(".order-panel");
      if (box) cards.panel(box.id, false);
      for (const one of [box, form]) one?.classList.remove("is-written");
      if (form.dataset.verb !== "acknowledge") form.reset();
      say(cards.fill(words.done, { what: words.verbs[item.verb], number: item.number }));
      await paint();
      card.querySelector("h2").focus({ preventScroll: true });
      await wake();
    } finally {
      delete form.dataset.busy;
    }
    await go();
  }

  /* Where the browser can, the service worker sends even when this page is closed. */
  async function wake() {
    const registration = await navigator.serviceWorker?.getRegistration(PAGE);
    try {
      await registration?.sync?.register("inbox-send");
    } catch (error) {
      console.info("inbox: no sending in the background", error?.name);
    }
  }

  function leave(event) {
    if (cards.unsent() && !self.confirm(cards.fill(words.leave, { count: cards.unsent() }))) {
      event.preventDefault();
      return;
    }
    navigator.serviceWorker?.controller?.postMessage("forget");
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) leave(event);
    if (!event.target.matches("form[data-verb]")) return;
    event.preventDefault();
    keep(event.target);
  });

  document.addEventListener("click", async (event) => {
    const opener = event.target.closest("a[aria-controls], button[data-close]");
    if (opener) {
      event.preventDefault();
      const id = opener.getAttribute("aria-controls") ?? opener.dataset.close;
      const opening = opener.matches("a") && !document.getElementById(id).classList.contains("is-open");
      cards.panel(id, opening);
    }
    const tab = event.target.closest(".tabs a");
    const side = event.target.closest("[data-side-of]");
    if (tab ?? side) { event.preventDefault(); cards.choose((tab ?? side).hash.slice(1)); }
    if (side) {
      side.closest("details")?.removeAttribute("open");
      document.getElementById("head-upward").focus();
    }
    const read = event.target.closest("[data-drop]");
    const ended = event.target.closest("[data-read]");
    if (ended) cards.dismiss(ended.dataset.read);
    if (read) { await store.drop(Number(read.dataset.drop)); await paint(); }
  });

  document.addEventListener("input", (event) => {
    event.target.closest?.("form[id]")?.classList.add("is-written");
  });

  async function begin() {
    document.documentElement.classList.add("has-script");
    await store.open(page());
    cards.choose(document.body.dataset.chosen ?? "sign");
    await paint();
    setInterval(() => cards.tick(store.now()), 1000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
    await self.devicePage.begin({ scope: PAGE, address: PAGE, go, paint, offline });
  }

  self.inboxPage = { token: () => token, online: () => state !== "offline" && navigator.onLine, go, say, uid, moment };
  begin();
})();
