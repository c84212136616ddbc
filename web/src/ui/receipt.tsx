import { useEffect, useState } from "preact/hooks";
import { dateTime, money, named, time } from "../format";
import { t } from "../i18n";
import type { Receipt } from "../protocol";
import { Sums } from "./bill";
import { Button } from "./button";
import { Icon } from "./icons";
import { type PassState, usePassState } from "./passstate";
import { QR } from "./qr";
import { Ways } from "./ways";

interface Panel {
  receipt: Receipt;
  token?: string; // path element of the receipt's address
  pdf?: boolean; // offer it, too
  onDone?: () => void;
  onPrint?: () => void;
  done?: string;
  /** Told how the exit pass stands. */
  onState?: (now: PassState) => void;
}

/** The paid bill and the pass that opens the exit. */
export function ReceiptPanel({ receipt, token, pdf, onDone, onPrint, done, onState }: Panel) {
  return (
    <section class="receipt" aria-labelledby="receipt-title">
      <PassCard receipt={receipt} token={token} onState={onState} />
      <div class="card">
        <header class="card-head">
          <h2>{t("receipt.no", { no: receipt.no })} {onPrint && <span class="print-only">{t("receipt.copy")}</span>}</h2>
          <span class="payee">{[receipt.payee, receipt.paid && dateTime(receipt.paid)].filter(Boolean).join(" · ")}</span>
        </header>
        <Facts {...receipt} />
        <Sums {...receipt} />
        <div class="acts no-print">
          {receipt.url && <a class="button plain large" href={receipt.url} target="_blank" rel="noopener"><Icon name="receipt" /><span>{t("receipt.link")}</span></a>}
          {onPrint && <Button icon="print" size="large" onClick={onPrint}>{t("receipt.print")}</Button>}
          {token && pdf && <a class="button plain large" href={`/v1/receipt/${encodeURIComponent(token)}.pdf`}><Icon name="receipt" /><span>{t("receipt.pdf")}</span></a>}
          {token && <Ways token={token} />}
          {onDone && <Button kind="primary" size="large" class="done" onClick={onDone}>{done}</Button>}
        </div>
      </div>
    </section>
  );
}

/** What was paid, and the pass; one that was used steps back. */
function PassCard({ receipt, token, onState }: Pick<Panel, "receipt" | "token" | "onState">) {
  const now = usePassState(token, receipt.pass);
  useEffect(() => void (now && onState?.(now)), [now]);
  const [again, setAgain] = useState(false);
  const over = now && now.state !== "opens" ? now : null;
  const pass = now?.pass ?? receipt.pass;
  return (
    <div class={over ? "card pass over" : "card pass"}>
      <header class="paid-head">
        <span class="paid-mark"><Icon name="check" size={28} /></span>
        <div>
          <h2 id="receipt-title">{t(receipt.refund_of ? "receipt.refunded" : receipt.kind === "topup" ? "receipt.toppedup" : "receipt.paid", { total: money(receipt.total, receipt.currency) })}</h2>
          {pass && !over && <p>{t("receipt.show")}</p>}
        </div>
      </header>
      {pass && over && (
        <p class="pass-over" role="status">
          <Icon name={over.state === "used" ? "door" : "warn"} />
          <strong>{over.state === "expired" ? t("receipt.pass.expired") : over.gate ? t("receipt.pass.used-gate", { time: time(over.at!), gate: over.gate }) : t("receipt.pass.used-at", { time: time(over.at!) })}</strong>
        </p>
      )}
      {pass && (!over || again) && <QR text={pass} label={t("receipt.qr")} />}
      {pass && over && <Button kind="quiet" icon="barcode" class="pass-again no-print" pressed={again} onClick={() => setAgain(!again)}>{t("receipt.pass.again")}</Button>}
    </div>
  );
}

/** How it was paid and how that was proven. */
function Facts({ method, proven, refund_of, reason }: Receipt) {
  const facts: [string, string | number | undefined][] = [
    [t("receipt.refund.of"), refund_of],
    [t("receipt.reason"), reason],
    [t("receipt.method"), method && named("method", method)],
    [t("receipt.proven"), proven && named("factor", proven)],
  ];
  return <dl class="facts">{facts.filter(([, value]) => value).map(([name, value]) => <div><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
