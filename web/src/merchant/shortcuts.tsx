import { signal } from "@preact/signals";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Sheet } from "../ui/sheet";

// Keys of the console: g and a letter goes to a section, / searches, ? tells
// all. They can be switched off (WCAG 2.1.4), for who speaks to the browser.

const kept = "voicetill.shortcuts";
const pause = 1_500; // ms in which the letter follows g

export const on = signal(localStorage.getItem(kept) !== "off");
export const helping = signal(false);
let going = -Infinity; // when g was pressed

function set(state: boolean): void {
  on.value = state;
  localStorage.setItem(kept, state ? "on" : "off");
}

function find(): void {
  const field = document.querySelector<HTMLInputElement>("main [data-find]");
  field?.scrollIntoView({ block: "center" });
  field?.focus();
}

/** Watches keys; letters are the sections' own. */
export function watchShortcuts(letters: Map<string, string>): () => void {
  const press = (e: KeyboardEvent) => {
    if (!on.value || e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest("input, select, textarea, dialog")) return;
    const to = performance.now() - going < pause ? letters.get(e.key) : undefined;
    going = -Infinity;
    if (to) location.hash = to;
    else if (e.key === "g") going = performance.now();
    else if (e.key === "/") find();
    else if (e.key === "?") helping.value = true;
    else return;
    e.preventDefault();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

/** All keys in a sheet. */
export function Shortcuts({ letters }: { letters: Map<string, string> }) {
  if (!helping.value) return null;
  const rows: [string[], string][] = [[["?"], t("keys.help")], [["/"], t("keys.find")], [["Esc"], t("keys.close")], ...[...letters].map(([key, name]): [string[], string] => [["g", key], t(`merchant.${name}`)])];
  return (
    <Sheet title={t("keys.title")} onClose={() => (helping.value = false)}>
      <dl class="keys">
        {rows.map(([keys, does]) => (
          <div><dt>{keys.map((k) => <kbd>{k}</kbd>)}</dt><dd>{does}</dd></div>
        ))}
      </dl>
      <p class="hint">{t("keys.about")}</p>
      <div class="acts"><Button pressed={on.value} onClick={() => set(!on.value)}>{on.value ? t("keys.off") : t("keys.on")}</Button></div>
    </Sheet>
  );
}
