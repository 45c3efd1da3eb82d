"use strict";
// Without a network the page and its files come from the cache; nothing else is cached here.
const CACHE = "sweep-phone-1";
const KEPT = ["/phone/", "/static/phone.js", "/static/phone-style.css", "/static/pages-style.css"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !KEPT.includes(path)) return;
  event.respondWith(
    fetch(event.request).then((answer) => {
      // A redirect to the sign-in page means that the session has expired.
      if (path === "/phone/" && (answer.type === "opaqueredirect" || answer.redirected || [401, 403].includes(answer.status))) {
        event.waitUntil(caches.delete(CACHE));
      } else if (answer.ok && !answer.redirected) {
        const copy = answer.clone();
        event.waitUntil(caches.open(CACHE).then((cache) => cache.put(path, copy)));
      }
      return answer;
    }, () => caches.match(path)),
  );
});
