/* The field page: what is touched, scanned and typed, brought to the tubes; what they answer, shown, heard and sent. */
"use strict";

(() => {
  const PAGE = "/sampling/field";
  const LOOK = 1000;
  const vault = self.fieldVault;
  const round = self.fieldRound;
  const sync = self.fieldSync;
  const view = self.fieldView;
  const scan = self.fieldScan;
  const missed = self.fieldMissed;
  const missedView = self.fieldMissedView;
  const { at, words } = view;
  const account = at("field-head").dataset.account;

  let loaded = false;
  let resting = true;
  let touched = Date.now();
  let offered = null;
  let told = false; // whether the region's lists are here

  /* ---- after each action ---- */

  function heard(result, where = "field-said") {
    const bad = view.say(result, where);
    offered = result.refused ? result : null;
    scan.signal(bad ? "bad" : result.done === "closed" ? "full" : "good");
    view.paint();
    if (result.done === "closed" || result.done === "sealed") sync.go();
    return result;
  }

  async function scanned(text) {
    touched = Date.now();
    if (!text.trim()) return;
    heard(await round.scan(text));
    focus();
  }

  function focus() {
    const field = { work: "field-input", missed: "missed-sought" }[view.screen];
    if (field) at(field).focus({ preventScroll: true });
  }

  /* Numbers only: what a closed page may say of what waits on it. */
  function remember() {
    if (!vault.open()) return;
    const all = JSON.parse(localStorage.getItem("field-waits") ?? "{}");
    localStorage.setItem("field-waits", JSON.stringify({ ...all, [account]: sync.waits() }));
  }

  /* ---- screens ---- */

  const openers = {
    tubes: view.tubes,
    seal: view.sealing,
    menu: view.boxes,
    list: () => { at("list-sought").value = ""; view.residents(""); },
    site: () => view.sites(sync.sites),
    people: () => kind(),
    missed: missedView.open,
  };

  function go(name) {
    missedView.dark();
    openers[name]?.();
    view.show(name);
    view.paint();
    focus();
    const first = { people: "person-number", list: "list-sought", group: "group-text", seal: "seal-number" }[name];
    if (first) at(first).focus({ preventScroll: true });
  }

  function kind() {
    const chosen = at("person-form").elements.kind.value;
    at("person-number-field").hidden = chosen === "none";
    at("person-newborn").hidden = chosen !== "none";
    at("person-name-label").textContent = chosen === "none" ? words.mother : words.name;
  }

  /* ---- rest: the screen closes; the key goes as soon as nothing waits ---- */

  function clear() {
    for (const id of ["tube-people", "list-found", "tube-list", "field-said", "field-offers"]) at(id).replaceChildren();
    for (const form of ["person-form", "group-form", "list-form"]) at(form).reset();
    missedView.clear();
  }

  function rest() {
    resting = true;
    clear();
    self.fieldPin.begin("locked", opened);
    letGo();
  }

  function letGo() {
    const { tubes, boxes, reasons } = sync.waits();
    if (!resting || !vault.open() || tubes + boxes + reasons > 0) return;
    vault.lock();
    round.forget();
    missed.forget();
    loaded = false;
  }

  async function opened() {
    if (!loaded) {
      const rows = await vault.all();
      await round.load(rows);
      missed.load(rows);
    }
    loaded = true;
    resting = false;
    touched = Date.now();
    told = Boolean(round.pack);
    go(round.pack ? "work" : "site");
    await sync.go();
    if (!round.pack && view.screen === "site") view.sites(sync.sites);
  }

  function painted() {
    if (resting) letGo();
    view.paint();
    if (told && !round.pack) clear();
    if (told && !round.pack && !resting) go("site");
    told = Boolean(round.pack);
    if (resting) return;
    if (view.screen === "missed") missedView.recorded();
    if (view.screen === "site" && round.pack && !round.asked) { round.asked = true; go("work"); }
    else if (view.screen === "site") view.sites(sync.sites);
    if (view.screen === "tubes") view.tubes();
  }

  setInterval(() => {
    const limit = (round.pack?.limits.idle_minutes ?? 30) * 60000;
    if (!resting && Date.now() - touched > limit) rest();
  }, LOOK);
  document.addEventListener("pointerdown", () => { touched = Date.now(); scan.wake(); }, { capture: true });
  document.addEventListener("keydown", (event) => {
    touched = Date.now();
    // A hand scanner types wherever the focus happens to be: bring it to the one field.
    if (event.key.length === 1 && !event.target.matches("input, textarea")) focus();
  }, { capture: true });

  /* ---- what is pressed ---- */

  const offers = {
    single: async () => heard(await round.single(offered.alone)),
    move: async () => heard(await round.move(offered.move.from, offered.move.names[0], round.desk.tube)),
  };

  const presses = {
    go: (name) => go(name),
    method: async (code) => heard(await round.choose(code)),
    offer: (name) => offers[name](),
    tube: (id) => { view.tube(id); view.show("tube"); view.paint(); },
    resident: async (id) => { heard(await round.person({ person: Number(id), kind: "none" })); go("work"); },
    site: async (id) => {
      if (!(await sync.choose(Number(id)))) { view.say({ refused: "siteOver" }, "site-said"); return; }
      round.asked = true;
      go("work");
    },
    missed: (id) => missedView.ask(Number(id)),
    why: missedView.why,
    box: async (code) => { heard(await round.box(code)); go("work"); },
    sealed: (id) => { view.sealed(id); view.show("sealed"); },
    remove: (who) => { if (self.confirm(words.removeSure)) inTube((id) => round.remove(id, who)); },
    move: (who) => inTube((id) => round.move(id, who, round.desk.tube)),
  };

  async function inTube(action) {
    const id = at("tube-doings").dataset.of;
    const result = heard(await action(id), "tube-said");
    view.tube(id);
    if (result.refused) view.say(result, "tube-said");
  }

  function camera(film, found, where) {
    scan.look(at(film), found).catch((error) => {
      scan.stop(at(film));
      view.say({ refused: "camera" }, where);
      console.info("field: no camera", error?.name);
    });
  }

  const buttons = {
    "field-close": async () => { heard(await round.close()); focus(); },
    "field-camera": () => camera("field-film", scanned, "field-said"),
    "missed-camera": () => camera("missed-film", missedView.entered, "missed-said"),
    "menu-rest": rest,
    "menu-send": () => { sync.go(); go("work"); },
    "tube-again": async () => {
      if (!heard(await round.again(at("tube-doings").dataset.of), "tube-said").refused) go("work");
    },
    "tube-void": () => { if (self.confirm(words.voidSure)) inTube((id) => round.voidTube(id)); },
  };

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if (buttons[pressed.id]) buttons[pressed.id]();
    for (const [name, action] of Object.entries(presses)) if (name in pressed.dataset) action(pressed.dataset[name]);
  });

  /* ---- what is typed; a hand scanner types too, and ends with Enter ---- */

  const forms = {
    "field-scan": () => { const text = at("field-input").value; at("field-input").value = ""; return scanned(text); },
    "person-form": person,
    "list-form": () => undefined,
    "missed-form": () => missedView.entered(at("missed-sought").value),
    "group-form": group,
    "seal-form": seal,
  };

  async function person(form) {
    const given = Object.fromEntries(new FormData(form));
    if (given.kind === "none" && !given.name.trim()) return heard({ refused: "motherMissing" }, "person-said");
    const result = heard(await round.person(given));
    if (!["apart", "twice", "full", "noTube"].includes(result.refused) && !result.done) return view.say(result, "person-said");
    form.reset();
    at("person-said").textContent = "";
    return go("work");
  }

  async function group(form) {
    const lines = at("group-text").value.split(/[\s,;，；、]+/).filter(Boolean);
    const left = [];
    let taken = 0;
    for (const number of lines) {
      const result = await round.person({ kind: "resident", number });
      if (result.refused) left.push([number, result]);
      else taken += 1;
    }
    at("group-text").value = left.map(([number]) => number).join("\n");
    if (!left.length) { form.reset(); heard({ done: "group", n: taken }); return go("work"); }
    heard({ refused: "groupLeft", n: taken, left: left.length }, "group-said");
    for (const [number, result] of left.slice(0, 12)) {
      const line = document.createElement("p");
      at("group-said").append(line);
      line.id = `group-line-${at("group-said").children.length}`;
      view.say(result, line.id);
      line.className = "field-line";
      line.prepend(`${self.fieldCodes.tail(number)} `);
    }
    return undefined;
  }

  async function seal(form) {
    const typed = at("seal-celsius").value.replace("−", "-").replace(",", ".").trim();
    const result = heard(await round.seal({ seal: at("seal-number").value, celsius: typed === "" ? null : Number(typed) }), "seal-said");
    if (result.refused) return;
    form.reset();
    view.say(result);
    view.sealed(result.box);
    view.show("sealed");
  }

  document.addEventListener("submit", (event) => {
    const action = forms[event.target.id];
    if (!action) return;
    event.preventDefault();
    action(event.target);
  });
  at("person-form").addEventListener("change", kind);
  at("list-sought").addEventListener("input", () => view.residents(at("list-sought").value));
  at("missed-sought").addEventListener("input", () => missedView.typed(at("missed-sought").value));
  at("field-input").addEventListener("pointerdown", () => { at("field-input").inputMode = "text"; });

  /* ---- the beginning ---- */

  async function install() {
    const workers = navigator.serviceWorker;
    if (!workers) return;
    await workers.register(`${PAGE}/worker.js`, { scope: PAGE });
    await workers.ready;
    document.documentElement.dataset.worker = "ready";
  }

  async function begin() {
    document.documentElement.classList.add("has-script");
    for (const id of ["field-camera", "missed-camera"]) at(id).hidden = !scan.can;
    if (!self.crypto?.subtle || !self.indexedDB) { view.show("nothing"); return; }
    install().catch((error) => console.info("field: no service worker", error?.name));
    const stands = await vault.begin(account);
    round.kept = remember;
    navigator.storage?.persist?.();
    self.fieldPin.begin(stands, opened);
    await sync.begin({ account }, painted);
  }

  begin();
})();
