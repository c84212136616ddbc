import { useEffect, useRef, useState } from "preact/hooks";
import { session } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { bill, busy, doCommand, isKiosk, prove } from "../till";
import { Button } from "./button";
import { Icon } from "./icons";
import { Keyboard } from "./keyboard";
import { NoAccount } from "./signin";

/** The transaction password: typed, masked, never spoken. */
export function ProofPanel() {
  const shopper = session.value.shopper;
  const [account, setAccount] = useState("");
  const [secret, setSecret] = useState("");
  const [field, setField] = useState<"account" | "secret">(shopper ? "secret" : "account");
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const b = bill.value;
  const submit = (e: Event) => {
    e.preventDefault();
    if (!b || !secret || (!shopper && !account)) return;
    prove({ bill: b.bill, version: b.version, account: shopper ? undefined : account.trim(), factor: "password", secret });
    setSecret("");
  };
  return (
    <section class="card proof" aria-labelledby="proof-title">
      <header class="card-head">
        <h2 id="proof-title">{t("proof.title")}</h2>
        {b && <strong class="proof-sum">{money(b.total, b.currency)}</strong>}
      </header>
      <p class="private"><Icon name="lock" />{t("proof.private")}</p>
      <form onSubmit={submit} autocomplete={isKiosk ? "off" : "on"}>
        {shopper ? (
          <p class="signed-in">{t("proof.as", { name: shopper.name, account: shopper.account })}</p>
        ) : (
          <label class="field">
            <span>{t("proof.account")}</span>
            <input ref={first} id="account" name="account" value={account} autocomplete={isKiosk ? "off" : "username"} autocapitalize="none" spellcheck={false} onFocus={() => setField("account")} onInput={(e) => setAccount(e.currentTarget.value)} required />
          </label>
        )}
        <label class="field">
          <span>{t("proof.password")}</span>
          <input ref={shopper ? first : undefined} id="secret" name="password" type="password" value={secret} autocomplete={isKiosk ? "off" : "current-password"} onFocus={() => setField("secret")} onInput={(e) => setSecret(e.currentTarget.value)} required />
        </label>
        {isKiosk && <Keyboard value={field === "secret" ? secret : account} onInput={field === "secret" ? setSecret : setAccount} />}
        <div class="acts">
          <Button icon="back" size="large" class="go-back" onClick={() => doCommand({ do: "back" })}>{t("back")}</Button>
          <Button type="submit" kind="primary" size="large" class="pay" disabled={!b || busy.value}>{busy.value ? t("proof.busy") : t("proof.pay")}</Button>
        </div>
      </form>
      {!shopper && <NoAccount />}
    </section>
  );
}
