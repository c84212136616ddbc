import { computed, signal } from "@preact/signals";
import { atPlace, call } from "../api";
import { money, time } from "../format";
import { t } from "../i18n";
import { Bars } from "../ui/chart";
import { catalog } from "./catalog";
import { Figure } from "../ui/figure";
import { Table } from "../ui/table";

interface Sold {
  count: number;
  total: string;
  refunds: number;
  back: string;
}
interface Sale {
  at: string;
  no: number;
  items: number;
  total: string;
  receipt: string;
  refund_of?: number;
  kind?: "topup";
}
interface Sales extends Sold {
  currency: string;
  average: string;
  hours: ({ start: string } & Sold)[];
  sales: Sale[];
  carts: { id: string; state: string; count: number; total: string; updated: string }[];
}

const sales = signal<Sales | null>(null);
/** Changes when anything was sold or given back today. */
export const sold = computed(() => sales.value?.sales[0]?.no ?? 0);
const at = signal("");
const stale = signal(false);

export async function loadSales(): Promise<void> {
  try {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    sales.value = await call<Sales>("GET", `/v1/merchant/sales?${atPlace}&from=${midnight.toISOString()}`);
    at.value = new Date().toISOString();
    stale.value = false;
  } catch {
    stale.value = true;
  }
}

export function Today() {
  const s = sales.value;
  if (!s) return null;
  return (
    <>
      <p class={`live ${stale.value ? "stale" : ""}`} role="status">{stale.value ? t("today.stale", { at: time(at.value) }) : t("today.live")}</p>
      {catalog.value.version !== "" && catalog.value.all === 0 && <p class="notice first">{t("today.first")} <a class="button" href="#start">{t("merchant.start")}</a></p>}
      <dl class="figures">
        <Figure name={t("today.total")} value={money(s.total, s.currency)} />
        <Figure name={t("today.count")} value={String(s.count)} />
        <Figure name={t("today.average")} value={money(s.average, s.currency)} />
        <Figure name={t("today.back")} value={money(s.back, s.currency)} hint={s.refunds > 0 ? t("today.refunds", { n: s.refunds }) : undefined} />
        <Figure name={t("today.carts")} value={String(s.carts.length)} />
      </dl>
      <div class="columns">
        <section class="card">
          <h2>{t("today.hours")}</h2>
          <Hours sales={s} />
        </section>
        <section class="card">
          <h2>{t("today.carts")}</h2>
          <Carts sales={s} />
        </section>
      </div>
      <section class="card sales">
        <h2>{t("today.sales")}</h2>
        <Latest sales={s} />
      </section>
    </>
  );
}

const hourOf = (start: string) => `${String(new Date(start).getHours()).padStart(2, "0")}:00`;

function Hours({ sales: s }: { sales: Sales }) {
  if (s.hours.length === 0) return <p class="hint">{t("today.none")}</p>;
  const sold = new Map(s.hours.map((h) => [hourOf(h.start), h]));
  const names = Array.from({ length: 24 }, (_, h) => `${String(h).padStart(2, "0")}:00`);
  return (
    <>
      <Bars label={t("today.hours")} names={names} series={[{ label: t("today.sum"), values: names.map((n) => Number(sold.get(n)?.total ?? 0)) }]} format={(v) => money(v.toFixed(2), s.currency)} />
      <Table name="today-hours" label={t("today.hours")} rows={s.hours} rowKey={(h) => h.start} perPage={6} empty={null}
        columns={[
          { key: "hour", head: t("today.hour"), value: (h) => hourOf(h.start), title: true },
          { key: "count", head: t("today.count"), value: (h) => h.count, amount: true },
          { key: "total", head: t("today.sum"), value: (h) => Number(h.total), cell: (h) => money(h.total, s.currency), amount: true },
        ]} />
    </>
  );
}

function Carts({ sales: s }: { sales: Sales }) {
  return (
    <Table name="carts" label={t("today.carts")} rows={s.carts} rowKey={(c) => c.id} empty={<p class="hint">{t("today.carts.none")}</p>}
      columns={[
        { key: "updated", head: t("today.time"), value: (c) => c.updated, cell: (c) => time(c.updated), title: true },
        { key: "state", head: t("today.state"), value: (c) => c.state, cell: (c) => <span class="chip">{t(`state.${c.state}`)}</span> },
        { key: "count", head: t("today.items"), value: (c) => c.count, amount: true },
        { key: "total", head: t("today.sum"), value: (c) => Number(c.total), cell: (c) => money(c.total, s.currency), amount: true },
      ]} />
  );
}

function Latest({ sales: s }: { sales: Sales }) {
  return (
    <Table name="sales" label={t("today.sales")} rows={s.sales} rowKey={(x) => String(x.no)} csv="sales.csv" empty={<p class="hint">{t("today.none")}</p>}
      columns={[
        { key: "at", head: t("today.time"), value: (x) => x.at, cell: (x) => time(x.at), title: true },
        { key: "no", head: t("today.no"), value: (x) => x.no, cell: (x) => <><a href={`#receipts?${x.no}`}>{x.no}</a>{x.kind === "topup" && <span class="chip">{t("receipts.topup")}</span>}{x.refund_of && <span class="chip asks">{t("today.refund", { no: x.refund_of })}</span>}</> },
        { key: "items", head: t("today.items"), value: (x) => x.items, amount: true },
        { key: "total", head: t("today.sum"), value: (x) => Number(x.total), cell: (x) => money(x.total, s.currency), amount: true },
      ]} />
  );
}
