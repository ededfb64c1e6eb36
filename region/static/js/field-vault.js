/* Everything of the field page at rest: closed with AES-GCM, whose key is closed with a key made of the PIN.

   In the database stand only: the account's word, salts, closed keys, uids, closed texts, how often a PIN was wrong.
   A wrong PIN waits, longer each time, and never deletes anything: what is kept here may be the only record there is.

   fieldVault.begin(account)       opens the database: "new" | "locked"
   fieldVault.make(pin)            first PIN of this account on this phone
   fieldVault.unlock(pin)          {ok: true} | {left: tries} | {wait: seconds}
   fieldVault.check(pin)           the same while it is open: for a screen that only rested
   fieldVault.lock(), .open()      forget the key; whether it is there
   fieldVault.put(rows, gone)      [[id, value], …] closed and kept, ids in `gone` dropped, in one transaction
   fieldVault.all()                [[id, value], …]
   fieldVault.inTurn(action)       the same action, begun when those before it have ended                        */
"use strict";

self.fieldVault = (() => {
  const ROUNDS = 600000; // PBKDF2-HMAC-SHA-256, as OWASP advises (2023)
  const TRIES = 5;
  const FIRST_WAIT = 60;
  const LONGEST_WAIT = 3600;
  const bytes = (text) => new TextEncoder().encode(text);
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));

  let db = null;
  let owner = "";
  let key = null;

  async function begin(account) {
    owner = account;
    if (!db) {
      db = new self.Dexie("region-field");
      db.version(1).stores({ vault: "owner", sealed: "[owner+id]" });
      await db.open();
    }
    return (await db.vault.get(owner)) ? "locked" : "new";
  }

  async function keyOf(pin, salt, rounds) {
    const raw = await crypto.subtle.importKey("raw", bytes(pin), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
    return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
  }

  async function make(pin) {
    const data = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
    const salt = random(16);
    const iv = random(12);
    const closed = await crypto.subtle.wrapKey("raw", data, await keyOf(pin, salt, ROUNDS), { name: "AES-GCM", iv });
    await db.vault.add({ owner, salt, iv, closed, rounds: ROUNDS, wrong: 0, until: 0 });
    await unlock(pin);
  }

  async function tried(pin, row) {
    const outer = await keyOf(pin, row.salt, row.rounds);
    const how = { name: "AES-GCM", iv: row.iv };
    return crypto.subtle.unwrapKey("raw", row.closed, outer, how, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  async function check(pin) {
    const row = await db.vault.get(owner);
    const wait = Math.ceil((row.until - Date.now()) / 1000);
    if (wait > 0) return { wait: Math.min(wait, LONGEST_WAIT) };
    try {
      const found = await tried(pin, row);
      if (row.wrong) await db.vault.update(owner, { wrong: 0, until: 0 });
      return { ok: true, key: found };
    } catch (error) {
      if (error?.name !== "OperationError") throw error;
    }
    const wrong = row.wrong + 1;
    const over = wrong - TRIES;
    const seconds = over < 0 ? 0 : Math.min(FIRST_WAIT * 2 ** over, LONGEST_WAIT);
    await db.vault.update(owner, { wrong, until: seconds ? Date.now() + seconds * 1000 : 0 });
    return seconds ? { wait: seconds } : { left: -over };
  }

  async function unlock(pin) {
    const found = await check(pin);
    if (found.ok) key = found.key;
    return found;
  }

  async function close(id, value) {
    const iv = random(12);
    const how = { name: "AES-GCM", iv, additionalData: bytes(`${owner}/${id}`) };
    return { owner, id, iv, text: await crypto.subtle.encrypt(how, key, bytes(JSON.stringify(value))) };
  }

  async function read(row) {
    const how = { name: "AES-GCM", iv: row.iv, additionalData: bytes(`${owner}/${row.id}`) };
    return [row.id, JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, row.text)))];
  }

  async function put(rows, gone = []) {
    const closed = await Promise.all(rows.map(([id, value]) => close(id, value)));
    await db.transaction("rw", db.sealed, async () => {
      if (closed.length) await db.sealed.bulkPut(closed);
      if (gone.length) await db.sealed.bulkDelete(gone.map((id) => [owner, id]));
    });
  }

  /* One action after the other: a hand scanner is faster than the disk, and no scan may be lost. */
  let turn = Promise.resolve();
  function inTurn(action) {
    return (...given) => {
      const mine = turn.then(() => action(...given));
      turn = mine.catch(() => undefined);
      return mine;
    };
  }

  async function all() {
    const rows = await db.sealed.where("[owner+id]").between([owner, ""], [owner, "\uffff"]).toArray();
    return Promise.all(rows.map(read));
  }

  return { begin, make, unlock, check, put, all, inTurn, lock: () => { key = null; }, open: () => key !== null };
})();
