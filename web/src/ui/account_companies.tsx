import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { atPlace, call, type Company } from "../api";
import { day, money, monthName } from "../format";
import { lang, t } from "../i18n";
import { isKiosk } from "../till";

// The bills of a company, for its manager alone.

export function Companies({ wrap }: { wrap: (children: ComponentChildren) => ComponentChildren }) {
  const [companies, setCompanies] = useState<Company[]>([]);
  useEffect(() => {
    call<{ companies: Company[] }>("GET", `/v1/account/companies?${atPlace}`).then((c) => setCompanies(c.companies), () => undefined); // without an answer there is none
  }, []);
  if (companies.length === 0) return null;
  return <>{wrap(companies.map((c) => <One key={c.id} c={c} />))}</>;
}

function One({ c }: { c: Company }) {
  const file = (month: string, format: string) => `/v1/account/companies/${encodeURIComponent(c.id)}/bills/${month}?${atPlace}&format=${format}&lang=${lang.value}`;
  return (
    <section class="company">
      <h3>{c.name}</h3>
      <p class="hint">{t("company.owed", { owed: money(c.owed, c.currency), limit: money(c.limit, c.currency) })}</p>
      {c.bills.length === 0 && <p class="hint">{t("company.nobills")}</p>}
      <ul class="found-receipts">
        {c.bills.map((b) => (
          <li key={b.month}>
            <span>{monthName(b.month)}<small>{Number(b.left) > 0 ? t("company.due", { left: money(b.left, c.currency), day: day(new Date(b.due)) }) : t("company.paid")}{" "}
              {!isKiosk && <><a href={file(b.month, "pdf")} download>PDF</a> · <a href={file(b.month, "csv")} download>CSV</a></>}</small></span>
            <strong class="amount">{money(b.total, c.currency)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}
