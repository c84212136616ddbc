import { press, release, talking, mayTalk } from "./talk";
import { activity, choices, doCommand } from "./till";
import { hush, speaking } from "./voice";

// The keyboard's way: Space holds or taps to talk, a digit answers an open
// question, any key stops the till's voice and shows that somebody is there. What
// is typed while no field has the focus, as readers of bar codes do, is not lost.

const fields = "input, textarea, select, dialog *";
const takesKeys = fields + ", button, a, [role=button]";

let held = false;

/** typed gets a character that no field took. */
function down(e: KeyboardEvent, typed: (e: KeyboardEvent) => void): void {
  activity.value++;
  const target = e.target as Element;
  const elsewhere = target.matches?.(takesKeys) && !target.matches(".talk");
  if (speaking.value && e.key !== "Tab" && e.key !== "Shift") hush();
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (!elsewhere && e.code === "Space" && mayTalk.value) {
    e.preventDefault();
    if (!e.repeat && !held) press();
    held = true;
  } else if (!elsewhere && e.key === "Escape" && talking.value === "on") {
    release();
  } else if (!elsewhere && /^[1-9]$/.test(e.key) && choices.value.some((c) => c.n === Number(e.key))) {
    doCommand({ do: "choose", n: Number(e.key) });
  } else if (/^\S$/u.test(e.key) && !target.matches?.(fields)) {
    typed(e);
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

export function watchKeys(typed: (e: KeyboardEvent) => void): void {
  addEventListener("keydown", (e) => down(e, typed), true);
  addEventListener("keyup", up, true);
  addEventListener("blur", () => {
    if (held) release();
    held = false;
  });
  addEventListener("pointerdown", touch, true);
}
