import { useEffect, useRef } from "preact/hooks";
import { examples } from "../examples";
import { commandWords } from "../format";
import { lang, t } from "../i18n";
import { fault } from "../mic";
import { cart, choices, doCommand, hears, hearsLang, hint, link, partial, puzzled, said, showsReceipt, state, stuck, understood } from "../till";
import type { Command, Request } from "../protocol";
import { cutOff, phase } from "../talk";
import { Button } from "./button";
import { correcting, isCorrectable } from "./correct";
import { Icon } from "./icons";
import { mayTeach, teaching } from "./teach";

/** What the till said last, as a caption that screen readers speak. */
export function Caption() {
  const at = useRef<HTMLElement>(null);
  useEffect(() => at.current?.scrollIntoView({ block: "nearest" }), [said.value]); // where it is not always in sight
  return (
    <section class="caption" ref={at} aria-label={t("caption")}>
      <p id="said" class="said" aria-live="polite">{said.value || t("caption.start", examples.value)}</p>
      <p class="hint" aria-live="polite">{hint.value}</p>
    </section>
  );
}

/** What is being heard, and what was understood. Its height never changes. */
export function Hearing() {
  const label = cutOff.value ? t("talk.cut") : hears.value ? t(`talk.${phase.value}`) : t("talk.off");
  return (
    <div class="hearing">
      <p id="partial" class={partial.value ? "partial words" : "partial"}>{partial.value || label}</p>
      <ul class="chips" aria-label={t("understood")}>
        {understood.value.map((c) => (
          <li>{isCorrectable(c, understood.value) ? <CorrectChip c={c} /> : <span class={chipClass(c)}>{commandWords(c)}</span>}</li>
        ))}
      </ul>
    </div>
  );
}

const chipClass = (c: Command) => (c.ask ? "chip asks" : "chip");

function CorrectChip({ c }: { c: Command }) {
  return (
    <button type="button" class={chipClass(c)} aria-label={t("correct.chip", { what: commandWords(c) })} onClick={() => (correcting.value = c)}>
      {commandWords(c)}
      <Icon name="pencil" size={16} />
    </button>
  );
}

export function Choices() {
  if (choices.value.length === 0) return null;
  return (
    <section class="card choices" aria-label={t("choices")}>
      {choices.value.map((c) => (
        <button type="button" class="choice" data-n={c.n} onClick={() => doCommand({ do: "choose", n: c.n })}>
          <span class="choice-n">{c.n}</span>
          <span>{c.text}</span>
        </button>
      ))}
    </section>
  );
}

/** What is wrong with the link or the microphone, and what to do. */
export function Notices({ types, onType, onStaff }: { types: boolean; onType: () => void; onStaff: () => void }) {
  const pays = link.unsent.value.some((r) => r.type === "prove");
  const unsent = link.unsent.value.filter((r) => !isSecret(r));
  return (
    <div class="notices" role="status">
      {!hears.value && state.value === "shopping" && cart.value.lines.length === 0 && <Notice id="typed-only" text={t("typed.only")} />}
      {hears.value && hearsLang.value && hearsLang.value !== lang.value && state.value !== "proving" && !showsReceipt.value && (
        <Notice id="voice-english" text={t("voice.english")} />
      )}
      {link.away.value && (
        <Notice id="offline" text={[t(link.online.value ? "link.waiting" : "link.offline"), pays ? t("link.paying") : "", unsent.length ? t("link.queued", { n: unsent.length }) : ""].join(" ")}>
          {unsent.length > 0 && <Unsent requests={unsent} />}
        </Notice>
      )}
      {fault.value && (
        <Notice id="mic-fault" text={t(`mic.${fault.value}`)}>
          <Button icon="keyboard" onClick={() => { fault.value = null; onType(); }}>{t("type.open")}</Button>
        </Notice>
      )}
      {mayTeach.value && puzzled.value && (
        <Notice id="teach-offer" text={t("teach.offer")}>
          <Button icon="mic" class="teach" onClick={() => (teaching.value = "any")}>{t("teach.do")}</Button>
        </Notice>
      )}
      {stuck.value && (
        <Notice id="stuck" text={t("stuck")}>
          {!types && <Button icon="keyboard" onClick={onType}>{t("type.open")}</Button>}
          <Button icon="bell" onClick={onStaff}>{t("staff")}</Button>
        </Notice>
      )}
    </div>
  );
}

const isSecret = (r: Request) => r.type === "prove" || r.type === "decide";

/** What is sent as soon as there is a connection again. */
function Unsent({ requests }: { requests: Request[] }) {
  const words = (r: Request) => (r.type === "say" ? r.text : r.type === "do" ? commandWords(r.command) : "");
  return <ul class="unsent">{requests.map((r) => <li class="chip asks">{words(r)}</li>)}</ul>;
}

function Notice({ id, text, children }: { id: string; text: string; children?: preact.ComponentChildren }) {
  return (
    <div class="notice" id={id}>
      <Icon name="warn" />
      <p>{text}</p>
      {children && <div class="notice-acts">{children}</div>}
    </div>
  );
}
