/* Notices on this device: asks the browser for a subscription and tells the region, or gives it up. */
"use strict";

(() => {
  const box = document.getElementById("device");
  const words = JSON.parse(document.getElementById("device-words").textContent);
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const buttons = { on: document.getElementById("device-on"), off: document.getElementById("device-off") };
  const SCOPE = "/inbox";

  function show(state, mark) {
    document.getElementById("device-word").textContent = words[state];
    document.getElementById("device-mark").className = `mark mark-${mark}`;
    buttons.on.hidden = state !== "off" && state !== "failed";
    buttons.off.hidden = state !== "on";
  }

  function bytes(text) {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  async function tell(path, subscription) {
    const { endpoint, keys } = subscription.toJSON();
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ endpoint, keys, label: words.label }),
    });
    if (!answer.ok) throw new TypeError(`push: ${answer.status}`);
  }

  async function registration() {
    await navigator.serviceWorker.register("/service-worker.js", { scope: SCOPE });
    const found = await navigator.serviceWorker.getRegistration(SCOPE);
    const worker = found.active ?? found.waiting ?? found.installing;
    if (worker.state !== "activated") {
      await new Promise((done) => {
        worker.addEventListener("statechange", () => { if (worker.state === "activated") done(); });
      });
    }
    return found;
  }

  /* A subscription made with another key is of no use: the region could not prove who it is. */
  function isOurs(subscription) {
    const own = subscription.options.applicationServerKey;
    const key = bytes(box.dataset.key);
    return !own || (own.byteLength === key.length && new Uint8Array(own).every((one, i) => one === key[i]));
  }

  async function look() {
    if (!("serviceWorker" in navigator && "PushManager" in self && "Notification" in self)) {
      show("unable", "none");
      return;
    }
    const found = await navigator.serviceWorker.getRegistration(SCOPE);
    const subscription = await found?.pushManager.getSubscription();
    if (Notification.permission === "denied") show("denied", "late");
    else if (subscription && isOurs(subscription)) show("on", "done");
    else show("off", "none");
  }

  async function on() {
    if (await Notification.requestPermission() !== "granted") { show("denied", "late"); return; }
    const { pushManager } = await registration();
    const old = await pushManager.getSubscription();
    if (old && !isOurs(old)) await old.unsubscribe();
    const subscription = await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(box.dataset.key),
    });
    await tell("/device/on", subscription);
    show("on", "done");
  }

  async function off() {
    const found = await navigator.serviceWorker.getRegistration(SCOPE);
    const subscription = await found?.pushManager.getSubscription();
    if (subscription) {
      await tell("/device/off", subscription);
      await subscription.unsubscribe();
    }
    show("off", "none");
  }

  function press(button, act) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await act();
      } catch (error) {
        console.info("push:", error?.name);
        show("failed", "late");
      } finally {
        button.disabled = false;
      }
    });
  }

  press(buttons.on, on);
  press(buttons.off, off);
  look();
})();
