import { effect } from "@preact/signals";
import { onNewBuild } from "./newer";
import { talking } from "./talk";
import { cart, isKiosk, link, showsReceipt, state } from "./till";
import { resting } from "./ui/kiosk";

const lookEvery = 15 * 60_000; // ms, on a kiosk, which is never opened anew

/**
 * Keeps the page on the device. Without a service worker only that is lost. A
 * page that stays open asks for a new build whenever it finds the till again,
 * since a till that is upgraded starts anew, and takes it while it disturbs
 * nobody.
 */
export function keepOnDevice(): void {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  const registered = navigator.serviceWorker.register("/sw.js");
  registered.catch(() => undefined);
  const look = () => void registered.then((r) => r.update()).catch(() => undefined);
  if (isKiosk) setInterval(look, lookEvery);
  let isFirst = true;
  effect(() => {
    if (link.state.value !== "open") return;
    if (!isFirst) look();
    isFirst = false;
  });
  const take = () => disturbsNobody() && !typed() && location.reload();
  onNewBuild(() => {
    effect(() => {
      if (disturbsNobody()) setTimeout(take); // when it is shown what was typed
    });
    document.addEventListener("visibilitychange", take);
  });
}

/** Whether nothing is being bought. */
function disturbsNobody(): boolean {
  if (isKiosk) return resting.value;
  const buys = cart.value.lines.length > 0 || (state.value !== "shopping" && state.value !== "paid") || showsReceipt.value;
  return !buys && link.waiting.value === 0 && talking.value === "off";
}

/** Whether somebody is at a sheet or has typed something. */
function typed(): boolean {
  return document.querySelector("dialog[open]") !== null || [...document.querySelectorAll("input")].some((i) => i.value !== "" && i.type !== "checkbox" && i.type !== "radio");
}
