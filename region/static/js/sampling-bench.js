// The laboratory's bench: every scan is typed text and Enter. Scans wait in a line and are sent one by one, so that a
// fast scanner loses nothing; the field is empty and focused again at once. Figures are fetched anew after each.
//
// #bench-scan (form, data-now)   #bench-scans (what the last scans were)   #bench-now (figures and lists)   #bench-words
"use strict";

(() => {
  const KEEP = 6;
  const EVERY = 15000;
  const form = document.getElementById("bench-scan");
  const field = document.getElementById("code");
  const reason = document.getElementById("reason");
  const unpacking = document.getElementById("unpacking");
  const list = document.getElementById("bench-scans");
  const figures = document.getElementById("bench-now");
  const words = JSON.parse(document.getElementById("bench-words").textContent);
  const waiting = [];
  let busy = false;

  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "–");

  async function post(path, fields) {
    const token = form.elements.csrf_token.value;
    const answer = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams(fields),
    });
    if (answer.redirected) throw new Error("signed out");
    const said = await answer.json();
    return answer.ok ? said : { kind: "refused", code: fields.code || "", says: said.text };
  }

  // The sentence and the tone of what a scan was.
  function told(said) {
    const facts = { ...said, reason: words.reasons[said.reason], state: words.states[said.state] };
    const again = said.new ? "" : "_again";
    if (said.kind === "box") {
      const counted = said.where === "unpacked" ? words.box_counted : words.box_again;
      const late = said.new && said.late ? `. ${words.late}` : "";
      return [said.new ? "is-working" : "is-watch", (said.new ? fill(words.box, facts) : counted) + late];
    }
    if (said.kind === "tube") {
      const stray = said.stray ? `. ${words.stray}` : "";
      return [said.new && !said.stray ? "is-working" : "is-watch", words[`tube${again}`] + stray];
    }
    if (said.kind === "rejected") return ["is-watch", fill(words[`rejected${again}`], facts)];
    if (said.kind === "unknown") return ["is-bad", said.state ? fill(words.unfit, facts) : words.unknown];
    if (said.kind === "unpacked") {
      const same = said.here === said.said;
      return [same ? "is-working" : "is-watch", fill(words.unpacked, facts) + (same ? "" : `. ${words.differs}`)];
    }
    return ["is-bad", fill(words[said.kind] || words.lost, facts)];
  }

  const MARKS = { "is-working": "working", "is-watch": "watch", "is-bad": "late" };

  function show(said) {
    const [tone, sentence] = told(said);
    const row = document.createElement("li");
    row.className = `scan-told ${tone}`;
    row.dataset.kind = said.kind;
    const mark = document.createElement("span");
    mark.className = `mark mark-${MARKS[tone]}`;
    mark.setAttribute("aria-hidden", "true");
    const code = document.createElement("b");
    code.className = "code";
    code.textContent = said.code;
    const text = document.createElement("span");
    text.append(mark, sentence);
    row.append(code, text);
    if (said.kind === "box" && said.unpack) row.append(wholeButton(said));
    list.prepend(row);
    while (list.children.length > KEEP) list.lastElementChild.remove();
  }

  function wholeButton(said) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-first";
    button.textContent = fill(words.whole, said);
    button.addEventListener("click", () => {
      button.disabled = true;
      send(said.unpack, { whole: "1" });
      field.focus();
    });
    return button;
  }

  async function send(path, fields) {
    try {
      const said = await post(path, fields);
      if (said.kind === "box" && said.box) unpacking.value = said.box;
      if (said.kind === "unpacked") unpacking.value = "";
      show(said);
    } catch {
      show({ kind: "lost", code: fields.code || "" });
    }
    await refresh();
  }

  async function work() {
    if (busy) return;
    busy = true;
    while (waiting.length) await send(form.action, waiting.shift());
    busy = false;
  }

  async function refresh() {
    if (waiting.length) return; // the last scan of a burst fetches them
    try {
      const answer = await fetch(form.dataset.now, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
      // The server's own escaped page, parsed without running anything in it.
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      figures.replaceChildren(...page.body.childNodes);
      figures.classList.remove("stale");
    } catch {
      figures.classList.add("stale");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.trim();
    field.value = "";
    field.focus();
    if (!code) return;
    waiting.push({ code, reason: reason.value, unpacking: unpacking.value });
    reason.value = ""; // a rejection is for one tube: the next scan receives again
    form.classList.remove("is-bad");
    work();
  });

  reason.addEventListener("change", () => {
    form.classList.toggle("is-bad", reason.value !== "");
    field.focus();
  });

  figures.addEventListener("submit", (event) => {
    const path = event.target.getAttribute("action");
    if (!path) return;
    event.preventDefault();
    send(path, { whole: event.submitter?.value || "0" });
    field.focus();
  });

  // Typing anywhere goes to the field: a scanner does not look where the cursor is.
  document.addEventListener("keydown", (event) => {
    const elsewhere = event.target === document.body && event.key.length === 1;
    if (elsewhere && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  });

  setInterval(() => { if (!document.hidden && !busy) refresh(); }, EVERY);
  field.focus();
})();
