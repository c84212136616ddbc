import { signal } from "@preact/signals";
import { examples } from "../examples";
import { t } from "../i18n";
import { doCommand, hears, isKiosk, sayTyped } from "../till";
import { Button } from "./button";
import { FoundList, useItems } from "./found";
import { Keyboard } from "./keyboard";
import { scanning } from "./scan";
import { mayTeach, teaching } from "./teach";

const text = signal("");
const usual = isKiosk ? "digits" : "none";
const pad = signal<"none" | "digits" | "letters">(usual);
function setText(value: string): void {
  text.value = value;
}

export function append(character: string): void {
  text.value += character;
}

/** Nobody sees what another person has typed. */
export function forgetTyped(): void {
  text.value = "";
  pad.value = usual;
}

/** "1203×3" is item 1203 times 3, a bar code its item; anything else is said as typed. */
function send(): void {
  const line = text.value.trim();
  if (!line) return;
  const code = /^(\d+)\s*[×x*]\s*(\d+(?:\.\d{1,3})?)$/.exec(line);
  if (code) doCommand({ do: "add", item: code[1], quantity: code[2] });
  else if (/^\d{8,14}$/.test(line)) doCommand({ do: "add", item: line });
  else sayTyped(line);
  setText("");
}

/** What is looked for, and how many of it: "oat × 3". */
function wanted(line: string): { what: string; quantity?: string } {
  const [, what, quantity] = /^(.*?)\s*[×*]\s*(\d+(?:\.\d{1,3})?)?\s*$/.exec(line) ?? [];
  return what === undefined ? { what: line } : { what, quantity };
}

function take(number: string): void {
  doCommand({ do: "add", item: number, quantity: wanted(text.value).quantity });
  setText("");
}

/** Everything that can be said, typed: a line, a search, a number pad. */
export function Entry({ onVoice }: { onVoice: () => void }) {
  const found = useItems(wanted(text.value).what);
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
        <input id="type" value={text.value} placeholder={t("type.hint", examples.value)} autocomplete="off" autocapitalize="none" enterkeyhint="send" onInput={(e) => setText(e.currentTarget.value)} />
        <Button type="submit" kind="primary" icon="send" label={t("type.send")} />
      </form>
      <FoundList found={found} onTake={take} onTeach={mayTeach.value ? (item) => (teaching.value = item) : undefined} />
      <div class="entry-pads">
        <Button kind="quiet" pressed={pad.value === "digits"} onClick={() => turn("digits")}>{t("type.digits")}</Button>
        <Button kind="quiet" icon="barcode" class="scan" onClick={() => (scanning.value = true)}>{t("scan.do")}</Button>
        {isKiosk && <Button kind="quiet" pressed={pad.value === "letters"} onClick={() => turn("letters")}>{t("type.letters")}</Button>}
      </div>
      {pad.value !== "none" && <Keyboard key={pad.value} value={text.value} onInput={setText} digitsOnly={pad.value === "digits"} />}
    </section>
  );
}
