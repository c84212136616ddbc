import { useState } from "preact/hooks";
import { type APIError, atPlace, call, session } from "../api";
import { money, time } from "../format";
import { t } from "../i18n";
import { bill, busy, confirming, decide, doCommand, hint, isKiosk } from "../till";
import { Button } from "./button";
import { Icon } from "./icons";
import { Keyboard } from "./keyboard";

/** The payment waits for staff; on a kiosk they may decide at its screen. */
export function ConfirmingPanel() {
  const [staff, setStaff] = useState(false);
  const c = confirming.value;
  if (!c) return null;
  return (
    <section class="card confirming" aria-labelledby="confirming-title">
      <header class="card-head">
        <h2 id="confirming-title">{t("confirming.title")}</h2>
        {bill.value && <strong class="proof-sum">{money(bill.value.total, bill.value.currency)}</strong>}
      </header>
      <p class="private"><Icon name="bell" />{t("confirming.how")}</p>
      {session.value.merchant ? (
        <SignedInClerk confirmation={c.confirmation} />
      ) : staff ? (
        <Clerk confirmation={c.confirmation} />
      ) : (
        <>
          <p class="hint">{t("confirming.until", { time: time(c.expires) })}</p>
          <div class="acts">
            <Button icon="back" size="large" class="go-back" disabled={busy.value} onClick={() => doCommand({ do: "back" })}>{t("back")}</Button>
            {isKiosk && <Button icon="key" size="large" class="is-staff" onClick={() => setStaff(true)}>{t("confirming.staff")}</Button>}
          </div>
        </>
      )}
    </section>
  );
}

/** Staff that is signed in on this page decides without another password. */
function SignedInClerk({ confirmation }: { confirmation: string }) {
  const say = (how: "approve" | "refuse") =>
    call("POST", `/v1/merchant/confirmations/${encodeURIComponent(confirmation)}/${how}?${atPlace}`, {}).catch((e: APIError) => (hint.value = e.message || t("unreachable")));
  return (
    <div class="acts">
      <Button icon="back" size="large" class="go-back" label={t("back")} disabled={busy.value} onClick={() => doCommand({ do: "back" })} />
      <Button kind="danger" size="large" class="refuse" onClick={() => void say("refuse")}>{t("confirming.refuse")}</Button>
      <Button kind="primary" size="large" class="approve" onClick={() => void say("approve")}>{t("confirming.approve")}</Button>
    </div>
  );
}

function Clerk({ confirmation }: { confirmation: string }) {
  const [fields, setFields] = useState({ account: "", secret: "" });
  const [field, setField] = useState<keyof typeof fields>("account");
  const put = (value: string) => setFields({ ...fields, [field]: value });
  const say = (approve: boolean) => {
    if (!fields.account || !fields.secret) return;
    decide({ confirmation, approve, ...fields, account: fields.account.trim() });
    setFields({ ...fields, secret: "" });
  };
  const bound = (name: keyof typeof fields) => ({
    name,
    value: fields[name],
    onFocus: () => setField(name),
    onInput: (e: { currentTarget: HTMLInputElement }) => setFields({ ...fields, [name]: e.currentTarget.value }),
  });
  return (
    <form class="clerk" autocomplete="off" onSubmit={(e) => { e.preventDefault(); say(true); }}>
      <label class="field"><span>{t("confirming.account")}</span><input {...bound("account")} autocomplete="off" autocapitalize="none" spellcheck={false} /></label>
      <label class="field"><span>{t("proof.password")}</span><input {...bound("secret")} type="password" autocomplete="off" /></label>
      <Keyboard value={fields[field]} onInput={put} />
      <div class="acts">
        <Button icon="back" size="large" class="go-back" label={t("back")} disabled={busy.value} onClick={() => doCommand({ do: "back" })} />
        <Button kind="danger" size="large" class="refuse" disabled={busy.value} onClick={() => say(false)}>{t("confirming.refuse")}</Button>
        <Button type="submit" kind="primary" size="large" class="approve" disabled={busy.value}>{t("confirming.approve")}</Button>
      </div>
    </form>
  );
}
