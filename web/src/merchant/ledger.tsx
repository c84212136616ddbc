import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { dateTime, money } from "../format";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";
import { Table } from "../ui/table";

// What the accounts of the ledger hold, what providers have paid out, and how
// that compares with the books.

interface Held {
  account: string;
  balance: string;
  currency: string;
}
interface Payout {
  provider: string;
  id: string;
  paid: string;
  amount: string;
  fee: string;
  currency: string;
  items: number;
}
interface Own {
  key: string;
  ref: string;
  kind: string;
  amount: string;
  at: string;
}
interface Their {
  payout: string;
  id: string;
  kind: string;
  gross: string;
  own?: string;
}
interface Reconciliation {
  provider: string;
  currency: string;
  owed: string;
  open: Own[];
  open_sum: string;
  unknown: Their[];
  differ: Their[];
  twice: Their[];
  untold: string;
  rest: string;
  more: boolean;
}

const every = 10_000; // ms between looks at the ledger

const held = signal<Held[]>([]);
const providers = signal<string[]>([]);
const payouts = signal<Payout[]>([]);
const provider = signal("");
const compared = signal<Reconciliation | null>(null);
const said = signal("");
const fault = signal("");

async function attempt(what: () => Promise<string | void>): Promise<void> {
  said.value = fault.value = "";
  try {
    said.value = (await what()) ?? "";
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
}

async function load(): Promise<void> {
  const l = await call<{ accounts: Held[]; providers: string[] }>("GET", `/v1/merchant/ledger?${atPlace}`);
  held.value = l.accounts;
  providers.value = l.providers;
  if (!l.providers.includes(provider.value)) provider.value = l.providers[0] ?? "";
  payouts.value = (await call<{ payouts: Payout[] }>("GET", "/v1/merchant/payouts")).payouts;
  compared.value = provider.value ? await call<Reconciliation>("GET", `/v1/merchant/reconciliation?${atPlace}&provider=${encodeURIComponent(provider.value)}`) : null;
}

const told = (r: { added: number; known: number }) => t("payout.done", r);

async function add(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const text = (name: string) => String(new FormData(form).get(name) ?? "").trim();
  said.value = fault.value = "";
  const words = { "bad_payout amount": t("fault.amount"), "bad_payout fee": t("fault.amount") };
  await sendForm("payout", form, async () => {
    const r = await call<{ added: number; known: number }>("POST", `/v1/merchant/payouts?${atPlace}`, { provider: provider.value, id: text("id"), paid: text("paid"), amount: text("amount"), fee: text("fee") });
    form.reset();
    await load();
    said.value = told(r);
  }, words);
}

async function upload(e: Event): Promise<void> {
  const input = e.currentTarget as HTMLInputElement;
  const file = input.files?.[0];
  if (!file) return;
  await attempt(async () => {
    const answer = await fetch(`/v1/merchant/payouts?${atPlace}&provider=${encodeURIComponent(provider.value)}`, { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });
    const body = await answer.json();
    if (!answer.ok) throw new APIError(answer.status, body?.error?.code ?? "", body?.error?.text ?? "");
    await load();
    return told(body);
  });
  input.value = "";
}

/** An account in words: clearing:stripe → "With stripe". */
function accountName(a: string): string {
  const [kind, ...rest] = a.split(":");
  const last = rest.slice(1).join(":");
  if (kind === "clearing") return rest[0] === "hand" ? t("ledger.hand") : t("ledger.clearing", { name: rest.join(":") });
  if (kind === "merchant" && last.startsWith("tax:")) return t("ledger.tax", { rate: Number(last.slice(4)) / 100 });
  if (kind === "merchant" && ["sales", "owed", "bank", "fees"].includes(last)) return t(`ledger.${last}`);
  if (a === "shoppers" || a === "companies" || a === "world") return t(`ledger.${a}`);
  return a;
}

export function Ledger() {
  useEffect(() => {
    void attempt(load);
    const timer = setInterval(() => void load().catch(() => undefined), every);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <section class="card ledger">
        <h2>{t("ledger.accounts")}</h2>
        <p class="hint">{t("ledger.about")}</p>
        <Table name="ledger" label={t("ledger.accounts")} rows={held.value} rowKey={(x) => x.account + x.currency} csv="ledger.csv" row={(x) => ({ "data-account": x.account })}
          empty={<p class="hint">{t("ledger.none")}</p>}
          columns={[
            { key: "account", head: t("ledger.account"), value: (x) => accountName(x.account), title: true, cell: (x) => <>{accountName(x.account)} <small>{x.account}</small></> },
            { key: "balance", head: t("account.balance"), value: (x) => Number(x.balance), cell: (x) => money(x.balance, x.currency), amount: true },
          ]} />
      </section>
      <section class="card payouts">
        <h2>{t("payout.title")}</h2>
        {providers.value.length === 0 ? <p class="hint">{t("payout.noproviders")}</p> : <Payouts />}
        <p class="good" role="status">{said.value}</p>
        <p class="fault" role="alert">{fault.value || faultAt("payout", "")}</p>
      </section>
      {compared.value && <Compared r={compared.value} />}
    </>
  );
}

function Payouts() {
  const today = new Date().toISOString().slice(0, 10);
  return (
    <>
      <label class="field"><span>{t("payout.provider")}</span>
        <select name="provider" value={provider.value} onChange={(e) => { provider.value = e.currentTarget.value; void attempt(load); }}>{providers.value.map((p) => <option value={p}>{p}</option>)}</select>
      </label>
      <form class="inline add-payout" onSubmit={add}>
        <Field label={t("payout.id")} name="id" required maxLength={80} autocomplete="off" fault={faultAt("payout", "id")} />
        <Field label={t("payout.paid")} name="paid" type="date" required defaultValue={today} max={today} fault={faultAt("payout", "paid")} />
        <Field label={t("payout.amount")} name="amount" inputMode="decimal" required autocomplete="off" fault={faultAt("payout", "amount")} />
        <Field label={t("payout.fee")} name="fee" inputMode="decimal" autocomplete="off" fault={faultAt("payout", "fee")} />
        <Button type="submit" kind="primary">{t("payout.add")}</Button>
      </form>
      <label class="field"><span>{t("payout.file")}</span><input id="payout-file" type="file" accept=".csv,text/csv" onChange={upload} /></label>
      <Table name="payouts" label={t("payout.title")} rows={payouts.value} rowKey={(x) => `${x.provider}/${x.id}`} csv="payouts.csv" row={(x) => ({ "data-payout": x.id })}
        empty={<p class="hint">{t("payout.none")}</p>}
        columns={[
          { key: "id", head: t("payout.id"), value: (x) => x.id, title: true },
          { key: "provider", head: t("payout.provider"), value: (x) => x.provider },
          { key: "paid", head: t("payout.paid"), value: (x) => x.paid.slice(0, 10) },
          { key: "amount", head: t("payout.amount"), value: (x) => Number(x.amount), cell: (x) => money(x.amount, x.currency), amount: true },
          { key: "fee", head: t("payout.fee"), value: (x) => Number(x.fee), cell: (x) => money(x.fee, x.currency), amount: true },
          { key: "items", head: t("payout.items"), value: (x) => x.items, amount: true },
        ]} />
    </>
  );
}

interface Line {
  key: string;
  what: string;
  name: string;
  amount: string;
  own?: string;
}

function Compared({ r }: { r: Reconciliation }) {
  const theirs = (what: string, list: Their[]) => list.map((x): Line => ({ key: `${what}/${x.payout}/${x.id}`, what, name: `${x.payout} · ${x.kind} ${x.id}`, amount: x.gross, own: x.own }));
  const lines: Line[] = [
    ...theirs("unknown", r.unknown), ...theirs("differ", r.differ), ...theirs("twice", r.twice),
    ...r.open.map((x): Line => ({ key: x.key, what: "open", name: `${dateTime(x.at)} · ${t(`unsettled.${x.kind}`)} ${x.ref || x.key}`, amount: x.amount })),
  ];
  const differs = r.unknown.length + r.differ.length + r.twice.length;
  return (
    <section class="card reconciliation">
      <h2>{t("reconcile.title", { name: r.provider })}</h2>
      <dl class="facts">
        <div><dt>{t("reconcile.owed")}</dt><dd>{money(r.owed, r.currency)}</dd></div>
        <div><dt>{t("reconcile.open")}</dt><dd>{money(r.open_sum, r.currency)}</dd></div>
        <div><dt>{t("reconcile.untold")}</dt><dd>{money(r.untold, r.currency)}</dd></div>
        <div><dt>{t("reconcile.rest")}</dt><dd>{money(r.rest, r.currency)}</dd></div>
      </dl>
      <p class={differs ? "fault" : "good"}>{differs ? t("reconcile.differs", { n: differs }) : t("reconcile.fine")}</p>
      {r.more && <p class="hint">{t("reconcile.more")}</p>}
      <Table name="reconciliation" label={t("reconcile.title", { name: r.provider })} rows={lines} rowKey={(x) => x.key} csv="reconciliation.csv" row={(x) => ({ "data-what": x.what })}
        empty={<p class="hint">{t("reconcile.none")}</p>}
        filters={[{ key: "what", label: t("reconcile.all"), options: ["open", "unknown", "differ", "twice"].map((w) => ({ value: w, label: t(`reconcile.what.${w}`) })), of: (x) => x.what }]}
        columns={[
          { key: "what", head: t("reconcile.what"), value: (x) => t(`reconcile.what.${x.what}`), cell: (x) => <span class={`chip ${x.what === "open" ? "" : "asks"}`}>{t(`reconcile.what.${x.what}`)}</span> },
          { key: "name", head: t("reconcile.name"), value: (x) => x.name, title: true },
          { key: "amount", head: t("payout.amount"), value: (x) => Number(x.amount), cell: (x) => <>{money(x.amount, r.currency)}{x.own && <small>{t("reconcile.own", { amount: money(x.own, r.currency) })}</small>}</>, amount: true },
        ]} />
    </section>
  );
}
