import { signal } from "@preact/signals";
import { APIError, atPlace, call } from "../api";
import { dateTime } from "../format";
import { t } from "../i18n";
import type { Receipt } from "../protocol";
import { Button } from "../ui/button";
import { ReceiptPanel } from "../ui/receipt";
import { Table } from "../ui/table";
import { forgetRefund, loadRefund, RefundCard } from "./refund";

// A receipt by its number, where it went, and whether kiosks print.

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

async function find(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const no = String(new FormData(e.currentTarget as HTMLFormElement).get("no"));
  fault.value = "";
  forgetRefund();
  try {
    found.value = await call<Found>("GET", `/v1/merchant/receipts/${encodeURIComponent(no)}`);
    await loadRefund(Number(no));
  } catch (e) {
    const { status, message } = e as APIError;
    found.value = null;
    fault.value = status === 404 ? t("receipt.missing") : message || t("unreachable");
  }
}

async function setPrinting(print: string): Promise<void> {
  await call("PUT", `/v1/merchant/printing?${atPlace}`, { print }).catch(() => null);
  await loadPrinting();
}

export function Receipts() {
  return (
    <>
      <section class="card">
        <h2>{t("merchant.receipts")}</h2>
        <form class="inline" onSubmit={find}>
          <label class="field"><span>{t("today.no")}</span><input name="no" inputMode="numeric" pattern="[0-9]+" required autocomplete="off" /></label>
          <Button type="submit" kind="primary">{t("receipts.find")}</Button>
        </form>
        <p class="fault" role="alert">{fault.value}</p>
      </section>
      {found.value && <ReceiptPanel receipt={found.value} token={found.value.url?.split("/").pop()} pdf />}
      {found.value && <RefundCard />}
      {found.value && <Deliveries list={found.value.deliveries} />}
      {printing.value && <PrintingCard {...printing.value} />}
    </>
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
