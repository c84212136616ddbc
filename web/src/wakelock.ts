import { effect } from "@preact/signals";
import { showsReceipt } from "./till";
import { talking } from "./talk";

// The screen stays on while the till listens and while the exit pass is shown.

let lock: WakeLockSentinel | null = null;

async function keepAwake(wanted: boolean): Promise<void> {
  if (!wanted) {
    await lock?.release();
    lock = null;
  } else if (!lock || lock.released) {
    lock = await navigator.wakeLock?.request("screen").catch(() => null);
  }
}

const wanted = () => showsReceipt.value || talking.value === "on";

export function watchWakeLock(): void {
  effect(() => void keepAwake(wanted()));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void keepAwake(wanted());
  });
}
