/* What the pages of a device share: rounds with the region, one at a time, and the worker that keeps the page.

   devicePage.rounds({every, round, paint, state, offline})   the function that begins a round; `go.busy()` while one runs
   devicePage.begin({scope, address, go, paint, offline})     rounds follow the network; the page is kept at `address`  */
"use strict";

self.devicePage = (() => {
  const lost = (error) => error instanceof TypeError || error?.name === "AbortError";

  /* One round at a time; whoever asks meanwhile gets one more after it. */
  function rounds({ every, round, paint, state, offline }) {
    let timer = 0;
    let running = null;

    async function go() {
      clearTimeout(timer);
      if (running) { running.again = true; return; }
      running = { again: false };
      try {
        await round();
      } catch (error) {
        if (!lost(error)) throw error;
        offline();
      } finally {
        const { again } = running;
        running = null;
        if (!navigator.onLine && state() === "online") offline(); // the network went while the round ran
        await paint();
        timer = setTimeout(go, again ? 0 : every());
      }
    }

    go.busy = () => running !== null;
    return go;
  }

  function keepPage(scope, address, go) {
    const workers = navigator.serviceWorker;
    if (!workers) return;
    const fillCache = async () => {
      const answer = await self.inboxStore.ask(address, { headers: { Accept: "text/html" } });
      if (answer.ok) document.body.dataset.worker = "ready";
    };
    if (workers.controller) document.body.dataset.worker = "ready";
    else workers.addEventListener("controllerchange", () => fillCache().catch(go), { once: true });
    workers.addEventListener("message", go);
    workers.register("/service-worker.js", { scope })
      .catch((error) => console.info(`${scope}: no service worker`, error?.name));
  }

  async function begin({ scope, address, go, paint, offline }) {
    for (const name of ["online", "focus"]) addEventListener(name, go);
    addEventListener("offline", () => { offline(); paint(); });
    keepPage(scope, address, go);
    await go();
  }

  return { rounds, begin };
})();
