import { time } from "../format";
import { t } from "../i18n";
import { bill, busy, doCommand, handoff, isKiosk } from "../till";
import { Button } from "./button";
import { QR } from "./qr";

const named = ["prepaid", "card", "wechat", "alipay", "invoice"];

/** A provider that the texts do not know goes by its own name. */
export const methodName = (m: string) => (named.includes(m) ? t(`method.${m}`) : m);

/** The ways to pay that the place offers, where there is a choice. */
export function Methods() {
  const b = bill.value;
  if (!b?.methods || b.methods.length < 2) return null;
  return (
    <fieldset class="methods">
      <legend>{t("method.title")}</legend>
      {b.methods.map((m) => (
        <Button class={`method ${m}`} pressed={m === b.method} disabled={busy.value} onClick={() => doCommand({ do: "pay", method: m })}>{methodName(m)}</Button>
      ))}
    </fieldset>
  );
}

/** Where the shopper finishes the payment: the till waits and shows the receipt by itself. */
export function HandoffPanel() {
  const h = handoff.value;
  if (!h) return null;
  const code = h.qr || h.url; // without one there is nothing to do but to wait
  return (
    <section class="card handoff center" aria-labelledby="handoff-title">
      <h2 id="handoff-title">{t(!code ? "underway.title" : isKiosk ? "handoff.title" : "handoff.title.here")}</h2>
      <p>{t(!code ? "underway.how" : isKiosk ? "handoff.how" : h.url ? "handoff.how.here" : "handoff.how.app")}</p>
      {code && <QR text={code} label={t("handoff.qr")} />}
      {code && <p class="hint">{t("handoff.until", { time: time(h.expires) })}</p>}
      <div class="acts">
        <Button icon="back" size="large" class="go-back" disabled={busy.value} onClick={() => doCommand({ do: "back" })}>{t("back")}</Button>
        {h.url && !isKiosk && <a class="button primary large open-handoff" href={h.url} rel="noopener noreferrer">{t("handoff.open")}</a>}
      </div>
    </section>
  );
}
