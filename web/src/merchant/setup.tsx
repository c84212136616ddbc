import { signal } from "@preact/signals";
import { APIError, call, setUp } from "../api";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Icon } from "../ui/icons";
import { LanguageSwitch } from "../ui/language";

// The first merchant of a till, made once with the link that the till printed.

/** The token of the address, "" for none. */
export const setUpToken = (): string => (location.hash.startsWith("#setup=") ? location.hash.slice(7) : "");

/** Whether the till waits for its first merchant. */
export const waits = signal(false);

export async function loadSetUp(): Promise<void> {
  waits.value = (await call<{ open: boolean }>("GET", "/v1/setup").catch(() => null))?.open ?? false;
}

const fault = signal<{ code: string; text: string } | null>(null);
const busy = signal(false);
const currencies = ["EUR", "USD", "GBP", "CNY", "HKD", "TWD", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "SGD"];

async function submit(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = Object.fromEntries(new FormData(e.currentTarget as HTMLFormElement)) as Record<string, string>;
  fault.value = null;
  busy.value = true;
  try {
    await setUp({ ...form, token: setUpToken() });
    location.hash = "start";
  } catch (e) {
    const { code, message } = e as APIError;
    fault.value = { code, text: message || t("unreachable") };
  } finally {
    busy.value = false;
  }
}

const known = ["bad_shop", "bad_email", "account_taken", "short_password"];

/** The words for a fault, at its field. */
const at = (...codes: string[]) => (fault.value && codes.includes(fault.value.code) ? t(`setup.${fault.value.code}`) : undefined);

export function SetUp() {
  const other = fault.value && !known.includes(fault.value.code) ? fault.value.text : "";
  return (
    <main class="login">
      <form class="card" onSubmit={submit}>
        <div class="brand"><span class="brand-mark"><Icon name="wave" size={20} /></span><h1>{t("setup.title")}</h1><LanguageSwitch /></div>
        <p class="hint">{t("setup.about")}</p>
        <Field label={t("setup.shop")} name="shop" required maxLength={60} autocomplete="organization" fault={at("bad_shop")} hint={t("setup.shop.hint")} />
        <label class="field">
          <span>{t("setup.currency")}</span>
          <select name="currency">{currencies.map((c) => <option value={c}>{c}</option>)}</select>
        </label>
        <Field label={t("merchant.email")} name="email" type="email" required autocomplete="username" fault={at("bad_email", "account_taken")} />
        <Field label={t("proof.password")} name="password" type="password" required minLength={8} autocomplete="new-password" hint={t("setup.password.hint")} fault={at("short_password")} />
        <p class="fault" role="alert">{other}</p>
        <Button type="submit" kind="primary" size="large" disabled={busy.value}>{t("setup.do")}</Button>
      </form>
    </main>
  );
}
