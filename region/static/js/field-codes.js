/* What is scanned or typed, read on the telephone itself: codes of tubes and boxes, and papers of people.

   The same rules as formats/codes/tubes.py, formats/codes/persons.py and people/papers.py; a test reads the same
   texts with both.

   fieldCodes.tube(text)               {code, own} or {reason, facts}: reasons of the same names; a strange
                                      character comes with its place
   fieldCodes.paper(kind, text, today) {number, converted?} or {reason, facts}; today is YYYY-MM-DD
   fieldCodes.looksResident(text)      whether it passes as a resident number: a person, not a tube
   fieldCodes.marker(key)              (kind, number) => his mark under the region's field key (hex), as phones know him
   fieldCodes.tail(number)             its last four characters, which is all that screens show              */
"use strict";

self.fieldCodes = (() => {
  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\s/g;
  const SHORTEST = 4;
  const LONGEST = 40;
  const LIKE_RESIDENT = /^(\d{15}|\d{17}[\dX])$/;
  const OTHERS = {
    passport: /^(?=.*\d)[0-9A-Z]{6,12}$/,
    permit: /^([HM]\d{8}(\d{2})?|\d{8}|\d{10}|[A-Z]{3}\d{12})$/,
    birth: /^[A-Z]\d{9}$/,
  };
  const NOT = { passport: "not_a_passport", permit: "not_a_permit", birth: "not_a_certificate" };

  const plain = (text) => String(text).normalize("NFKC").replace(UNSEEN, "").replace(/^['\u2018\u2019]+/, "").toUpperCase();

  /* ISO 7064 MOD 37,36 over 24 digits. */
  function ownCheck(first) {
    let product = 36;
    for (const digit of first) product = (((product + Number(digit)) % 36 || 36) * 2) % 37;
    return DIGITS[(37 - product) % 36];
  }

  function tube(text) {
    const code = plain(text);
    if (!code) return { reason: "missing", facts: {} };
    if (/^\d{24}[0-9A-Z]$/.test(code)) {
      return ownCheck(code.slice(0, 24)) === code[24] ? { code, own: true } : { reason: "checksum", facts: {} };
    }
    const strange = [...code].findIndex((one) => !/[0-9A-Z./_-]/.test(one));
    if (code.length < SHORTEST) return { reason: "too_short", facts: { n: code.length } };
    if (code.length > LONGEST) return { reason: "too_long", facts: { n: code.length } };
    if (strange >= 0) return { reason: "strange_character", facts: { character: [...code][strange], place: strange + 1 } };
    if (!/^[0-9A-Z]/.test(code)) return { reason: "strange_character", facts: { character: code[0], place: 1 } };
    return { code, own: false };
  }

  /* GB 11643: the weighted sum of 17 digits modulo 11, by table. */
  const residentCheck = (first) => "10X98765432"[WEIGHTS.reduce((sum, weight, n) => sum + weight * Number(first[n]), 0) % 11];

  function born(number) {
    const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)];
    const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    const same = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
    return same ? `${year}-${month}-${day}` : null;
  }

  function resident(text, today) {
    let number = plain(text);
    let converted = false;
    const wrong = (reason, facts = {}) => ({ reason, facts });
    if (!number) return wrong("missing");
    if (/^\d(\.\d+)?E\+?\d+$/.test(number)) return wrong("scientific_notation");
    if (/^1[3-9]\d{9}$/.test(number)) return wrong("phone_number");
    if (/^\d{15}$/.test(number)) {
      const first = number.slice(0, 6) + (number.slice(12) >= "996" ? "18" : "19") + number.slice(6);
      number = first + residentCheck(first);
      converted = true;
    }
    if (!/^\d+X?$/.test(number)) return wrong("not_an_id");
    if (number.length !== 18) return wrong("wrong_length", { n: number.length });
    if (number[17] !== residentCheck(number)) return wrong(number.endsWith("000") ? "digits_zeroed" : "checksum");
    const date = born(number);
    if (!date) return wrong("impossible_date");
    if (today && date > today) return wrong("in_future");
    return { number, converted };
  }

  function paper(kind, text, today) {
    if (kind === "none") return { number: "" };
    if (kind === "resident") return resident(text, today);
    const number = plain(text);
    const wrong = (reason) => ({ reason, facts: {} });
    if (!number) return wrong("missing");
    if (number.length > LONGEST) return wrong("too_long");
    if (kind === "other") return { number };
    if (kind === "permit" && /^\d{17}[\dX]$/.test(number)) {
      const read = resident(text, today);
      return read.number && !/^(81|82|83|9)/.test(number) ? wrong("resident_number") : read;
    }
    if (kind !== "permit" && LIKE_RESIDENT.test(number)) return wrong("resident_number");
    if (kind === "passport" && !/^[0-9A-Z]+$/.test(number)) return wrong("strange_character");
    return OTHERS[kind].test(number) ? { number } : wrong(NOT[kind]);
  }

  const looksResident = (text) => { const read = resident(text); return "number" in read && !read.converted; };
  const hexed = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

  /* HMAC-SHA-256 of "kind:number", its first 16 bytes; nothing leads back from it. */
  async function marker(key) {
    const how = { name: "HMAC", hash: "SHA-256" };
    const ready = await crypto.subtle.importKey("raw", hexed(key), how, false, ["sign"]);
    return async (kind, number) => {
      const whole = await crypto.subtle.sign("HMAC", ready, new TextEncoder().encode(`${kind}:${number}`));
      return [...new Uint8Array(whole, 0, 16)].map((one) => one.toString(16).padStart(2, "0")).join("");
    };
  }

  const tail = (number) => (number ? `…${number.slice(-4)}` : "–");

  return { tube, paper, looksResident, marker, tail };
})();
