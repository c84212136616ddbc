import { useEffect, useState } from "preact/hooks";
import { APIError, call, type ListedReceipt } from "../api";
import { dateTime, money } from "../format";
import { t } from "../i18n";
import { isKiosk } from "../till";
import { Button } from "./button";

// The account's receipts, newest first, found by what is typed.

const pause = 300; // ms from the last key to the search

export function History() {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<ListedReceipt[] | null>(null);
  const [next, setNext] = useState("");
  const [fault, setFault] = useState("");
  const load = async (q: string, before: string, known: ListedReceipt[]) => {
    try {
      const page = await call<{ receipts: ListedReceipt[]; next?: string }>("GET", `/v1/account/receipts?limit=10&q=${encodeURIComponent(q)}&before=${encodeURIComponent(before)}`);
      setFound([...known, ...page.receipts]);
      setNext(page.next ?? "");
      setFault("");
    } catch (e) {
      setFault((e as APIError).message || t("unreachable"));
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void load(query, "", []), query ? pause : 0);
    return () => clearTimeout(timer);
  }, [query]);
  return (
    <>
      <label class="field"><span class="sr-only">{t("account.search")}</span><input type="search" name="receipt-search" value={query} placeholder={t("account.search")} maxLength={100} onInput={(e) => setQuery(e.currentTarget.value)} /></label>
      <p class="fault" role="alert">{fault}</p>
      <ul class="found-receipts" aria-live="polite">
        {(found ?? []).map((r) => (
          <li key={r.url}>
            <span>
              {isKiosk ? t("receipts.from", { no: r.no, payee: r.payee }) : <a href={r.url} target="_blank" rel="noopener">{t("receipts.from", { no: r.no, payee: r.payee })}</a>}
              <small>{dateTime(r.paid)} {r.kind === "topup" && <span class="chip">{t("topup.title")}</span>}{r.refund_of && <span class="chip">{t("receipts.refund")}</span>}{!r.payer && <span class="chip">{t("receipts.other")}</span>}</small>
            </span>
            <strong class="amount">{money(r.total, r.currency)}</strong>
          </li>
        ))}
      </ul>
      {found?.length === 0 && <p class="hint">{t(query ? "account.nothing" : "receipts.none")}</p>}
      {next && <div class="acts"><Button class="more" onClick={() => void load(query, next, found ?? [])}>{t("receipts.more")}</Button></div>}
    </>
  );
}
