import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { APIError, atPlace, call, session, signOut } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { link } from "../till";
import { Companies } from "./account_companies";
import { History } from "./account_history";
import { OwnMethods } from "./account_methods";
import { TopUp, topUpBegun } from "./account_topup";
import { Statements } from "./account_statements";
import { accountSlots } from "./account_slots";
import { AddressWaits } from "./address";
import { Button } from "./button";
import { Icon, type IconName } from "./icons";
import { LanguageSwitch } from "./language";
import { Sheet } from "./sheet";
import { SignInForm } from "./signin";

// The shopper's account: balance, ways to pay, receipts, statements. Sections of
// others go into accountSlots.

export type Part = "topup" | "methods" | "history" | "statements" | "companies" | "language" | (string & {});

/** Whether the sheet is open, and with which part; "" shows the balance alone. */
export const account = signal<{ part: Part; amount?: string } | null>(null);
export const openAccount = (part: Part = "", amount?: string) => (account.value = { part, amount });
const close = () => (account.value = null);

export interface Ways {
  methods: string[];
  currency: string;
  least: string;
  most: string;
  ceiling: string;
}

export interface Account {
  account: string;
  name: string;
  email: string;
  balance: string;
  currency: string;
  topup: Ways;
  unproved?: boolean;
}
export const own = signal<Account | null>(null);
const fault = signal("");

export async function loadAccount(): Promise<void> {
  try {
    own.value = await call<Account>("GET", `/v1/account?${atPlace}`);
    fault.value = "";
  } catch (e) {
    const { status, message } = e as APIError;
    if (status === 401) session.value = { ...session.value, shopper: null };
    else fault.value = message || t("unreachable");
  }
}

/** A part that opens and shuts, with its name and a picture. */
function Section({ id, icon, children, part, first }: { id: string; icon: IconName; children: ComponentChildren; part: string; first?: boolean }) {
  const [open, setOpen] = useState(part === id || first === true);
  useEffect(() => {
    if (part === id) setOpen(true);
  }, [part, account.value]);
  return (
    <details class="account-part" data-part={id} open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><Icon name={icon} /><span>{t(`account.${id}`)}</span><Icon name="down" size={20} /></summary>
      {open && <div class="account-inner">{children}</div>}
    </details>
  );
}

function Balance() {
  const a = own.value;
  return (
    <div class="account-balance">
      <div>
        <span class="hint">{t("account.balance")}</span>
        <output class="account-sum">{a ? money(a.balance, a.currency) : "…"}</output>
      </div>
      {a && a.topup.methods.length === 0 && <p class="hint">{t("topup.desk")}</p>}
      {a && a.topup.methods.length > 0 && <Button kind="primary" icon="plus" class="open-topup" onClick={() => openAccount("topup")}>{t("topup.title")}</Button>}
    </div>
  );
}

function Parts({ part }: { part: string }) {
  const a = own.value;
  useEffect(() => {
    if (part) document.querySelector(`[data-part="${part}"] summary`)?.scrollIntoView({ block: "nearest" });
  }, [part, a !== null]);
  return (
    <>
      <p class="fault" role="alert">{fault.value}</p>
      {a?.unproved && <AddressWaits role="shopper" email={a.email} />}
      <Balance />
      {a && a.topup.methods.length > 0 && <Section id="topup" icon="plus" part={topUpBegun.value ? "topup" : part}><TopUp ways={a.topup} /></Section>}
      <Section id="methods" icon="card" part={part}><OwnMethods /></Section>
      {accountSlots.map((s) => <Section key={s.id} id={s.id} icon={s.icon} part={part}><s.Part /></Section>)}
      <Section id="history" icon="receipt" part={part}><History /></Section>
      <Section id="statements" icon="chart" part={part}><Statements /></Section>
      <Companies wrap={(children) => <Section id="companies" icon="basket" part={part}>{children}</Section>} />
      <Section id="language" icon="globe" part={part}><LanguageSwitch onChange={() => link.restart()} /></Section>
      <div class="acts"><Button size="large" icon="leave" class="account-out" onClick={() => void signOut().then(() => link.restart()).then(close)}>{t("signout", { name: a?.name ?? "" })}</Button></div>
    </>
  );
}

/** The sheet, where it is open. */
export function AccountSheet() {
  const shopper = session.value.shopper;
  const at = account.value;
  useEffect(() => {
    own.value = null;
    if (at && shopper) void loadAccount();
  }, [at !== null, shopper?.account]);
  if (!at) return null;
  return (
    <Sheet title={shopper ? t("account.of", { name: shopper.name }) : t("account.title")} onClose={close}>
      <div class="account">{shopper ? <Parts part={at.part} /> : <><p class="hint">{t("account.signin")}</p><SignInForm role="shopper" onDone={() => undefined} /></>}</div>
    </Sheet>
  );
}
