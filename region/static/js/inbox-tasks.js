/* The numbers of an order on its card: what is told and not sent yet counts already, and whether one tap may report.

   inboxTasks.paint(card, waiting)   lay the kept items of this card over its numbers                             */
"use strict";

const inboxTasks = (() => {
  const figure = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  const number = (text) => (text === undefined || text === "" ? null : Number(text));

  /* The number that counts: the newest kept on this device, else the server's. */
  function value(row, waiting) {
    const told = waiting.filter((item) => item.verb === "progress" && item.body.task === row.dataset.task);
    return told.length ? told.at(-1).body.value : number(row.dataset.value);
  }

  function paintRow(row, now) {
    const target = number(row.dataset.target);
    row.querySelector("[data-task-value]").textContent = now === null ? "–" : figure(now);
    row.querySelector(".meter")?.style.setProperty("--value", `${Math.min(100, (100 * (now ?? 0)) / target)}%`);
    const mark = row.querySelector("[data-task-mark]");
    if (target !== null && (now ?? 0) >= target) mark.className = "mark mark-done";
    else if (mark.classList.contains("mark-done")) mark.className = "mark mark-working";
    const input = row.querySelector('input[name="value"]');
    if (input && now !== null && !row.classList.contains("is-written")) input.value = String(now);
  }

  function paint(card, waiting) {
    const box = card.querySelector(".order-tasks");
    if (!box) return;
    const known = [...box.querySelectorAll("[data-task]")].map((row) => ({ row, now: value(row, waiting) }));
    for (const { row, now } of known) paintRow(row, now);
    const aimed = known.filter(({ row }) => row.dataset.target !== undefined);
    const reached = "plain" in box.dataset && aimed.length > 0
      && aimed.every(({ row, now }) => (now ?? 0) >= Number(row.dataset.target))
      && known.every(({ row, now }) => now !== null || !("required" in row.dataset));
    const ready = card.querySelector(".order-ready");
    if (!ready) return;
    ready.hidden = box.hidden || !reached;
    card.classList.toggle("is-ready", !ready.hidden);
    ready.querySelector("[data-numbers]").textContent = known.filter(({ now }) => now !== null)
      .map(({ row, now }) => `${row.dataset.label} ${figure(now)} ${row.dataset.unit}`.trim()).join(" · ");
  }

  document.addEventListener("click", (event) => {
    const step = event.target.closest?.("[data-step]");
    if (!step) return;
    const input = step.closest("form").querySelector('input[name="value"]');
    input.value = String(Number(input.value || 0) + Number(step.dataset.step));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });

  return { paint };
})();
