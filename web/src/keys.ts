import { press, release, talking, mayTalk } from "./talk";
import { activity, choices, doCommand } from "./till";
import { hush, speaking } from "./voice";

// The keyboard's way: Space holds or taps to talk, a digit answers an open
// question, any key stops the till's voice and shows that somebody is there.

const takesKeys = "input, textarea, select, button, a, [role=button], dialog *";

let held = false;

function down(e: KeyboardEvent): void {
  activity.value++;
  const elsewhere = (e.target as Element).matches?.(takesKeys) && !(e.target as Element).matches(".talk");
  if (speaking.value && e.key !== "Tab" && e.key !== "Shift") hush();
  if (elsewhere || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.code === "Space" && mayTalk.value) {
    e.preventDefault();
    if (!e.repeat && !held) press();
    held = true;
  } else if (e.key === "Escape" && talking.value === "on") {
    release();
  } else if (/^[1-9]$/.test(e.key) && choices.value.some((c) => c.n === Number(e.key))) {
    doCommand({ do: "choose", n: Number(e.key) });
  }
}

function up(e: KeyboardEvent): void {
  if (e.code !== "Space" || !held) return;
  held = false;
  e.preventDefault();
  release();
}

/** A touch anywhere stops the till's voice; the talk button sees to it itself. */
function touch(e: PointerEvent): void {
  activity.value++;
  if (!(e.target as Element).closest?.(".talk")) hush();
}

export function watchKeys(): void {
  addEventListener("keydown", down, true);
  addEventListener("keyup", up, true);
  addEventListener("blur", () => {
    if (held) release();
    held = false;
  });
  addEventListener("pointerdown", touch, true);
}
