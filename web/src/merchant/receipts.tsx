import { signal } from "@preact/signals";
import { APIError, atPlace, call } from "../api";
import { dateTime, money, named } from "../format";
import { t } from "../i18n";
import type { Receipt } from "../protocol";
import { useEffect } from "preact/hooks";
import { Icon } from "../ui/icons";
import { ReceiptPanel } from "../ui/receipt";
import { Table } from "../ui/table";
import { type Page, type View, viewQuery } from "../ui/tableview";
import { sold } from "./today";
import { ZoneCard } from "./zone";
import { forgetRefund, loadRefund, RefundCard } from "./refund";

// All receipts, one of them and where it went, and whether kiosks print.

interface Delivery {
  kind: string;
  nth: number;
  state: string;
  tries: number;
  trouble?: string;
  created: string;
}
type Found = Receipt & { deliveries: Delivery[] };

interface Printing {
  print: string;
  printer: boolean;
}

const found = signal<Found | null>(null);
const fault = signal("");
const printing = signal<Printing | null>(null);

export async function loadPrinting(): Promise<void> {
  printing.value = await call<Printing>("GET", `/v1/merchant/printing?${atPlace}`).catch(() => null);
}

/** Opens the receipt that the address names: #receipts?12. */
async function open(): Promise<void> {
  const no = asked.value;
  fault.value = "";
  forgetRefund();
  if (!no) {
    found.value = null;
    return;
  }
  try {
    found.value = await call<Found>("GET", `/v1/merchant/receipts/${encodeURIComponent(no)}`);
    await loadRefund(Number(no));
  } catch (e) {
    const { status, message } = e as APIError;
    found.value = null;
    fault.value = status === 404 ? t("receipt.missing") : message || t("unreachable");
  }
}

const asked = signal("");
const read = () => (asked.value = location.hash.startsWith("#receipts?") ? location.hash.slice(10) : "");
addEventListener("hashchange", read);
read();

async function setPrinting(print: string): Promise<void> {
  await call("PUT", `/v1/merchant/printing?${atPlace}`, { print }).catch(() => null);
  await loadPrinting();
}

export function Receipts() {
  useEffect(() => void open(), [asked.value]);
  if (asked.value)
    return (
      <>
        <a class="back" href="#receipts"><Icon name="back" />{t("receipts.all")}</a>
        <p class="fault" role="alert">{fault.value}</p>
        {found.value && (
          <div class="columns">
            <ReceiptPanel receipt={found.value} token={found.value.url?.split("/").pop()} pdf />
            <div class="stack"><RefundCard /><Deliveries list={found.value.deliveries} /></div>
          </div>
        )}
      </>
    );
  return (
    <>
      <section class="card">
        <h2>{t("merchant.receipts")}</h2>
        <List />
      </section>
      {printing.value && <PrintingCard {...printing.value} />}
      <ZoneCard />
    </>
  );
}

interface Sale {
  at: string;
  no: number;
  items: number;
  total: string;
  method: string;
  refund_of?: number;
  kind?: "topup";
}
interface Listed {
  currency: string;
  receipts: Sale[];
  total: number;
}

const currency = signal("EUR");
const address = (v: View, limit: number, more = "") => `/v1/merchant/receipts?${atPlace}&${viewQuery(v, limit)}${more}`;

async function load(v: View, limit: number): Promise<Page<Sale>> {
  const answer = await call<Listed>("GET", address(v, limit));
  currency.value = answer.currency;
  return { rows: answer.receipts, total: answer.total };
}

function List() {
  return (
    <Table name="receipts" label={t("merchant.receipts")} load={load} fresh={sold.value} rowKey={(x) => String(x.no)} sorted={{ by: "no", down: true }} search={t("receipts.search")}
      filters={[{ key: "kind", label: t("receipts.kinds"), options: [{ value: "sale", label: t("receipts.sales") }, { value: "refund", label: t("receipts.refunds") }, { value: "topup", label: t("receipts.topups") }] }]}
      csv="receipts.csv" csvAddress={(v) => address(v, 1, "&format=csv")} empty={<p class="hint">{t("receipts.first")}</p>}
      columns={[
        { key: "no", head: t("today.no"), value: (x) => x.no, title: true, cell: (x) => <><a href={`#receipts?${x.no}`}>{x.no}</a>{x.kind === "topup" && <span class="chip">{t("receipts.topup")}</span>}{x.refund_of && <span class="chip asks">{t("today.refund", { no: x.refund_of })}</span>}</> },
        { key: "at", head: t("receipts.when"), value: (x) => x.at, cell: (x) => dateTime(x.at), sorts: false },
        { key: "method", head: t("receipt.method"), value: (x) => x.method, cell: (x) => named("method", x.method), sorts: false },
        { key: "items", head: t("today.items"), value: (x) => x.items, amount: true, sorts: false },
        { key: "total", head: t("today.sum"), value: (x) => Number(x.total), cell: (x) => money(x.total, currency.value), amount: true },
      ]} />
  );
}

function Deliveries({ list }: { list: Delivery[] }) {
  return (
    <section class="card">
      <h2>{t("deliveries.title")}</h2>
      <Table name="deliveries" label={t("deliveries.title")} rows={list} rowKey={(d) => `${d.kind} ${d.nth} ${d.created}`} empty={<p class="hint">{t("deliveries.none")}</p>}
        columns={[
          { key: "created", head: t("today.time"), value: (d) => d.created, cell: (d) => dateTime(d.created), title: true },
          { key: "how", head: t("deliveries.how"), value: (d) => d.kind, cell: (d) => <>{t(`deliveries.${d.kind}`)}{d.nth > 1 && <span class="chip">{t("receipt.copy")}</span>}</> },
          { key: "state", head: t("today.state"), value: (d) => d.state, cell: (d) => <>{t(`deliveries.state.${d.state.replace(" ", "-")}`, { n: d.tries })} {d.trouble && <span class="hint">{d.trouble}</span>}</> },
        ]} />
    </section>
  );
}

const choices = ["never", "ask", "always"];

function PrintingCard({ print, printer }: Printing) {
  return (
    <section class="card">
      <h2>{t("printing.title")}</h2>
      {!printer && <p class="hint">{t("printing.none")}</p>}
      <label class="field">
        <span>{t("printing.when")}</span>
        <select name="print" value={print} onChange={(e) => void setPrinting(e.currentTarget.value)}>
          {choices.map((c) => <option value={c}>{t(`printing.${c}`)}</option>)}
        </select>
      </label>
    </section>
  );
}
