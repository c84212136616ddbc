import { signal } from "@preact/signals";
import { atPlace, call } from "../api";
import { money, time } from "../format";
import { t } from "../i18n";

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
          {s.carts.length === 0 ? <p class="hint">{t("today.carts.none")}</p> : <Carts sales={s} />}
        </section>
      </div>
      <section class="card">
        <h2>{t("today.sales")}</h2>
        {s.sales.length === 0 ? <p class="hint">{t("today.none")}</p> : <Latest sales={s} />}
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
    <table>
      <thead>
        <tr><th scope="col">{t("today.time")}</th><th scope="col">{t("today.state")}</th><th scope="col" class="amount">{t("today.items")}</th><th scope="col" class="amount">{t("today.sum")}</th></tr>
      </thead>
      <tbody>
        {s.carts.map((c) => (
          <tr key={c.id}>
            <td>{time(c.updated)}</td>
            <td><span class="chip">{t(`state.${c.state}`)}</span></td>
            <td class="amount">{c.count}</td>
            <td class="amount">{money(c.total, s.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Latest({ sales: s }: { sales: Sales }) {
  return (
    <table class="sales">
      <thead>
        <tr><th scope="col">{t("today.time")}</th><th scope="col">{t("today.no")}</th><th scope="col" class="amount">{t("today.items")}</th><th scope="col" class="amount">{t("today.sum")}</th></tr>
      </thead>
      <tbody>
        {s.sales.map((x) => (
          <tr key={x.no}>
            <td>{time(x.at)}</td>
            <td><a href={x.receipt} target="_blank" rel="noopener">{x.no}</a></td>
            <td class="amount">{x.items}</td>
            <td class="amount">{money(x.total, s.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
