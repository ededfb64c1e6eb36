// The duty desk: refreshes its lists, posts what its buttons say, and works through the chosen rows of an order.
//
// /desk          #desk-lists[data-url] is fetched every 5 s (304 while nothing changed); [data-post] posts and refreshes.
// /desk/directives/ID   #bulk: the chosen recipients, one POST each to the dispatch routes, then the page anew.
"use strict";

(() => {
  const EVERY = 5000;
  const token = document.querySelector('meta[name="csrf-token"]')?.content || "";
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

  async function post(path, fields = {}) {
    const answer = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify(fields),
    });
    return { ok: answer.ok, said: await answer.json() };
  }

  const lists = document.getElementById("desk-lists");
  const age = document.getElementById("desk-age");
  let tag = "";
  let since = new Date();

  const clock = (moment) => moment.toLocaleTimeString("zh-CN", { hour12: false });

  // The server's own escaped page, parsed without running anything in it.
  function show(text) {
    const held = document.activeElement?.closest?.("#desk-lists a[href], #desk-lists [data-post]");
    const key = held?.getAttribute("href") || held?.dataset.post;
    lists.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    if (!key) return;
    const same = [...lists.querySelectorAll("a[href], [data-post]")];
    same.find((one) => (one.getAttribute("href") || one.dataset.post) === key)?.focus({ preventScroll: true });
  }

  async function refresh() {
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(lists.dataset.url, { credentials: "same-origin", cache: "no-store", headers });
      if (answer.status === 200 && !answer.redirected) {
        tag = answer.headers.get("ETag") || "";
        show(await answer.text());
      } else if (answer.status !== 304) throw new Error(`answered ${answer.status}`);
      since = new Date();
      age.textContent = fill(age.dataset.said, { time: clock(since) });
      lists.classList.remove("stale");
    } catch {
      age.textContent = fill(age.dataset.lost, { time: clock(since) });
      lists.classList.add("stale");
    }
  }

  if (lists) {
    setInterval(() => { if (!document.hidden) refresh(); }, EVERY);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
    lists.addEventListener("click", async ({ target }) => {
      const button = target.closest("[data-post]");
      if (!button) return;
      button.disabled = true;
      try {
        await post(button.dataset.post);
      } finally {
        button.disabled = false;
        refresh();
      }
    });
  }

  const bulk = document.getElementById("bulk");
  if (!bulk) return;
  const words = JSON.parse(bulk.dataset.words);
  const boxes = () => [...bulk.querySelectorAll('input[name="recipient"]')];
  const picked = document.getElementById("picked");
  const why = document.getElementById("why");

  function count() {
    const chosen = boxes().filter((box) => box.checked);
    picked.textContent = chosen.length ? fill(picked.dataset.word, { n: chosen.length }) : "";
    for (const button of bulk.querySelectorAll("[data-bulk]")) {
      const able = button.dataset.bulk === "accept" ? chosen.some((box) => box.dataset.state === "reported") : why.value.trim();
      button.disabled = !chosen.length || !able;
    }
  }

  function toast(text, bad) {
    const line = document.createElement("p");
    line.className = `toast ${bad ? "is-bad" : "is-working"}`;
    line.textContent = text;
    document.getElementById("toasts").replaceChildren(line);
  }

  async function work(verb) {
    const chosen = boxes().filter((box) => box.checked && (verb !== "accept" || box.dataset.state === "reported"));
    const refused = [];
    for (const [at, box] of chosen.entries()) {
      toast(fill(words.busy, { n: at + 1, total: chosen.length }));
      const fields = { version: Number(box.dataset.version) };
      if (verb === "waive") Object.assign(fields, { text: why.value.trim(), uid: `${bulk.dataset.uid.slice(0, 23)}-${box.value}` });
      const { ok, said } = await post(`/recipients/${box.value}/${verb}`, fields);
      if (!ok) refused.push(said.text);
    }
    const facts = { n: chosen.length - refused.length, m: refused.length, why: refused[0] };
    toast(fill(refused.length ? words.failed : words.done, facts), refused.length);
    setTimeout(() => location.reload(), refused.length ? 4000 : 800);
  }

  bulk.addEventListener("submit", (event) => event.preventDefault());
  bulk.addEventListener("input", ({ target }) => {
    if (target.id === "all") boxes().forEach((box) => { box.checked = target.checked && !box.disabled; });
    count();
  });
  bulk.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-bulk]");
    if (!button) return;
    for (const one of bulk.querySelectorAll("[data-bulk]")) one.disabled = true;
    try {
      await work(button.dataset.bulk);
    } catch {
      toast(words.lost, true);
      count();
    }
  });
})();
