import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { APIError, atPlace, call, place } from "../api";
import { money, time } from "../format";
import { lang, t } from "../i18n";
import { newID } from "../ids";
import type { Receipt } from "../protocol";
import { activity, isKiosk, topUpOffer } from "../till";
import { account, loadAccount, openAccount, type Ways } from "./account";
import { Button } from "./button";
import { Keyboard } from "./keyboard";
import { methodName } from "./methods";
import { QR } from "./qr";

// Paying into the own balance: amount, way to pay and password are typed here,
// never said.

interface Begun {
  state: "paid" | "waiting" | "over";
  bill: string;
  token: string;
  amount: string;
  currency: string;
  handoff?: { url?: string; qr?: string; expires: string };
  receipt?: Receipt;
  balance?: string;
}

const every = 2_000; // ms between looks at a payment that waits
const alone = 180_000; // ms that a kiosk waits for a payment before it asks whether somebody is there
const begunKey = `voicetill.topup.${place}`;

/** The payment that is under way or was just made: a provider's page leads away from here and back. */
export const topUpBegun = signal<Begun | null>(stored());

function stored(): Begun | null {
  try {
    return isKiosk ? null : (JSON.parse(sessionStorage.getItem(begunKey) ?? "null") as Begun | null);
  } catch {
    return null;
  }
}

function keep(b: Begun | null): void {
  topUpBegun.value = b;
  if (isKiosk) return;
  if (b?.state === "waiting") sessionStorage.setItem(begunKey, JSON.stringify(b));
  else sessionStorage.removeItem(begunKey);
}

/** Forgets what another shopper began. */
export const forgetTopUp = () => keep(null);

async function ask(method: "GET" | "DELETE", b: Begun): Promise<void> {
  try {
    const now = await call<Begun>(method, `/v1/account/topups/${encodeURIComponent(b.bill)}`, undefined, b.token);
    if (topUpBegun.value?.bill !== b.bill) return;
    keep({ ...now, handoff: now.state === "waiting" ? b.handoff : undefined });
    if (now.state === "paid") void loadAccount();
  } catch (e) {
    if ((e as APIError).status === 404) keep(null);
  }
}

export function TopUp({ ways }: { ways: Ways }) {
  const b = topUpBegun.value;
  if (!b) return <Form ways={ways} />;
  if (b.state === "waiting") return <Waiting b={b} />;
  return (
    <div class="topup-end" role="status">
      <p class={b.state === "paid" ? "good" : "fault"}>{t(b.state === "paid" ? "topup.paid" : "topup.over", { amount: money(b.amount, b.currency) })}</p>
      {b.receipt && <p class="hint">{t("receipt.no", { no: b.receipt.no })}</p>}
      <div class="acts">
        {b.receipt?.url && !isKiosk && <a class="button plain" href={b.receipt.url} target="_blank" rel="noopener">{t("receipt.link")}</a>}
        <Button kind="primary" class="topup-done" onClick={() => (keep(null), openAccount("topup"))}>{t("topup.again")}</Button>
      </div>
    </div>
  );
}

function Waiting({ b }: { b: Begun }) {
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    shown.current?.scrollIntoView({ block: "center" });
    void ask("GET", b);
    const until = Date.now() + alone;
    const timer = setInterval(() => {
      if (Date.now() < until) activity.value++; // who pays on a phone does not touch the screen
      void ask("GET", b);
    }, every);
    return () => clearInterval(timer);
  }, [b.bill]);
  const h = b.handoff;
  return (
    <div ref={shown} class="topup-waits center">
      <p role="status">{t(h ? "topup.finish" : "topup.waiting", { amount: money(b.amount, b.currency) })}</p>
      {h && (h.qr || h.url) && <QR text={h.qr || h.url || ""} label={t("handoff.qr")} />}
      {h && <p class="hint">{t("handoff.until", { time: time(h.expires) })}</p>}
      <div class="acts">
        <Button class="topup-cancel" onClick={() => void ask("DELETE", b)}>{t("topup.cancel")}</Button>
        {h?.url && !isKiosk && <a class="button primary" href={h.url} rel="noopener noreferrer">{t("handoff.open")}</a>}
      </div>
    </div>
  );
}

const words: Record<string, string> = { topup_ceiling: "topup.ceiling", topup_amount: "topup.limits", bad_topup: "topup.limits", declined: "topup.declined", wrong_password: "topup.wrong" };

function Form({ ways }: { ways: Ways }) {
  const [amount, setAmount] = useState(account.value?.amount ?? "");
  const [method, setMethod] = useState(ways.methods[0]);
  const [secret, setSecret] = useState("");
  const [field, setField] = useState<"amount" | "secret">("amount");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [key, setKey] = useState(newID());
  useEffect(() => {
    if (account.value?.amount) setAmount(account.value.amount);
  }, [account.value?.amount]);
  const offered = [1, 2, 4, 10, 20].map((n) => String(Number(ways.least) * n)).filter((a) => Number(a) <= Number(ways.most));
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    setWrong("");
    try {
      keep(await call<Begun>("POST", `/v1/account/topups?${atPlace}`, { key, amount: amount.replace(",", ".").trim(), method, secret, lang: lang.value, client: isKiosk ? "kiosk" : "phone" }));
      topUpOffer.value = null;
      if (topUpBegun.value?.state === "paid") void loadAccount();
      setKey(newID());
    } catch (e) {
      const { code, message } = e as APIError;
      setWrong(words[code] ? t(words[code], { least: money(ways.least, ways.currency), most: money(ways.most, ways.currency), ceiling: money(ways.ceiling, ways.currency) }) : message || t("unreachable"));
      if (code === "other_topup" || code === "bill_expired") setKey(newID());
    }
    setSecret("");
    setBusy(false);
  };
  return (
    <form class="topup" onSubmit={submit} autocomplete={isKiosk ? "off" : "on"}>
      <fieldset class="methods topup-amounts">
        <legend>{t("topup.amount")}</legend>
        {offered.map((a) => <Button pressed={Number(a) === Number(amount)} onClick={() => setAmount(a)}>{money(a, ways.currency)}</Button>)}
      </fieldset>
      <label class="field">
        <span>{t("topup.other", { least: money(ways.least, ways.currency), most: money(ways.most, ways.currency) })}</span>
        <input name="topup-amount" value={amount} inputmode="decimal" autocomplete="off" required onFocus={() => setField("amount")} onInput={(e) => setAmount(e.currentTarget.value)} />
      </label>
      {ways.methods.length > 1 && (
        <fieldset class="methods">
          <legend>{t("method.title")}</legend>
          {ways.methods.map((m) => <Button class={`method ${m}`} pressed={m === method} onClick={() => setMethod(m)}>{methodName(m)}</Button>)}
        </fieldset>
      )}
      <label class="field">
        <span>{t("proof.password")}</span>
        <input name="topup-password" type="password" value={secret} autocomplete={isKiosk ? "off" : "current-password"} required onFocus={() => setField("secret")} onInput={(e) => setSecret(e.currentTarget.value)} />
      </label>
      {isKiosk && <Keyboard value={field === "secret" ? secret : amount} onInput={field === "secret" ? setSecret : setAmount} />}
      <p class="fault" role="alert">{wrong}</p>
      <div class="acts"><Button type="submit" kind="primary" size="large" class="topup-now" disabled={busy}>{busy ? t("proof.busy") : t("topup.pay", { by: methodName(method ?? "") })}</Button></div>
    </form>
  );
}

/** Offers to top up where the balance was too low. */
export function TopUpOffer() {
  const offer = topUpOffer.value;
  useEffect(() => {
    if (!offer?.open) return;
    topUpOffer.value = null;
    openAccount("topup", offer.amount);
  }, [offer]);
  if (!offer || offer.open) return null;
  return (
    <div class="notice topup-offer">
      <p>{t("topup.low")}</p>
      <div class="notice-acts"><Button icon="plus" class="topup-low" onClick={() => openAccount("topup", offer.amount)}>{t("topup.title")}</Button></div>
    </div>
  );
}
