// The page of a signed link: one tap signs once, and without a network the page says so. It works without this, too.
"use strict";

const form = document.querySelector(".link-form");

function ready() {
  const button = form.querySelector("button");
  const news = form.querySelector("[data-news]");
  const word = button.textContent;

  form.addEventListener("submit", (event) => {
    if (button.disabled || navigator.onLine === false) {
      event.preventDefault();
      news.hidden = navigator.onLine !== false;
      news.textContent = form.dataset.offline;
      return;
    }
    news.hidden = true;
    button.disabled = true;
    button.textContent = form.dataset.busy;
  });

  // The way back shows the page as it was left.
  addEventListener("pageshow", () => {
    button.disabled = false;
    button.textContent = word;
  });
}

if (form) ready();
