import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { findItems, type Found } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { doCommand, hears, isKiosk, sayTyped } from "../till";
import { Button } from "./button";
import { Icon } from "./icons";
import { Keyboard } from "./keyboard";

const text = signal("");
const found = signal<Found | null>(null);
const pad = signal<"none" | "digits" | "letters">(isKiosk ? "digits" : "none");
const most = 6; // suggestions
const pause = 150; // ms without a key before it searches

let asked = 0;

/** Looks for items while typing; a later answer never yields to an earlier one. */
async function search(q: string): Promise<void> {
  const mine = ++asked;
  const answer = q.trim() ? await findItems(q.trim(), most).catch(() => null) : null;
  if (mine === asked) found.value = answer;
}

function setText(value: string): void {
  text.value = value;
}

/** "1203×3" is item 1203 times 3; anything else is said as typed. */
function send(): void {
  const line = text.value.trim();
  if (!line) return;
  const code = /^(\d+)\s*[×x*]\s*(\d+(?:\.\d{1,3})?)$/.exec(line);
  if (code) doCommand({ do: "add", item: code[1], quantity: code[2] });
  else sayTyped(line);
  setText("");
}

function take(number: string): void {
  doCommand({ do: "add", item: number });
  setText("");
}

/** Everything that can be said, typed: a line, a search, a number pad. */
export function Entry({ onVoice }: { onVoice: () => void }) {
  useEffect(() => {
    const timer = setTimeout(() => void search(text.value), pause);
    return () => clearTimeout(timer);
  }, [text.value]);
  const turn = (to: "digits" | "letters") => (pad.value = pad.value === to ? "none" : to);
  return (
    <section class="entry" aria-label={t("type.title")}>
      <form
        class="entry-line"
        onSubmit={(e) => {
          e.preventDefault();
          send();
        }}
      >
        <label class="sr-only" for="type">{t("type.title")}</label>
        {hears.value && <Button icon="mic" kind="quiet" class="to-voice" label={t("talk.idle")} onClick={onVoice} />}
        <input id="type" value={text.value} placeholder={t("type.hint")} autocomplete="off" autocapitalize="none" enterkeyhint="send" onInput={(e) => setText(e.currentTarget.value)} />
        <Button type="submit" kind="primary" icon="send" label={t("type.send")} />
      </form>
      <Suggestions />
      <div class="entry-pads">
        <Button kind="quiet" pressed={pad.value === "digits"} onClick={() => turn("digits")}>{t("type.digits")}</Button>
        {isKiosk && <Button kind="quiet" pressed={pad.value === "letters"} onClick={() => turn("letters")}>{t("type.letters")}</Button>}
      </div>
      {pad.value !== "none" && <Keyboard key={pad.value} value={text.value} onInput={setText} digitsOnly={pad.value === "digits"} />}
    </section>
  );
}

function Suggestions() {
  if (!found.value) return null;
  const { items, currency } = found.value;
  return (
    <ul class="found" aria-label={t("found")}>
      {items.map((item) => (
        <li>
          <button type="button" class="found-item" data-item={item.number} onClick={() => take(item.number)}>
            {item.picture && <img src={item.picture} alt="" loading="lazy" width="40" height="40" />}
            <span class="found-name">{item.name}<small>{item.number}</small></span>
            <span class="found-price">{money(item.price, currency)}{item.unit !== "each" && ` / ${item.unit}`}</span>
            <Icon name="plus" />
          </button>
        </li>
      ))}
      {items.length === 0 && <li class="found-none">{t("found.none")}</li>}
    </ul>
  );
}
