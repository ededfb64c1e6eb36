// A place's capacity on a telephone: one fewer and one more, and what was changed stands out. It works without this, too.
"use strict";

const form = document.querySelector("[data-capacity]");

function ready() {
  const same = form.querySelector("[data-same]");
  const fields = [...form.querySelectorAll(".stepper input")];

  const look = () => {
    let changed = false;
    for (const field of fields) {
      const differs = field.value.trim() !== field.defaultValue.trim();
      field.classList.toggle("is-changed", differs);
      changed = changed || differs;
    }
    if (same) same.disabled = changed; // what was typed would be lost
  };

  for (const button of form.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = button.parentElement.querySelector("input");
      const number = Number.parseInt(field.value, 10) || 0;
      field.value = String(Math.max(0, number + Number(button.dataset.step)));
      look();
    });
  }
  form.addEventListener("input", look);
  look();
}

if (form) ready();
