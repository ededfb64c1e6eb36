// What an order in words of one's own asks for: rows of name, both languages, unit and target. deskEvidence.read()
// gives them as the draft wants them. What a row of a replaced order held besides is kept as it was.
"use strict";

(() => {
  const form = document.getElementById("composer");
  const words = JSON.parse(document.getElementById("composer-words").textContent);
  const box = document.getElementById("evidence");
  const rows = () => [...box.querySelectorAll(".asked")];
  const part = (row, name) => row.querySelector(`[data-asked="${name}"]`);

  function read() {
    return rows().filter((row) => part(row, "zh").value.trim() || part(row, "en").value.trim()).map((row, n) => {
      const [zh, en] = [part(row, "zh").value.trim(), part(row, "en").value.trim()];
      const kept = JSON.parse(row.dataset.rest || "{}");
      const type = part(row, "type").value;
      const item = { name: part(row, "name").value.trim() || `item_${n + 1}`, type, label: { zh, en } };
      item.required = part(row, "required").checked;
      if (type !== "number") return item;
      const target = part(row, "target").value.trim();
      item.unit = { zh: part(row, "unit_zh").value.trim(), en: part(row, "unit_en").value.trim() };
      if (target) item.target = Number(target);
      for (const name of ["limit", "measure"]) if (kept[name]) item[name] = kept[name];
      return item;
    });
  }

  function changed() {
    form.dispatchEvent(new CustomEvent("desk:asked", { bubbles: true }));
  }

  function numbers(row) {
    const on = part(row, "type").value === "number";
    for (const name of ["unit_zh", "unit_en", "target"]) part(row, name).disabled = !on;
  }

  function add(item) {
    box.append(document.getElementById("asked-row").content.cloneNode(true));
    const row = rows().at(-1);
    if (item) {
      row.dataset.rest = JSON.stringify(item);
      part(row, "name").value = item.name;
      part(row, "type").value = item.type;
      [part(row, "zh").value, part(row, "en").value] = [item.label.zh, item.label.en];
      part(row, "unit_zh").value = item.unit?.zh || "";
      part(row, "unit_en").value = item.unit?.en || "";
      part(row, "target").value = item.target ?? "";
      part(row, "required").checked = item.required !== false;
    }
    numbers(row);
    row.querySelector("button").addEventListener("click", () => {
      row.remove();
      document.getElementById("add-asked").focus();
      changed();
    });
    return row;
  }

  for (const item of words.evidence) add(item);
  document.getElementById("add-asked").addEventListener("click", () => part(add(), "zh").focus());
  box.addEventListener("input", ({ target }) => {
    numbers(target.closest(".asked"));
    changed();
  });
  window.deskEvidence = { read };
})();
