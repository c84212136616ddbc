import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Icon } from "./icons";

type Layer = "digits" | "letters" | "capitals" | "signs";

const rows: Record<Layer, string[]> = {
  digits: ["123", "456", "789", "×0⌫"],
  letters: ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm-⌫"],
  capitals: ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM_⌫"],
  signs: ["1234567890", "!@#$%^&*()", "-_=+[]{};:", "'\",.?/\\|⌫"],
};
const turns: [Layer, string][] = [
  ["letters", "abc"],
  ["capitals", "ABC"],
  ["signs", "#+="],
];

interface Props {
  value: string;
  onInput: (value: string) => void;
  /** Digits alone, with × between number and quantity. */
  digitsOnly?: boolean;
}

/** Keys on the screen, for kiosks and for item numbers. */
export function Keyboard({ value, onInput, digitsOnly }: Props) {
  const [layer, setLayer] = useState<Layer>(digitsOnly ? "digits" : "letters");
  const press = (key: string) => onInput(key === "⌫" ? value.slice(0, -1) : value + key);
  return (
    <div class={`keyboard ${digitsOnly ? "digits" : "full"}`} role="group" aria-label={t("keyboard")}>
      {rows[layer].map((row) => (
        <div class="keyboard-row">
          {[...row].map((key) => (
            <button type="button" class="key" aria-label={key === "⌫" ? t("key.erase") : key === "×" ? t("key.times") : undefined} onClick={() => press(key)}>
              {key === "⌫" ? <Icon name="erase" /> : key}
            </button>
          ))}
        </div>
      ))}
      {!digitsOnly && (
        <div class="keyboard-row">
          {turns.map(([to, face]) => (
            <button type="button" class="key turn" aria-pressed={layer === to} onClick={() => setLayer(to)}>
              {face}
            </button>
          ))}
          <button type="button" class="key wide" aria-label={t("key.space")} onClick={() => press(" ")} />
          <button type="button" class="key" onClick={() => press("@")}>@</button>
          <button type="button" class="key" onClick={() => press(".")}>.</button>
        </div>
      )}
    </div>
  );
}
