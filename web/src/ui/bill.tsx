import { money, optionList, quantity } from "../format";
import { t } from "../i18n";
import { nameOf } from "../names";
import type { Line, Tax } from "../protocol";
import { bill, cart, doCommand } from "../till";
import { Button } from "./button";
import { Icon } from "./icons";
import { Methods } from "./methods";

interface Sums {
  lines: Line[];
  tax: Tax[];
  total: string;
  currency: string;
}

/** Lines, tax by rate and total, of a bill or a receipt. */
export function Sums({ lines, tax, total, currency }: Sums) {
  return (
    <div class="sums">
      <table class="bill-lines">
        <caption class="sr-only">{t("bill.lines")}</caption>
        <thead class="sr-only">
          <tr>
            <th scope="col">{t("bill.quantity")}</th>
            <th scope="col">{t("bill.item")}</th>
            <th scope="col">{t("bill.sum")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr>
              <td class="q">{quantity(l.quantity, l.unit)}{l.unit === "each" && " ×"}</td>
              <td>
                {nameOf(l.item, l.name)}
                <small>{[optionList(l.options), `${money(l.price, currency)}${l.unit === "each" ? "" : ` / ${l.unit}`}`].filter(Boolean).join(" · ")}</small>
              </td>
              <td class="amount">{money(l.total, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl class="taxes">
        {tax.map((x) => (
          <div>
            <dt>{t("bill.tax", { rate: x.rate, net: money(x.net, currency) })}</dt>
            <dd>{money(x.tax, currency)}</dd>
          </div>
        ))}
        <div class="grand">
          <dt>{t(lines.length + tax.length > 0 ? "bill.total" : "refund.amount")}</dt>
          <dd>{money(total, currency)}</dd>
        </div>
      </dl>
    </div>
  );
}

export function BillPanel() {
  const b = bill.value;
  const shown = b ?? { lines: cart.value.lines, tax: [], total: cart.value.total, currency: cart.value.currency };
  return (
    <section class="card bill" aria-labelledby="bill-title">
      <header class="card-head">
        <h2 id="bill-title">{t("bill.title")}</h2>
        {b && <span class="payee">{t("bill.payee", { payee: b.payee })}</span>}
      </header>
      <Sums {...shown} />
      <Methods />
      {b?.allowed && <p class="private allowed"><Icon name="check" />{t("bill.allowed")}</p>}
      <p class="hint center">{t("bill.say")}</p>
    </section>
  );
}

/** What can be done with the bill: it stays in sight, however long the bill is. */
export function BillActs() {
  return (
    <div class="acts total-bar confirm-bar">
      <Button icon="back" size="large" class="go-back" onClick={() => doCommand({ do: "back" })}>{t("back")}</Button>
      <Button kind="primary" size="large" class="confirm" disabled={!bill.value} onClick={() => doCommand({ do: "confirm" })}>{t("confirm")}</Button>
    </div>
  );
}
