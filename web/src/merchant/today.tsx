import { signal } from "@preact/signals";
import { atPlace, call } from "../api";
import { money, time } from "../format";
import { t } from "../i18n";
import { Table } from "../ui/table";

interface Sales {
  currency: string;
  count: number;
  total: string;
  hours: { hour: number; count: number; total: string }[];
  sales: { at: string; no: number; items: number; total: string; receipt: string }[];
  carts: { id: string; state: string; count: number; total: string; updated: string }[];
}

const sales = signal<Sales | null>(null);
const at = signal("");
const stale = signal(false);

export async function loadSales(): Promise<void> {
  try {
    sales.value = await call<Sales>("GET", `/v1/merchant/sales?${atPlace}`);
    at.value = new Date().toISOString();
    stale.value = false;
  } catch {
    stale.value = true;
  }
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div class="figure card">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function Today() {
  const s = sales.value;
  if (!s) return null;
  const average = s.count ? (Number(s.total) / s.count).toFixed(2) : "0";
  return (
    <>
      <p class={`live ${stale.value ? "stale" : ""}`} role="status">{stale.value ? t("today.stale", { at: time(at.value) }) : t("today.live")}</p>
      <dl class="figures">
        <Figure name={t("today.total")} value={money(s.total, s.currency)} />
        <Figure name={t("today.count")} value={String(s.count)} />
        <Figure name={t("today.average")} value={money(average, s.currency)} />
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

const localHour = (utc: number) => {
  const d = new Date();
  d.setUTCHours(utc, 0, 0, 0);
  return `${String(d.getHours()).padStart(2, "0")}:00`;
};

/** A table whose rows are bars: the figures stay readable. */
function Hours({ sales: s }: { sales: Sales }) {
  const most = Math.max(1, ...s.hours.map((h) => Number(h.total)));
  if (s.hours.length === 0) return <p class="hint">{t("today.none")}</p>;
  return (
    <table class="bars">
      <thead>
        <tr><th scope="col">{t("today.hour")}</th><th scope="col">{t("today.sum")}</th><th scope="col" class="amount">{t("today.count")}</th></tr>
      </thead>
      <tbody>
        {s.hours.map((h) => (
          <tr>
            <th scope="row">{localHour(h.hour)}</th>
            <td>
              <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width={(100 * Number(h.total)) / most} height="10" rx="1" /></svg>
              {money(h.total, s.currency)}
            </td>
            <td class="amount">{h.count}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
        { key: "no", head: t("today.no"), value: (x) => x.no, cell: (x) => <a href={x.receipt} target="_blank" rel="noopener">{x.no}</a> },
        { key: "items", head: t("today.items"), value: (x) => x.items, amount: true },
        { key: "total", head: t("today.sum"), value: (x) => Number(x.total), cell: (x) => money(x.total, s.currency), amount: true },
      ]} />
  );
}
