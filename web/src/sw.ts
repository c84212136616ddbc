// The service worker: keeps the shopper's page on the device, so that it opens
// without a connection. What the till says is never kept here.

declare const BUILD: string; // hash of all that is kept, set by build.sh

// TypeScript's library knows either pages or workers.
interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<{ postMessage(build: string): void }[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", f: (e: { waitUntil(p: Promise<unknown>): void }) => void): void;
  addEventListener(type: "fetch", f: (e: FetchEvent) => void): void;
}
interface FetchEvent {
  readonly request: Request;
  respondWith(r: Promise<Response>): void;
}

const worker = globalThis as unknown as Worker;
const shell = `shell-${BUILD}`;
const pictures = "pictures";
const pages = ["/", "/kiosk"];
const files = ["/assets/shop.js", "/assets/style.css", "/assets/worklet.js"]; // asked for by build
const parts = [...files.map((path) => `${path}?${BUILD}`), "/assets/icon.svg", "/assets/voicetill.webmanifest"];
const mostPictures = 300;
const soon = 2_000; // ms that a till may take to answer with the page before the kept one is shown

worker.addEventListener("install", (e) => e.waitUntil(install()));
worker.addEventListener("activate", (e) => e.waitUntil(activate()));
worker.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (e.request.mode === "navigate" && pages.includes(url.pathname)) e.respondWith(page(url.pathname, e.request));
  else if (parts.includes(url.pathname + url.search)) e.respondWith(part(e.request));
  else if (url.search && files.includes(url.pathname)) e.respondWith(otherBuild(e.request));
  else if (url.pathname.startsWith("/v1/pictures/")) e.respondWith(picture(e.request));
});

/** All of one build or nothing: its parts fit each other. */
async function install(): Promise<void> {
  const cache = await caches.open(shell);
  await cache.addAll([...pages, ...parts].map((path) => new Request(path, { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== shell && name !== pictures) await caches.delete(name);
  await worker.clients.claim();
  for (const page of await worker.clients.matchAll()) page.postMessage(BUILD);
}

/** The till's page, which names its build's parts; the kept one where the till is away, slow or ill. */
async function page(path: string, request: Request): Promise<Response> {
  const kept = await (await caches.open(shell)).match(path);
  if (!kept) return fetch(request);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(soon) });
    return fresh.ok ? fresh : kept;
  } catch {
    return kept;
  }
}

async function part(request: Request): Promise<Response> {
  return (await (await caches.open(shell)).match(request)) ?? fetch(request);
}

/** A part of the build before this one or after it; without a till, this one's. */
async function otherBuild(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (e) {
    const kept = await (await caches.open(shell)).match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw e;
  }
}

async function picture(request: Request): Promise<Response> {
  const cache = await caches.open(pictures);
  const had = await cache.match(request);
  if (had) return had;
  const fresh = await fetch(request);
  if (fresh.ok) {
    await cache.put(request, fresh.clone());
    const all = await cache.keys();
    for (const old of all.slice(0, Math.max(0, all.length - mostPictures))) await cache.delete(old);
  }
  return fresh;
}
