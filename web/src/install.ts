import { isKiosk } from "./till";
import { resting } from "./ui/kiosk";

const lookEvery = 15 * 60_000; // ms, on a kiosk, which is never opened anew

/**
 * Keeps the page on the device. Without a service worker only that is lost. A
 * kiosk loads a new version of the page by itself, while nobody is there.
 */
export function keepOnDevice(): void {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  const registered = navigator.serviceWorker.register("/sw.js");
  registered.catch(() => undefined);
  if (!isKiosk) return;
  setInterval(() => void registered.then((r) => r.update()).catch(() => undefined), lookEvery);
  let isFirst = !navigator.serviceWorker.controller; // the one that comes with this very page
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isFirst) isFirst = false;
    else resting.subscribe((rests) => rests && location.reload());
  });
}
