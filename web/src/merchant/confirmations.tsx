import { signal } from "@preact/signals";
import { APIError, atPlace, call } from "../api";
import { money, optionList, quantity, time } from "../format";
import { t } from "../i18n";
import { play } from "../sounds";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";
import { methodName } from "../ui/methods";

// Payments that staff confirms, and the rule that makes them wait.

interface Rule {
  always: boolean;
  from: string;
  age: boolean;
  items: string[];
}
interface Pending {
  id: string;
  at: string;
  expires: string;
  name: string;
  account: string;
  total: string;
  currency: string;
  method: string;
  lines: { item: string; name: string; options?: Record<string, string>; quantity: string; unit: string; total: string; min_age: number }[];
}

export const pending = signal<Pending[]>([]);
const rule = signal<Rule | null>(null);
const said = signal("");
const news = signal("");

export async function loadConfirmations(): Promise<void> {
  const answer = await call<{ rule: Rule; waiting: Pending[] }>("GET", `/v1/merchant/confirmations?${atPlace}`).catch(() => null);
  if (!answer) return;
  const known = new Set(pending.value.map((p) => p.id));
  const fresh = answer.waiting.find((p) => !known.has(p.id));
  if (fresh) {
    play("question");
    news.value = t("confirmations.new", { name: fresh.name, total: money(fresh.total, fresh.currency) });
  } else if (answer.waiting.length === 0) {
    news.value = "";
  }
  pending.value = answer.waiting;
  rule.value = answer.rule;
}

async function attempt(what: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await what();
    said.value = done;
  } catch (e) {
    said.value = (e as APIError).message || t("unreachable");
  }
  await loadConfirmations();
}

function decide(e: SubmitEvent, id: string): void {
  e.preventDefault();
  const how = (e.submitter as HTMLButtonElement).value;
  const reason = String(new FormData(e.currentTarget as HTMLFormElement).get("reason")).trim();
  void attempt(() => call("POST", `/v1/merchant/confirmations/${encodeURIComponent(id)}/${how}?${atPlace}`, { reason }), t("confirmations.done"));
}

function save(e: SubmitEvent): void {
  e.preventDefault();
  const at = e.currentTarget as HTMLFormElement;
  const form = new FormData(at);
  const next: Rule = {
    always: form.has("always"),
    age: form.has("age"),
    from: String(form.get("from")).trim(),
    items: String(form.get("items")).split(/[\s,]+/).filter(Boolean),
  };
  const words = { "confirm_rule from": t("fault.amount"), "confirm_rule items": t("fault.items") };
  void sendForm("confirmations", at, () => call("PUT", `/v1/merchant/confirmations?${atPlace}`, next), words).then((taken) => {
    said.value = taken ? t("confirmations.saved") : "";
    return loadConfirmations();
  });
}

function Payment({ p }: { p: Pending }) {
  return (
    <li class="check card confirmation" data-confirmation={p.id}>
      <header><time>{time(p.at)}</time> <strong>{p.name} {p.account && <span class="hint">{p.account}</span>}</strong> <strong>{money(p.total, p.currency)}</strong> <span class="hint">{methodName(p.method)}</span></header>
      <ul>
        {p.lines.map((l) => (
          <li>
            {quantity(l.quantity, l.unit)} × {l.name} {optionList(l.options)} <span class="hint">{l.item}</span> {money(l.total, p.currency)}
            {l.min_age > 0 && <strong> · {t("confirmations.age", { n: l.min_age })}</strong>}
          </li>
        ))}
      </ul>
      <form class="inline" onSubmit={(e) => decide(e, p.id)}>
        <Button type="submit" kind="primary" icon="check" class="approve" value="approve">{t("confirming.approve")}</Button>
        <label class="field"><span>{t("confirming.why")}</span><input name="reason" maxLength={200} autocomplete="off" /></label>
        <Button type="submit" kind="danger" class="refuse" value="refuse">{t("confirming.refuse")}</Button>
      </form>
    </li>
  );
}

function RuleForm({ r }: { r: Rule }) {
  return (
    <form class="check-rule" onSubmit={save} key={JSON.stringify(r)}>
      <Field label={t("confirmations.rule.from")} name="from" inputMode="decimal" defaultValue={r.from} autocomplete="off" fault={faultAt("confirmations", "from")} />
      <Field label={t("confirmations.rule.items")} name="items" defaultValue={r.items.join(" ")} autocomplete="off" fault={faultAt("confirmations", "items")} />
      <div class="ticks">
        <label class="tick"><input name="always" type="checkbox" defaultChecked={r.always} /><span>{t("confirmations.rule.always")}</span></label>
        <label class="tick"><input name="age" type="checkbox" defaultChecked={r.age} /><span>{t("confirmations.rule.age")}</span></label>
      </div>
      <p class="fault" role="alert">{faultAt("confirmations", "")}</p>
      <div><Button type="submit">{t("gates.save")}</Button></div>
    </form>
  );
}

export function Confirmations() {
  return (
    <section class="card checks confirmations">
      <h2>{t("merchant.confirmations")}</h2>
      <p class="hint">{t("confirmations.about")}</p>
      <p class="hint" role="status">{said.value}</p>
      <p class="news" role="alert">{news.value}</p>
      {pending.value.length === 0 ? <p class="hint">{t("confirmations.none")}</p> : <ul>{pending.value.map((p) => <Payment key={p.id} p={p} />)}</ul>}
      <h2>{t("confirmations.rule")}</h2>
      {rule.value && <RuleForm r={rule.value} />}
    </section>
  );
}
