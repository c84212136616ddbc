import { useEffect, useState } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { dateTime, money, monthName } from "../format";
import { lang, t } from "../i18n";
import { isKiosk } from "../till";

// What happened to the balance in a month, to look at and to keep.

interface Moved {
  at: string;
  what: string;
  receipt?: number;
  amount: string;
  balance: string;
}
interface Statement {
  month: string;
  currency: string;
  opening: string;
  closing: string;
  rows: Moved[];
}

const months = 12;

/** "2026-11", and the months before it. */
function lastMonths(): string[] {
  const now = new Date();
  return Array.from({ length: months }, (_, i) => new Date(Date.UTC(now.getFullYear(), now.getMonth() - i, 1)).toISOString().slice(0, 7));
}

export function Statements() {
  const [month, setMonth] = useState(lastMonths()[0]!);
  const [statement, setStatement] = useState<Statement | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    call<Statement>("GET", `/v1/account/statements/${month}?${atPlace}`).then(
      (s) => {
        setStatement(s);
        setFault("");
      },
      (e: APIError) => setFault(e.message || t("unreachable")),
    );
  }, [month]);
  const file = (format: string) => `/v1/account/statements/${month}?${atPlace}&format=${format}&lang=${lang.value}`;
  const s = statement;
  return (
    <>
      <label class="field"><span>{t("account.month")}</span>
        <select name="statement-month" value={month} onChange={(e) => setMonth(e.currentTarget.value)}>{lastMonths().map((m) => <option value={m}>{monthName(m)}</option>)}</select>
      </label>
      <p class="fault" role="alert">{fault}</p>
      {s && (
        <table class="statement">
          <caption class="sr-only">{t("account.statements")}</caption>
          <thead><tr><th scope="col">{t("statement.what")}</th><th scope="col" class="amount">{t("statement.amount")}</th><th scope="col" class="amount">{t("account.balance")}</th></tr></thead>
          <tbody>
            <tr><td>{t("statement.opening")}</td><td /><td class="amount">{money(s.opening, s.currency)}</td></tr>
            {s.rows.map((r) => (
              <tr class={r.what}>
                <td>{t(`statement.${r.what}`)}<small>{dateTime(r.at)}{r.receipt ? ` · ${t("receipt.no", { no: r.receipt })}` : ""}</small></td>
                <td class="amount">{money(r.amount, s.currency)}</td>
                <td class="amount">{r.what === "elsewhere" ? "" : money(r.balance, s.currency)}</td>
              </tr>
            ))}
            <tr><td>{t("statement.closing")}</td><td /><td class="amount"><strong>{money(s.closing, s.currency)}</strong></td></tr>
          </tbody>
        </table>
      )}
      {!isKiosk && (
        <div class="acts">
          <a class="button plain" href={file("pdf")} download>{t("account.pdf")}</a>
          <a class="button plain" href={file("csv")} download>{t("account.csv")}</a>
        </div>
      )}
    </>
  );
}
