// The service worker: keeps the shopper's page on the device, so that it opens
// without a connection. What the till says is never kept here.

declare const BUILD: string; // hash of all that is kept, set by build.sh

// TypeScript's library knows either pages or workers.
interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void>; get(id: string): Promise<{ url: string } | undefined> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", f: (e: { waitUntil(p: Promise<unknown>): void }) => void): void;
  addEventListener(type: "fetch", f: (e: FetchEvent) => void): void;
}
interface FetchEvent {
  readonly request: Request;
  readonly clientId: string;
  respondWith(r: Promise<Response>): void;
}

const worker = globalThis as unknown as Worker;
const shell = `shell-${BUILD}`;
const pictures = "pictures";
const pages = ["/", "/kiosk"];
const parts = ["/assets/shop.js", "/assets/style.css", "/assets/worklet.js", "/assets/icon.svg", "/assets/voicetill.webmanifest"];
const mostPictures = 300;

worker.addEventListener("install", (e) => e.waitUntil(install()));
worker.addEventListener("activate", (e) => e.waitUntil(activate()));
worker.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (e.request.mode === "navigate" && pages.includes(url.pathname)) e.respondWith(kept(url.pathname, e.request));
  else if (parts.includes(url.pathname)) e.respondWith(part(e, url.pathname));
  else if (url.pathname.startsWith("/v1/pictures/")) e.respondWith(picture(e.request));
});

/** All of one build or nothing: its parts fit each other. */
async function install(): Promise<void> {
  const cache = await caches.open(shell);
  await cache.addAll([...pages, ...parts].map((path) => new Request(path, { cache: "reload" })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== shell && name !== pictures) await caches.delete(name);
  await worker.clients.claim();
}

async function kept(path: string, request: Request): Promise<Response> {
  return (await (await caches.open(shell)).match(path)) ?? fetch(request);
}

/** The merchant's and the gate's pages always come from the till, with their style. */
async function part(e: FetchEvent, path: string): Promise<Response> {
  const client = await worker.clients.get(e.clientId);
  return client && !pages.includes(new URL(client.url).pathname) ? fetch(e.request) : kept(path, e.request);
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
