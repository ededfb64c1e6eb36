/* What an office decides from its inbox needs the network: accept, send back, withdraw, answer. Each form is posted
   as it is; its fault stands under it. Without this script the same forms work as forms.                          */
"use strict";

(() => {
  const { words } = inboxCards;

  function wrong(form, text) {
    const line = form.querySelector("[data-wrong]");
    line.textContent = text;
    line.hidden = !text;
  }

  async function post(form, button) {
    const facts = new FormData(form);
    if (button?.name) facts.append(button.name, button.value);
    const answer = await self.inboxStore.ask(form.action, {
      method: "POST", body: facts, headers: { "X-CSRFToken": self.inboxPage.token() },
    });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      form.classList.remove("is-written");
      await self.inboxPage.go();
    } else {
      wrong(form, told.text || words.failed);
    }
  }

  async function decide(form, button) {
    if (form.dataset.busy) return;
    if (!self.inboxPage.online()) { wrong(form, words.online); return; }
    form.dataset.busy = "yes";
    wrong(form, "");
    try {
      await post(form, button);
    } catch (error) {
      if (!(error instanceof TypeError || error?.name === "AbortError")) throw error;
      wrong(form, words.failed);
    } finally {
      delete form.dataset.busy;
    }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-online]")) return;
    event.preventDefault();
    decide(event.target, event.submitter);
  });
})();
