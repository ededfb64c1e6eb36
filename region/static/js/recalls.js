/* A reason recorded beside an open name stays on the page: the list need not be opened again for the next person. */
"use strict";

document.querySelectorAll(".recall-tried").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const said = form.querySelector(".recall-kept");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Quiet": "1" },
        redirect: "error",
      });
      said.textContent = answer.ok ? said.dataset.kept : said.dataset.failed;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says so when there is no network
      said.textContent = said.dataset.failed;
    }
    button.disabled = false;
  });
});
