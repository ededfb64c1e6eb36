// Keeps the wall true: applies what the server sends, says how old everything is, and comes back when the line does.
//
// Events of /board/live: snapshot and patch {head, tiles, directives, pace, hands, answers, supplies, sampling, timeline, sites}, beat {now, rate, age},
// end. A browser with several walls holds one stream: the tab with the lock listens and tells the others.
"use strict";

(() => {
  const { hour, clock, say, list } = window.WallWords;
  const STALE_SECONDS = 15; // without a beat
  const UNCOMPUTED_SECONDS = 45; // the server lives and cannot look
  const ALARM_SECONDS = 60;
  const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];
  const RELOAD_HOUR = 4;
  const LEAST_UPTIME = 2 * 3600 * 1000;

  const wall = document.getElementById("wall");
  const find = (id) => document.getElementById(`wall-${id}`);
  const body = document.body;
  const begun = performance.now();
  const state = {
    id: wall.dataset.id, empty: wall.dataset.empty === "yes", burning: wall.dataset.burning === "yes", bad: new Set(wall.dataset.bad.split(" ")),
    time: { at: Date.parse(wall.dataset.now), since: begun, rate: Number(wall.dataset.rate) || 1 },
    asOf: Date.parse(wall.dataset.now), heard: begun, age: 0, failures: 0, out: false,
  };

  // ---- what is shown ----

  const show = {
    head(head) {
      for (const place of document.querySelectorAll("[data-head]")) {
        const text = head[place.dataset.head] || "";
        place.textContent = text;
        place.hidden = !text;
      }
      state.burning = head.burning;
      wall.dataset.running = head.running;
      if (state.empty !== head.empty) location.reload(); // the first areas: a map is drawn by the server
    },
    tiles(tiles) { list(find("tiles"), "tiles", tiles); },
    directives(orders) {
      list(find("directives"), "directives", orders.list);
      find("running").textContent = orders.total;
      find("no-orders").hidden = orders.list.length > 0;
    },
    pace(pace) {
      find("pace").hidden = !pace;
      if (!pace) return;
      find("pace-name").textContent = pace.name;
      find("bars").style.setProperty("--most", pace.most);
      list(find("bars"), "bars", pace.bars);
    },
    hands(hands) {
      list(find("hands"), "hands", hands.list);
      find("more").textContent = hands.more;
      find("no-hands").hidden = hands.list.length > 0;
      const fresh = hands.alarms.find((one) => !state.bad.has(one.key));
      state.bad = new Set(hands.alarms.map((one) => one.key));
      if (fresh) alarm(fresh.text);
    },
    answers(answers) {
      list(find("figures"), "tiles", answers.figures);
      list(find("rungs"), "rungs", answers.rungs);
      list(find("waiting"), "hands", answers.list);
      find("waiting-more").textContent = answers.more;
      find("no-waiting").hidden = answers.list.length > 0;
    },
    supplies(supplies) { document.dispatchEvent(new CustomEvent("wall:supplies", { detail: supplies })); },
    sampling(sampling) { document.dispatchEvent(new CustomEvent("wall:sampling", { detail: sampling })); },
    timeline(lines) {
      list(find("timeline"), "timeline", lines);
      find("no-timeline").hidden = lines.length > 0;
    },
  };

  function apply(shown) {
    for (const [part, draw] of Object.entries(show)) if (part in shown) draw(shown[part]);
    state.time = { at: Date.parse(shown.as_of), since: performance.now(), rate: shown.rate };
    state.asOf = state.time.at;
    tick();
  }

  function patched(sites) {
    if (Object.keys(sites).length) document.dispatchEvent(new CustomEvent("region:patch", { detail: { layer: "sites", features: sites } }));
  }

  // Unmistakable and silent; a control room that wants a tone opens the wall with ?sound=1.
  function alarm(text) {
    const bar = find("alarm");
    bar.lastElementChild.textContent = text;
    bar.hidden = false;
    body.classList.add("is-alarmed");
    clearTimeout(alarm.timer);
    alarm.timer = setTimeout(() => { bar.hidden = true; body.classList.remove("is-alarmed"); }, ALARM_SECONDS * 1000);
    if (new URLSearchParams(location.search).get("sound") === "1") sound();
  }

  function sound() {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.6);
    tone.onended = () => audio.close();
  }

  // ---- how old it is ----

  const realmNow = () => new Date(state.time.at + (performance.now() - state.time.since) * state.time.rate);

  function tick() {
    find("clock").textContent = clock(realmNow());
    const silent = (performance.now() - state.heard) / 1000;
    const uncomputed = state.age + silent > UNCOMPUTED_SECONDS;
    const cut = state.out || silent > STALE_SECONDS || uncomputed;
    body.classList.toggle("is-cut", cut);
    for (const part of wall.children) part.classList.toggle("stale", cut);
    for (const count of wall.querySelectorAll("[data-count-state]")) count.parentElement.hidden = count.textContent === "0";
    const time = hour(new Date(state.asOf));
    const word = !cut ? "sayAsOf" : state.out ? "sayOut" : silent > STALE_SECONDS ? "sayCut" : "sayUncomputed";
    write(find("age"), say(word, { time }));
    const minutes = Math.floor((realmNow() - state.asOf) / 60000);
    for (const place of wall.querySelectorAll("[data-at]")) write(place, cut ? say("sayOld", { n: minutes }) : time);
  }

  function write(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }

  // ---- what is heard ----

  function heard(kind, id, data) {
    state.heard = performance.now();
    state.failures = 0;
    state.out = false;
    if (id) state.id = id;
    if (kind === "beat") {
      state.age = data.age ?? UNCOMPUTED_SECONDS;
      if (data.now) {
        state.time = { at: Date.parse(data.now), since: performance.now(), rate: data.rate };
        state.asOf = state.time.at - state.age * 1000 * data.rate;
      }
      tick();
      return;
    }
    state.age = 0;
    apply(data);
    if (kind === "patch") patched(data.sites);
    else document.dispatchEvent(new CustomEvent("region:refresh", { detail: { layer: "sites" } }));
  }

  function listen(tell) {
    const url = new URL(wall.dataset.live, location.href);
    url.searchParams.set("since", state.id);
    const source = new EventSource(url);
    let over = false;
    const again = (seconds) => {
      over = true;
      source.close();
      clearTimeout(watchdog);
      setTimeout(() => listen(tell), seconds * 1000);
    };
    const leave = () => { if (!over) lost(again); };
    // A line that is cut without a word is found by its silence.
    let watchdog = 0;
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(leave, STALE_SECONDS * 1000);
    };
    watch();
    for (const kind of ["snapshot", "patch", "beat"]) {
      source.addEventListener(kind, (event) => {
        watch();
        tell(kind, event.lastEventId, JSON.parse(event.data));
      });
    }
    source.addEventListener("end", leave);
    source.onerror = leave;
  }

  // After a loss: wait longer each time, and not all screens at the same moment; ask whether we are still let in.
  async function lost(again) {
    const wait = RETRY_SECONDS[Math.min(state.failures, RETRY_SECONDS.length - 1)];
    state.failures += 1;
    again(wait * (0.5 + Math.random()));
    if (state.failures < 2) return;
    const answer = await ask();
    state.out = answer !== null && (answer.status === 401 || answer.status === 403);
    tick();
  }

  async function ask() {
    try {
      return await fetch(wall.dataset.snapshot, { headers: { Accept: "application/json" }, cache: "no-store" });
    } catch (error) {
      if (error instanceof TypeError) return null; // the network is away: the page says so already
      throw error;
    }
  }

  // ---- once a browser, for a week ----

  function begin() {
    if (!navigator.locks) {
      listen(heard);
      return;
    }
    const name = `region-wall ${wall.dataset.live}`;
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data: [kind, id, data] }) => heard(kind, id, data);
    const tell = (kind, id, data) => {
      heard(kind, id, data);
      channel.postMessage([kind, id, data]);
    };
    navigator.locks.request(name, () => new Promise(() => listen(tell)));
  }

  // New versions arrive at four in the morning, when nothing burns and the server answers.
  async function renew() {
    if (state.burning || performance.now() - begun < LEAST_UPTIME) return;
    if (hour(new Date()).slice(0, 2) !== String(RELOAD_HOUR).padStart(2, "0")) return;
    const answer = await ask();
    if (answer?.ok) location.reload();
  }

  setInterval(tick, 1000);
  setInterval(renew, 5 * 60 * 1000);
  begin();
})();
