import { effect, type Signal, signal } from "@preact/signals";

// How this person wants the page: kept on a phone, and on a kiosk until the next
// one comes.

const all: { setting: Signal<string>; usual: string }[] = [];

/** A choice with a usual value, kept on this device. */
function choice(name: string, usual: string): Signal<string> {
  const key = `voicetill.${name}`;
  const setting = signal(localStorage.getItem(key) ?? usual);
  effect(() => {
    if (setting.value === usual) localStorage.removeItem(key);
    else localStorage.setItem(key, setting.value);
  });
  all.push({ setting, usual });
  return setting;
}

/** Whether the till speaks: "yes", "no". */
export const aloud = choice("aloud", "yes");
/** Short noises: "yes", "no". */
export const noises = choice("sounds", "yes");
/** Percent of the usual speed of speech. */
export const speed = choice("speed", "100");
/** "": whatever is there; "own:NAME" of the browser's voices, "till:NAME" of the till's. */
export const voiceName = choice("voice", "");
/** Percent of the usual size of letters. */
export const textSize = choice("text", "100");
/** "more": nothing is grey. */
export const contrast = choice("contrast", "usual");
/** "low": all that is touched is in the lower part of a kiosk's screen. */
export const reach = choice("reach", "usual");
/** How much longer than usual a kiosk waits: "1", "2", "4". */
export const time = choice("time", "1");

/** Back to the usual, for the next person. */
export function resetSettings(): void {
  for (const { setting, usual } of all) setting.value = usual;
}

effect(() => {
  const page = document.documentElement.dataset;
  page.text = textSize.value;
  page.contrast = contrast.value;
  page.reach = reach.value;
});
