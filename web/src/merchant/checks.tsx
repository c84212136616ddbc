import { signal } from "@preact/signals";
import { APIError, atPlace, call } from "../api";
import { decimals, money, quantity, time } from "../format";
import { t } from "../i18n";
import { play } from "../sounds";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";

// Baskets that a shopper was asked to show, and how often the till asks.

interface Rule {
  base: number;
  amount: number;
  amount_of: number;
  restricted: number;
  corrections: number;
  late_removal: number;
  new_account: number;
  decay: number;
  floor: number;
}
interface Waiting {
  cart: string;
  at: string;
  total: string;
  currency: string;
  lines: { item: string; name: string; quantity: string; unit: string }[];
}

export const waiting = signal<Waiting[]>([]);
const rule = signal<Rule | null>(null);
const currency = signal("EUR");
const inMinor = () => 10 ** decimals(currency.value);
const counts = signal<Record<string, number>>({});
const said = signal("");
const fault = signal("");

export async function loadChecks(): Promise<void> {
  const answer = await call<{ rule: Rule; currency: string; waiting: Waiting[]; counts: Record<string, number> }>("GET", `/v1/merchant/checks?${atPlace}`).catch(() => null);
  if (!answer) return;
  if (answer.waiting.length > waiting.value.length) play("question");
  waiting.value = answer.waiting;
  currency.value = answer.currency;
  rule.value = answer.rule;
  counts.value = answer.counts;
}

async function finish(cart: string, how: "clean" | "corrected"): Promise<void> {
  await call("POST", `/v1/merchant/checks/${encodeURIComponent(cart)}/${how}?${atPlace}`).catch((e: APIError) => (fault.value = e.message || t("unreachable")));
  await loadChecks();
}

const shares = ["base", "amount", "restricted", "corrections", "late_removal", "new_account", "floor"] as const;

async function save(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const at = e.currentTarget as HTMLFormElement;
  const form = new FormData(at);
  const share = (name: string) => Number(form.get(name)) / 100;
  const next: Record<string, number> = { amount_of: Math.round(Number(form.get("amount_of")) * inMinor()), decay: share("decay") };
  for (const name of shares) next[name] = share(name);
  said.value = "";
  const words = { "check_rule amount_of": t("fault.amount0"), check_rule: t("fault.share") };
  if (await sendForm("checks", at, () => call("PUT", `/v1/merchant/checks?${atPlace}`, next), words)) said.value = t("checks.saved");
  await loadChecks();
}

function Basket({ c }: { c: Waiting }) {
  return (
    <li class="check card" data-cart={c.cart}>
      <header><time>{time(c.at)}</time> <strong>{money(c.total, c.currency)}</strong></header>
      <ul>{c.lines.map((l) => <li>{quantity(l.quantity, l.unit)} × {l.name} <span class="hint">{l.item}</span></li>)}</ul>
      <div class="acts">
        <Button kind="primary" icon="check" class="clean" onClick={() => void finish(c.cart, "clean")}>{t("checks.clean")}</Button>
        <Button class="corrected" onClick={() => void finish(c.cart, "corrected")}>{t("checks.corrected")}</Button>
      </div>
    </li>
  );
}

const percent = (share: number) => String(Math.round(share * 1000) / 10);

function RuleForm({ r }: { r: Rule }) {
  const number = (name: string, value: string, max?: number) => (
    <Field label={t(`checks.rule.${name}`, { currency: currency.value })} name={name} type="number" min={0} max={max} step="any" defaultValue={value} required fault={faultAt("checks", name)} />
  );
  return (
    <form class="check-rule" onSubmit={save} key={JSON.stringify(r)}>
      {shares.map((name) => number(name, percent(r[name]), 100))}
      {number("amount_of", String(r.amount_of / inMinor()))}
      {number("decay", percent(r.decay), 100)}
      <p class="fault" role="alert">{faultAt("checks", "")}</p>
      <div><Button type="submit">{t("gates.save")}</Button> <span class="hint" role="status">{said.value}</span></div>
    </form>
  );
}

export function Checks() {
  return (
    <section class="card checks">
      <h2>{t("merchant.checks")}</h2>
      <p class="hint">{t("checks.about")}</p>
      <p class="fault" role="alert">{fault.value}</p>
      {waiting.value.length === 0 ? <p class="hint">{t("checks.none")}</p> : <ul>{waiting.value.map((c) => <Basket key={c.cart} c={c} />)}</ul>}
      <h2>{t("checks.rule")}</h2>
      <p class="hint">{t("checks.counts", { clean: counts.value.clean ?? 0, corrected: counts.value.corrected ?? 0 })}</p>
      {rule.value && <RuleForm r={rule.value} />}
    </section>
  );
}
