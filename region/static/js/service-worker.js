/* Keeps inbox, shelf and the day readable without a network, and sends what waits when it is back and the page is not.

   Its first line, SHELL (the files of the page with their versions), is written by the server: when a file changes,
   this script changes, and browsers take the new one. It serves these three alone.                                */
"use strict";

const FILES = "inbox-files";
const PAGES = "inbox-pages";
const PAGE = "/inbox";
const KEPT_PAGES = [PAGE, "/shelf", "/day"];
const SOURCES = { "inbox-send": "/inbox/data", "shelf-send": "/shelf/data", "day-send": "/api/v1/day" };
const PATIENCE = 6000;

self.importScripts(...SHELL.filter((url) => /dexie|inbox-store/.test(url)));

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    await files.addAll(SHELL);
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
  if (KEPT_PAGES.includes(url.pathname)) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

/* The newest page there is: from the network, and from the device when the network is away or asleep. */
async function page(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  const pages = await caches.open(PAGES);
  try {
    const answer = await fetch(request, { signal: patience.signal });
    if (answer.ok && !answer.redirected) await pages.put(new URL(request.url).pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = await pages.match(new URL(request.url).pathname);
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function file(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
});

self.addEventListener("sync", (event) => {
  const source = SOURCES[event.tag];
  if (!source) return;
  event.waitUntil((async () => {
    const done = await self.inboxStore.flush(source);
    for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage("sent");
    if (done.ended === "offline") throw new Error("inbox: not sent yet");
  })());
});

/* A notice that the region pushed: shown always, for that is what the browser was promised. */
self.addEventListener("push", (event) => {
  const said = event.data?.json();
  if (!said) return;
  const { title, body, tag, lang, url, pressing } = said;
  event.waitUntil(self.registration.showNotification(title, {
    body, tag, lang, renotify: true, requireInteraction: pressing, data: { url },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.url ?? PAGE, self.location.origin);
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = open.find((client) => new URL(client.url).pathname === target.pathname);
    await (there ? there.focus() : self.clients.openWindow(target.pathname));
  })());
});
