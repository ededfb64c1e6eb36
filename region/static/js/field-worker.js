/* Keeps the field page on the telephone: it opens with no network, and with a sign-in that has ended.

   Its first line, SHELL (the files of the page with their versions), is written by the server: when a file changes,
   this script changes, and browsers take the new one. What it keeps holds nothing about anybody.                   */
"use strict";

const PAGE = "/sampling/field";
const FILES = "field-files";
const PAGES = "field-pages";
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    await (await caches.open(FILES)).addAll(SHELL);
    const page = await fetch(PAGE, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (page.ok && !page.redirected) await (await caches.open(PAGES)).put(PAGE, page);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    const wanted = new Set(SHELL.map((url) => new URL(url, self.location.origin).href));
    for (const request of await files.keys()) if (!wanted.has(request.url)) await files.delete(request);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

/* The newest page there is; the kept one when the network is away or asleep, or would lead to the sign-in. */
async function page(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  const pages = await caches.open(PAGES);
  const kept = await pages.match(PAGE);
  try {
    const answer = await fetch(request, { signal: patience.signal });
    if (answer.ok && !answer.redirected) await pages.put(PAGE, answer.clone());
    return answer.ok || !kept ? answer : kept;
  } catch (error) {
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function file(request) {
  const kept = await caches.open(FILES).then((files) => files.match(request));
  return kept ?? fetch(request);
}
