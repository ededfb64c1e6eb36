/* Proposals by the keyboard: j and k go from one to the next, a goes to the button that
   accepts the one at hand (Enter presses it), d to the reason for dismissing it. */
"use strict";

(() => {
  // The second half of a double click may land on the next proposal, which has moved up: it decides nothing.
  const loaded = performance.now();
  document.addEventListener("submit", (event) => {
    if (performance.now() - loaded < 600) event.preventDefault();
  });

  const all = [...document.querySelectorAll("#proposals > li")];
  const here = () => all.findIndex((one) => one.contains(document.activeElement));

  const go = (step) => {
    const at = here();
    const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step));
    if (all[next]) {
      all[next].focus();
      all[next].scrollIntoView({ block: "nearest" });
    }
  };

  const press = (key) => {
    const wanted = all[here()]?.querySelector(`[data-key="${key}"]`);
    if (wanted) wanted.focus();
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const acts = { j: () => go(1), k: () => go(-1), a: () => press("a"), d: () => press("d") };
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
})();
