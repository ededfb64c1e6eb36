// The morning list by keys: j and k go on and back, what carries data-key is pressed by it. The map's day by its slider.
"use strict";

(() => {
  const list = document.getElementById("alerts");
  if (list) {
    const cards = [...list.children];
    let at = -1;
    const go = (by) => {
      at = Math.min(Math.max(at + by, 0), cards.length - 1);
      cards[at].focus();
      cards[at].scrollIntoView({ block: "nearest" });
    };
    const press = (key) => {
      const one = at < 0 ? null : cards[at].querySelector(`[data-key="${key}"]`);
      if (one instanceof HTMLInputElement) one.focus();
      else if (one) one.click();
    };
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (event.key === "j") go(1);
      else if (event.key === "k") go(-1);
      else if (["1", "2", "3"].includes(event.key)) press(event.key);
      else return;
      event.preventDefault();
    });
  }
  const back = document.getElementById("back");
  if (back) {
    const day = document.getElementById("day");
    const shown = () => {
      const then = new Date(`${back.dataset.today}T00:00:00Z`);
      then.setUTCDate(then.getUTCDate() - Number(back.value));
      day.value = then.toISOString().slice(0, 10);
    };
    back.addEventListener("input", shown);
    back.addEventListener("change", () => document.getElementById("day-form").submit());
  }
})();
