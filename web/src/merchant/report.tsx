import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { day, money, percent, quantity } from "../format";
import { t } from "../i18n";
import { Bars } from "../ui/chart";
import { Figure } from "../ui/figure";
import { Table } from "../ui/table";
import { sold } from "./today";

// What sold in the last days, and how well shoppers were understood.

interface Sold {
  count: number;
  total: string;
  refunds: number;
  back: string;
}
interface Counts {
  obeyed: number;
  asked: number;
  corrected: number;
  ignored: number;
}
interface Report extends Sold {
  currency: string;
  average: string;
  hours: ({ start: string } & Sold)[];
  items: { item: string; name: string; quantity: string; unit: string; sales: number; total: string }[];
  counted: number;
  understood: Record<string, Counts>;
}
interface Sum {
  name: string;
  count: number;
  total: number;
  back: number;
}

const spans = [7, 30, 90];
const span = signal(7);
const report = signal<Report | null>(null);
const fault = signal("");

/** Midnight here, some days ago. */
function daysAgo(n: number): Date {
  const d = new Date();
  d.setHours(0, 0, 0, 0);
  d.setDate(d.getDate() - n);
  return d;
}

async function loadReport(): Promise<void> {
  const query = `from=${daysAgo(span.value - 1).toISOString()}&to=${daysAgo(-1).toISOString()}`;
  try {
    report.value = await call<Report>("GET", `/v1/merchant/report?${atPlace}&${query}`);
    fault.value = "";
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
}

const none = (name: string): Sum => ({ name, count: 0, total: 0, back: 0 });

/** Adds hours up under a key of their start. */
function sums(r: Report, into: Map<string, Sum>, key: (start: Date) => string): Sum[] {
  for (const h of r.hours) {
    const sum = into.get(key(new Date(h.start)));
    if (!sum) continue;
    sum.count += h.count;
    sum.total += Number(h.total);
    sum.back += Number(h.back);
  }
  return [...into.values()];
}

const dayKey = (d: Date) => `${d.getFullYear()}-${d.getMonth()}-${d.getDate()}`;
const byDay = (r: Report) => sums(r, new Map(Array.from({ length: span.value }, (_, i) => daysAgo(span.value - 1 - i)).map((d) => [dayKey(d), none(day(d))])), dayKey);
const byHour = (r: Report) => sums(r, new Map(Array.from({ length: 24 }, (_, h) => [String(h), none(`${String(h).padStart(2, "0")}:00`)])), (d) => String(d.getHours()));

function Sums({ name, title, rows, currency }: { name: string; title: string; rows: Sum[]; currency: string }) {
  const busy = rows.filter((r) => r.count > 0 || r.back > 0);
  return (
    <section class="card">
      <h2>{title}</h2>
      <div class="beside">
        <Bars label={title} names={rows.map((r) => r.name)} series={[{ label: t("report.sold"), values: rows.map((r) => r.total) }]} format={(v) => money(v.toFixed(2), currency)} />
        <Table name={name} label={title} rows={busy} rowKey={(r) => r.name} perPage={7} csv={`${name}.csv`} empty={<p class="hint">{t("report.none")}</p>}
          columns={[
            { key: "name", head: t("report.when"), value: (r) => r.name, title: true, sorts: false },
            { key: "count", head: t("today.count"), value: (r) => r.count, amount: true },
            { key: "total", head: t("report.sold"), value: (r) => r.total, cell: (r) => money(r.total.toFixed(2), currency), amount: true },
            { key: "back", head: t("today.back"), value: (r) => r.back, cell: (r) => money(r.back.toFixed(2), currency), amount: true },
          ]} />
      </div>
    </section>
  );
}

function Items({ r }: { r: Report }) {
  const most = r.items.slice(0, 10);
  return (
    <section class="card">
      <h2>{t("report.items")}</h2>
      {r.counted < r.count && <p class="hint">{t("report.counted", { n: r.counted })}</p>}
      <div class="beside">
        <Bars label={t("report.items")} names={most.map((i) => i.item)} series={[{ label: t("report.sold"), values: most.map((i) => Number(i.total)) }]} format={(v) => money(v.toFixed(2), r.currency)} />
        <Table name="sold-items" label={t("report.items")} rows={r.items} rowKey={(i) => i.item} perPage={7} search={t("catalog.search")} csv="items-sold.csv" empty={<p class="hint">{t("report.none")}</p>}
          columns={[
            { key: "name", head: t("catalog.name"), value: (i) => i.name, title: true },
            { key: "item", head: t("catalog.number"), value: (i) => i.item },
            { key: "quantity", head: t("bill.quantity"), value: (i) => Number(i.quantity), cell: (i) => quantity(i.quantity, i.unit), amount: true },
            { key: "total", head: t("report.sold"), value: (i) => Number(i.total), cell: (i) => money(i.total, r.currency), amount: true },
          ]} />
      </div>
    </section>
  );
}

const kinds = ["obeyed", "asked", "corrected", "ignored"] as const;

function Understood({ r }: { r: Report }) {
  const days = Object.keys(r.understood).sort();
  const rows = days.map((d) => ({ day: d, ...r.understood[d]! }));
  const sum = (k: (typeof kinds)[number]) => rows.reduce((n, row) => n + row[k], 0);
  const meant = sum("obeyed") + sum("asked") + sum("corrected");
  const share = (n: number) => (meant ? percent(n / meant) : "–");
  return (
    <section class="card" id="understood">
      <h2>{t("report.understood")}</h2>
      <p class="hint">{t("report.understood.about")}</p>
      <dl class="figures small">
        {kinds.slice(0, 3).map((k) => <Figure name={t(`report.${k}`)} value={share(sum(k))} />)}
        <Figure name={t("report.ignored")} value={String(sum("ignored"))} />
      </dl>
      <div class="beside">
        <Bars label={t("report.understood")} names={rows.map((x) => day(new Date(`${x.day}T12:00:00Z`)))} series={kinds.map((k) => ({ label: t(`report.${k}`), values: rows.map((x) => x[k]) }))} format={(v) => String(Math.round(v * 10) / 10)} />
        <Table name="understood-days" label={t("report.understood")} rows={rows} rowKey={(x) => x.day} perPage={7} csv="understood.csv" sorted={{ by: "day", down: true }} empty={<p class="hint">{t("report.unheard")}</p>}
          columns={[{ key: "day", head: t("report.day"), value: (x) => x.day, title: true }, ...kinds.map((k) => ({ key: k, head: t(`report.${k}`), value: (x: Counts) => x[k], amount: true }))]} />
      </div>
    </section>
  );
}

export function Reports() {
  useEffect(() => void loadReport(), [span.value, sold.value]);
  const r = report.value;
  return (
    <>
      <header class="page-head">
        <h2>{t("merchant.report")}</h2>
        <div class="segments" role="group" aria-label={t("report.span")}>
          {spans.map((n) => <button type="button" aria-pressed={span.value === n} onClick={() => (span.value = n)}>{t("report.days", { n })}</button>)}
        </div>
      </header>
      <p class="fault" role="alert">{fault.value}</p>
      {r && (
        <>
          <dl class="figures">
            <Figure name={t("report.sold")} value={money(r.total, r.currency)} />
            <Figure name={t("today.count")} value={String(r.count)} />
            <Figure name={t("today.average")} value={money(r.average, r.currency)} />
            <Figure name={t("today.back")} value={money(r.back, r.currency)} />
          </dl>
          <Sums name="days" title={t("report.days.title")} rows={byDay(r)} currency={r.currency} />
          <Sums name="hours" title={t("report.hours.title")} rows={byHour(r)} currency={r.currency} />
          <Items r={r} />
          <Understood r={r} />
        </>
      )}
    </>
  );
}
