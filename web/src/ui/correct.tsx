import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { commandWords } from "../format";
import { t } from "../i18n";
import type { Command } from "../protocol";
import { cart, doCommand, isKiosk } from "../till";
import { Button } from "./button";
import { CartLine } from "./cart";
import { FoundList, useItems } from "./found";
import { Keyboard } from "./keyboard";
import { Sheet } from "./sheet";

// What was understood, put right by tapping its chip: another quantity, another
// item, or not at all.

/** The command whose chip was tapped. */
export const correcting = signal<Command | null>(null);

/** Whether it can be put right: it concerns an item, and an undo takes back no more than it. */
export const isCorrectable = (c: Command, all: Command[]) =>
  (c.do === "add" || (all.length === 1 && ["set", "remove"].includes(c.do))) && c.item !== undefined && c.item !== "last";

const sameOptions = (a: Command["options"] = {}, b: Command["options"] = {}) =>
  Object.keys({ ...a, ...b }).every((group) => a[group] === b[group]);

const lineOf = (c: Command) => cart.value.lines.find((l) => l.item === c.item && sameOptions(l.options, c.options));

/** Takes back what was done by mistake, and does it with the other item. */
function replace(wrong: Command, item: string): void {
  const done = !wrong.ask && wrong.item !== null;
  if (done && wrong.do !== "add") doCommand({ do: "undo" });
  else if (done && lineOf(wrong)) doCommand({ do: "remove", item: wrong.item, quantity: wrong.quantity ?? "1", options: wrong.options });
  doCommand({ do: wrong.do, item, quantity: wrong.quantity });
  correcting.value = null;
}

export function CorrectSheet() {
  const c = correcting.value;
  const [text, setText] = useState("");
  const found = useItems(text);
  if (!c) return null;
  const line = lineOf(c);
  const close = () => (correcting.value = null);
  const undo = () => {
    doCommand({ do: "undo" });
    close();
  };
  return (
    <Sheet title={t("correct.title")} onClose={close}>
      <p class="hint">{t("correct.heard", { what: commandWords(c) })}</p>
      {line && <ul class="cart-lines"><CartLine line={line} currency={cart.value.currency} /></ul>}
      {c.item !== null && !line && <div class="acts"><Button icon="undo" size="large" class="correct-undo" onClick={undo}>{t("cart.undo")}</Button></div>}
      <label class="field">
        <span>{t(c.item === null ? "correct.which" : "correct.other")}</span>
        <input id="correct" value={text} autocomplete="off" autocapitalize="none" placeholder={t("correct.hint")} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <FoundList found={found} none="correct.none" onTake={(number) => replace(c, number)} />
      {isKiosk && <Keyboard value={text} onInput={setText} />}
    </Sheet>
  );
}
