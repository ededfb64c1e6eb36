// What the wall's script says and shows in the reader's language: hours, the clock, and parts filled from their markup.
"use strict";

(() => {
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const chinese = document.documentElement.lang.startsWith("zh");
  const zone = document.getElementById("wall").dataset.zone;
  const formatter = new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", {
    timeZone: zone, hourCycle: "h23", weekday: "short", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });

  const parts = (date) => Object.fromEntries(formatter.formatToParts(date).map(({ type, value }) => [type, value]));

  // 10:42
  function hour(date) {
    const p = parts(date);
    return `${p.hour}:${p.minute}`;
  }

  // 08-04 周四 10:00 or Thu 4 Aug 10:00, as the server writes it.
  function clock(date) {
    const p = parts(date);
    if (chinese) return `${p.month}-${p.day} ${p.weekday} ${p.hour}:${p.minute}`;
    return `${p.weekday} ${Number(p.day)} ${MONTHS[Number(p.month) - 1]} ${p.hour}:${p.minute}`;
  }

  const words = document.getElementById("wall").dataset;
  const say = (name, facts) => Object.entries(facts).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words[name]);

  // One part of the page from its template, its places filled with the item's words; text only, never HTML.
  function part(name, item) {
    const made = document.getElementById(`part-${name}`).content.firstElementChild.cloneNode(true);
    made.className = made.className.replace("is-plain", `is-${item.tone}`);
    made.dataset.key = item.key ?? item.id ?? "";
    for (const place of made.querySelectorAll("[data-text]")) place.textContent = item[place.dataset.text] ?? "";
    for (const place of made.querySelectorAll("[data-mark]")) place.className = `mark mark-${item.mark}`;
    for (const place of made.querySelectorAll("[data-meter]")) {
      place.style.setProperty("--value", `${item.value}%`);
      place.style.setProperty("--target", `${item.target}%`);
    }
    if ("bar" in made.dataset) {
      made.style.setProperty("--a", item.late);
      made.style.setProperty("--b", item.in_time);
    }
    return made;
  }

  function list(box, name, items) {
    box.replaceChildren(...items.map((item) => part(name, item)));
  }

  window.WallWords = { hour, clock, say, list };
})();
