/* What a site did without a network: kept on the device in order, sent once each, never under another account.

   Used by the page and by its service worker; knows no document. Kept are only what was signed, said and reported
   and is not yet sent, and the offset of the server's clock; what has been sent is deleted at once.

   inboxStore.put(item)       item = {owner, verb, recipient, body, photos?, place?, number, title, said?};
                             `place` instead of a recipient for what goes upward; gives its id
   inboxStore.mine(owner)     what waits for this account, oldest first; refused items carry {code, text, state}
   inboxStore.strangers(owner) how many wait for other accounts on this device
   inboxStore.drop(id)        forget one (a refusal that was read)
   inboxStore.flush(source)   send what may be sent: {ended: "sent" | "offline" | "signed-out", sent, data}; `source`
                             tells the account, a form token and the time: /inbox/data, or /shelf/data for the shelf
   inboxStore.keep(name, value), .kept(name), .forget(prefix)   a list that a page shows without a network, while it may
   inboxStore.uid()           a UUIDv7
   inboxStore.learn(data)     take over the server's time;  inboxStore.now() gives it in milliseconds            */
"use strict";

self.inboxStore = (() => {
  const VERBS = {
    acknowledge: (item) => `/recipients/${item.recipient}/acknowledge`,
    begin: (item) => `/recipients/${item.recipient}/begin`,
    report: (item) => `/recipients/${item.recipient}/report`,
    trouble: (item) => `/recipients/${item.recipient}/trouble`,
    "confirm-stop": (item) => `/recipients/${item.recipient}/confirm-stop`,
    progress: (item) => `/recipients/${item.recipient}/progress`,
    nil: (item) => `/recipients/${item.recipient}/nil`,
    ask: () => "/upward",
    seen: (item) => `/escalations/${item.recipient}/seen`,
    "stock-count": () => "/shelf/counts",
    "stock-receive": () => "/shelf/receipts",
    "stock-issue": () => "/shelf/issues",
    "day-mark": () => "/api/v1/day/sync",
  };
  // The state that an action brings about: when it stands already, an earlier try arrived and its answer was lost.
  const REACHED = {
    begin: ["in_progress", "reported", "accepted"],
    "confirm-stop": ["stopped", "waived"],
  };
  const PATIENCE = 20000;

  let clock = { server: Date.now(), local: Date.now(), rate: 1 };
  let kept = null;
  let opened = null;

  /* Without a database (private windows) the list lives as long as the page. */
  function inMemory() {
    const rows = new Map();
    let last = 0;
    return {
      add: async (row) => { last += 1; rows.set(last, { ...row, id: last }); return last; },
      all: async () => [...rows.values()],
      put: async (row) => { rows.set(row.id, row); },
      drop: async (id) => { rows.delete(id); },
      fact: async () => undefined,
      setFact: async () => undefined,
      forget: async () => undefined,
    };
  }

  function inDatabase() {
    const db = new self.Dexie("region-inbox");
    db.version(1).stores({ queue: "++id, owner", facts: "name" });
    return {
      add: (row) => db.queue.add(row),
      all: () => db.queue.orderBy("id").toArray(),
      put: (row) => db.queue.put(row),
      drop: (id) => db.queue.delete(id),
      fact: async (name) => (await db.facts.get(name))?.value,
      setFact: (name, value) => db.facts.put({ name, value }),
      forget: (prefix) => db.facts.where("name").startsWith(prefix).delete(),
      ready: () => db.open(),
    };
  }

  /* `first` is the page's own time, for a device that has not yet learned the server's. */
  function open(first) {
    if (first && !opened) clock = { server: Date.parse(first.now), local: Date.now(), rate: Number(first.rate) };
    opened ??= (async () => {
      try {
        kept = inDatabase();
        await kept.ready();
        clock = (await kept.fact("clock")) ?? clock;
      } catch (error) {
        console.info("inbox: kept in memory only", error?.name);
        kept = inMemory();
      }
      return kept;
    })();
    return opened;
  }

  function now() {
    return clock.server + (Date.now() - clock.local) * clock.rate;
  }

  async function learn(data) {
    clock = { server: Date.parse(data.now), local: Date.now(), rate: data.rate };
    await (await open()).setFact("clock", clock);
  }

  const keep = async (name, value) => (await open()).setFact(name, value);
  const keptUnder = async (name) => (await open()).fact(name);
  const forget = async (prefix) => (await open()).forget(prefix);

  async function put(item) {
    return (await open()).add({ ...item, at: new Date(now()).toISOString() });
  }

  async function mine(owner) {
    return (await (await open()).all()).filter((item) => item.owner === owner);
  }

  async function strangers(owner) {
    return (await (await open()).all()).filter((item) => item.owner !== owner).length;
  }

  async function drop(id) {
    await (await open()).drop(id);
  }

  async function ask(path, options = {}) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      return await fetch(path, {
        cache: "no-store",
        credentials: "same-origin",
        signal: patience.signal,
        ...options,
        headers: { Accept: "application/json", ...options.headers },
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /* How the server answered one item: done, refused (with its reason), later, or signed-out. */
  async function judge(item, response) {
    if (response.ok) return judged(await response.json());
    if (response.status === 401) return { ended: "signed-out" };
    if (response.status >= 500 || response.status === 429 || response.status === 408) return { ended: "later" };
    const told = await response.json().catch(() => ({ error: "unreadable", text: "" }));
    if (told.error === "form-expired") return { ended: "token" };
    if (told.error === "not-from-here" && REACHED[item.verb]?.includes(told.facts?.state)) return { ended: "done" };
    return { ended: "refused", refused: { code: told.error, text: told.text ?? "", state: told.facts?.state ?? "" } };
  }

  /* A batch of marks is answered mark by mark; this list sends them singly. */
  function judged(answer) {
    const [mark] = answer.marks ?? [];
    if (mark?.ended !== "refused") return { ended: "done", answer };
    return { ended: "refused", refused: { code: mark.code, text: mark.text, state: mark.state } };
  }

  async function sendPhotos(item, csrf) {
    const store = await open();
    for (const photo of item.photos ?? []) {
      if (photo.id) continue;
      const form = new FormData();
      if (item.place) form.append("place", String(item.place));
      else form.append("recipient", String(item.recipient));
      form.append("file", photo.blob, photo.name);
      const headers = { "X-CSRFToken": csrf };
      const found = await judge(item, await ask("/inbox/files", { method: "POST", body: form, headers }));
      if (found.ended !== "done") return found;
      photo.id = found.answer.id;
      await store.put(item);
    }
    return { ended: "done" };
  }

  async function send(item, csrf) {
    const photos = await sendPhotos(item, csrf);
    if (photos.ended !== "done") return photos;
    const body = { ...item.body };
    if (item.photos?.length) body.files = item.photos.map((photo) => photo.id);
    const response = await ask(VERBS[item.verb](item), {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    });
    return judge(item, response);
  }

  async function sendAll(source) {
    const store = await open();
    const response = await ask(source);
    if (response.status === 401) return { ended: "signed-out", sent: 0 };
    if (!response.ok) return { ended: "offline", sent: 0 };
    const data = await response.json();
    await learn(data);
    let sent = 0;
    for (const item of await mine(data.account)) {
      if (item.refused) continue;
      const found = await send(item, data.csrf);
      if (found.ended === "signed-out") return { ended: "signed-out", sent, data };
      if (found.ended === "later" || found.ended === "token") return { ended: "offline", sent, data };
      if (found.ended === "refused") await store.put({ ...item, refused: found.refused });
      else await store.drop(item.id);
      sent += 1;
    }
    return { ended: "sent", sent, data };
  }

  /* One sender at a time: several pages and the worker share the list. */
  async function flush(source = "/inbox/data") {
    const all = () => sendAll(source);
    try {
      if (self.navigator.locks) return await self.navigator.locks.request("region-inbox-send", all);
      return await all();
    } catch (error) {
      if (error instanceof TypeError || error?.name === "AbortError") return { ended: "offline", sent: 0 };
      throw error;
    }
  }

  /* UUIDv7; crypto.randomUUID is missing on plain http. */
  function uid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let i = 5; i >= 0; i -= 1) { bytes[i] = time % 256; time = Math.floor(time / 256); }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  return { put, mine, strangers, drop, flush, learn, now, ask, open, uid, keep, kept: keptUnder, forget };
})();
