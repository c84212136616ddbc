import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { newID } from "../ids";
import { Button } from "../ui/button";

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
const fault = signal("");
const kept = signal("");
let key = newID(); // of the payment that is being typed: a repeated tap pays in once

async function load(): Promise<void> {
  limits.value = await call<Limits>("GET", `/v1/merchant/topup-limits?${atPlace}`).catch(() => null);
}

async function payIn(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const text = (name: string) => String(new FormData(form).get(name) ?? "").trim();
  said.value = fault.value = "";
  try {
    const amount = text("amount").replace(",", ".");
    const b = await call<{ name: string; account: string; balance: string; currency: string }>("POST", `/v1/merchant/topup?${atPlace}`, { account: text("account"), amount, key: text("key") || key });
    said.value = t("clerk.done", { name: b.name || b.account, amount: money(amount, b.currency), balance: money(b.balance, b.currency) });
    form.reset();
    key = newID();
  } catch (e) {
    const { status, code, message } = e as APIError;
    fault.value = code === "no_account" ? t("clerk.noaccount") : code === "other_topup" ? t("clerk.used") : message || t("unreachable");
    if (status !== 0 && code !== "other_topup") key = newID(); // it was refused, not lost
  }
}

async function keep(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = new FormData(e.currentTarget as HTMLFormElement);
  kept.value = "";
  try {
    await call("PUT", `/v1/merchant/topup-limits?${atPlace}`, { least: String(form.get("least")), most: String(form.get("most")), ceiling: String(form.get("ceiling")) });
    kept.value = t("clerk.kept");
  } catch (e) {
    kept.value = (e as APIError).status === 422 ? t("clerk.limits.wrong") : (e as APIError).message || t("unreachable");
  }
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
          <label class="field"><span>{t("proof.account")}</span><input name="account" required autocomplete="off" autocapitalize="none" /></label>
          <label class="field"><span>{t("clerk.amount")}</span><input name="amount" inputmode="decimal" required autocomplete="off" /></label>
          <label class="field"><span>{t("clerk.key")}</span><input name="key" maxLength={80} autocomplete="off" /></label>
          <Button type="submit" kind="primary" class="pay-in">{t("clerk.pay")}</Button>
        </form>
        <p class="good" role="status">{said.value}</p>
        <p class="fault" role="alert">{fault.value}</p>
      </section>
      <Accounts />
      {l && (
        <section class="card topup-limits">
          <h2>{t("clerk.limits")}</h2>
          <p class="hint">{t(l.methods.length ? "clerk.limits.about" : "clerk.limits.none")}</p>
          <form class="inline" onSubmit={keep} key={l.least + l.most + l.ceiling}>
            <label class="field"><span>{t("clerk.least")}</span><input name="least" inputmode="decimal" required defaultValue={l.least} /></label>
            <label class="field"><span>{t("clerk.most")}</span><input name="most" inputmode="decimal" required defaultValue={l.most} /></label>
            <label class="field"><span>{t("clerk.ceiling")}</span><input name="ceiling" inputmode="decimal" required defaultValue={l.ceiling} /></label>
            <Button type="submit">{t("clerk.keep")}</Button>
          </form>
          <p class="hint" role="status">{kept.value}</p>
        </section>
      )}
    </>
  );
}
