import { dateTime, money } from "../format";
import { t } from "../i18n";
import type { Receipt } from "../protocol";
import { Sums } from "./bill";
import { Button } from "./button";
import { Icon } from "./icons";
import { QR } from "./qr";

/** The paid bill and the pass that opens the exit. */
export function ReceiptPanel({ receipt, onDone, onPrint, done }: { receipt: Receipt; onDone?: () => void; onPrint?: () => void; done?: string }) {
  return (
    <section class="receipt" aria-labelledby="receipt-title">
      <div class="card pass">
        <header class="paid-head">
          <span class="paid-mark"><Icon name="check" size={28} /></span>
          <div>
            <h2 id="receipt-title">{t("receipt.paid", { total: money(receipt.total, receipt.currency) })}</h2>
            <p>{t("receipt.show")}</p>
          </div>
        </header>
        {receipt.pass && <QR text={receipt.pass} label={t("receipt.qr")} />}
      </div>
      <div class="card">
        <header class="card-head">
          <h2>{t("receipt.no", { no: receipt.no })}</h2>
          <span class="payee">{[receipt.payee, receipt.paid && dateTime(receipt.paid)].filter(Boolean).join(" · ")}</span>
        </header>
        <Sums {...receipt} />
        <div class="acts no-print">
          {receipt.url && <a class="button plain large" href={receipt.url} target="_blank" rel="noopener"><Icon name="receipt" /><span>{t("receipt.link")}</span></a>}
          {onPrint && <Button icon="print" size="large" onClick={onPrint}>{t("receipt.print")}</Button>}
          {onDone && <Button kind="primary" size="large" class="done" onClick={onDone}>{done}</Button>}
        </div>
      </div>
    </section>
  );
}
