/* Who holds this telephone proves it by six digits: set once, asked when the tab was closed and after a rest.

   fieldPin.begin(kind, opened)   kind "new" | "locked"; opened() once the vault is open
                                  again after a screen that only rested: the key may still be there            */
"use strict";

self.fieldPin = (() => {
  const LENGTH = 6;
  const vault = self.fieldVault;
  const view = self.fieldView;
  const { words } = view;
  const at = view.at;

  let mode = "locked";
  let first = "";
  let typed = "";
  let busy = false;
  let waiting = false;
  let opened = () => undefined;
  let ticking = 0;

  function paint(said = "") {
    at("pin-title").textContent = words.pin[mode].title;
    at("pin-hint").textContent = words.pin[mode].hint;
    at("pin-dots").textContent = "●".repeat(typed.length) + "○".repeat(LENGTH - typed.length);
    at("pin-said").textContent = said;
    at("pin-said").className = said ? "field-said is-bad" : "field-said";
  }

  function countDown(seconds) {
    clearInterval(ticking);
    busy = waiting = true;
    let left = seconds;
    const tick = () => {
      paint(view.fill(words.pin.wait, { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` }));
      left -= 1;
      if (left >= 0) return;
      clearInterval(ticking);
      busy = waiting = false;
      paint();
    };
    tick();
    ticking = setInterval(tick, 1000);
  }

  async function entered(pin) {
    if (mode === "new") { [first, mode] = [pin, "again"]; return paint(); }
    if (mode === "again") {
      if (pin !== first) { mode = "new"; return paint(words.pin.differ); }
      if (new Set(pin).size === 1 || "01234567890 09876543210".includes(pin)) { mode = "new"; return paint(words.pin.easy); }
      await vault.make(pin);
      return opened();
    }
    const found = vault.open() ? await vault.check(pin) : await vault.unlock(pin);
    if (found.wait) return countDown(found.wait);
    if (!found.ok) return paint(view.fill(words.pin.wrong, { n: found.left }));
    paint();
    return opened();
  }

  async function press(key) {
    self.fieldScan.wake();
    if (busy) return;
    if (key === "back") typed = typed.slice(0, -1);
    else if (typed.length < LENGTH) typed += key;
    paint();
    if (typed.length < LENGTH) return;
    busy = true;
    const pin = typed;
    typed = "";
    try {
      await entered(pin);
    } catch (error) {
      paint(words.pin.failed);
      throw error;
    } finally {
      busy = waiting;
    }
  }

  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-pin]")?.dataset.pin;
    if (key) press(key);
  });
  document.addEventListener("keydown", (event) => {
    if (view.screen !== "pin" || event.ctrlKey || event.metaKey) return;
    if (/^\d$/.test(event.key)) press(event.key);
    if (event.key === "Backspace") press("back");
  });

  function begin(kind, then) {
    mode = kind;
    opened = then;
    typed = "";
    paint();
    view.show("pin");
  }

  return { begin };
})();
