import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { newID } from "../ids";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";

// A clerk takes money for a balance, how shoppers get an account, and the limits
// of what they pay in by themselves.

interface Limits {
  methods: string[];
  currency: string;
  least: string;
  most: string;
  ceiling: string;
}

const limits = signal<Limits | null>(null);
const said = signal("");
const kept = signal("");
let key = newID(); // of the payment that is being typed: a repeated tap pays in once

async function load(): Promise<void> {
  limits.value = await call<Limits>("GET", `/v1/merchant/topup-limits?${atPlace}`).catch(() => null);
}

async function payIn(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const text = (name: string) => String(new FormData(form).get(name) ?? "").trim();
  said.value = "";
  const words = { no_account: t("clerk.noaccount"), other_topup: t("clerk.used"), "bad_topup account": t("clerk.noaccount"), "bad_topup amount": t("fault.amount") };
  const taken = await sendForm("clerk", form, async () => {
    const amount = text("amount").replace(",", ".");
    try {
      const b = await call<{ name: string; account: string; balance: string; currency: string }>("POST", `/v1/merchant/topup?${atPlace}`, { account: text("account"), amount, key: text("key") || key });
      said.value = t("clerk.done", { name: b.name || b.account, amount: money(amount, b.currency), balance: money(b.balance, b.currency) });
    } catch (e) {
      const { status, code } = e as APIError;
      if (status !== 0 && code !== "other_topup") key = newID(); // it was refused, not lost
      throw e;
    }
  }, words);
  if (!taken) return;
  form.reset();
  key = newID();
}

async function keep(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const at = e.currentTarget as HTMLFormElement;
  const form = new FormData(at);
  kept.value = "";
  const next = { least: String(form.get("least")), most: String(form.get("most")), ceiling: String(form.get("ceiling")) };
  if (!(await sendForm("limits", at, () => call("PUT", `/v1/merchant/topup-limits?${atPlace}`, next), { topup_amount: t("clerk.limits.wrong") }))) return;
  kept.value = t("clerk.kept");
  await load();
}

const registering = signal<boolean | null>(null);
const registeringSaid = signal("");

async function loadRegistering(): Promise<void> {
  registering.value = (await call<{ open: boolean }>("GET", `/v1/merchant/registration?${atPlace}`).catch(() => null))?.open ?? null;
}

async function setRegistering(open: boolean): Promise<void> {
  try {
    await call("PUT", `/v1/merchant/registration?${atPlace}`, { open });
    registeringSaid.value = t("accounts.saved");
  } catch (e) {
    registeringSaid.value = (e as APIError).message || t("unreachable");
  }
  await loadRegistering();
}

/** How shoppers get an account. */
function Accounts() {
  useEffect(() => void loadRegistering(), []);
  if (registering.value === null) return null;
  return (
    <section class="card shopper-accounts">
      <h2>{t("accounts.title")}</h2>
      <p class="hint">{t("accounts.about")}</p>
      <label class="tick"><input name="registering" type="checkbox" checked={registering.value} onChange={(e) => void setRegistering(e.currentTarget.checked)} /><span>{t("accounts.open")}</span></label>
      {!registering.value && <p class="hint">{t("accounts.desk")}</p>}
      <p class="hint" role="status">{registeringSaid.value}</p>
    </section>
  );
}

export function TopUps() {
  useEffect(() => void load(), []);
  const l = limits.value;
  return (
    <>
      <section class="card clerk">
        <h2>{t("merchant.topups")}</h2>
        <p class="hint">{t("clerk.about")}</p>
        <form class="inline" onSubmit={payIn}>
          <Field label={t("proof.account")} name="account" required autocomplete="off" autocapitalize="none" fault={faultAt("clerk", "account")} />
          <Field label={t("clerk.amount")} name="amount" inputMode="decimal" required autocomplete="off" fault={faultAt("clerk", "amount")} />
          <Field label={t("clerk.key")} name="key" maxLength={80} autocomplete="off" fault={faultAt("clerk", "key")} />
          <Button type="submit" kind="primary" class="pay-in">{t("clerk.pay")}</Button>
        </form>
        <p class="good" role="status">{said.value}</p>
        <p class="fault" role="alert">{faultAt("clerk", "")}</p>
      </section>
      <Accounts />
      {l && (
        <section class="card topup-limits">
          <h2>{t("clerk.limits")}</h2>
          <p class="hint">{t(l.methods.length ? "clerk.limits.about" : "clerk.limits.none")}</p>
          <form class="inline" onSubmit={keep} key={l.least + l.most + l.ceiling}>
            <Field label={t("clerk.least")} name="least" inputMode="decimal" required defaultValue={l.least} fault={faultAt("limits", "least")} />
            <Field label={t("clerk.most")} name="most" inputMode="decimal" required defaultValue={l.most} fault={faultAt("limits", "most")} />
            <Field label={t("clerk.ceiling")} name="ceiling" inputMode="decimal" required defaultValue={l.ceiling} fault={faultAt("limits", "ceiling")} />
            <Button type="submit">{t("clerk.keep")}</Button>
          </form>
          <p class="fault" role="alert">{faultAt("limits", "")}</p>
          <p class="hint" role="status">{kept.value}</p>
        </section>
      )}
    </>
  );
}
