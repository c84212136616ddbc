import { useEffect, useState } from "preact/hooks";
import { APIError, atPlace, call, loadRegistration, register, registration, type Session, session, signIn } from "../api";
import { t } from "../i18n";
import { cart, connect, isKiosk, refused } from "../till";
import type { Ways } from "./account";
import { Button } from "./button";
import { Icon } from "./icons";
import { KeyedForm } from "./keyedform";
import { open } from "./menu";
import { Sheet } from "./sheet";

// Who shops: signing in, and making an account without leaving the basket.

interface SignIn {
  role: "shopper" | "merchant";
  onDone: () => void;
}

/** Account and password, of a shopper or of somebody of the shop. */
export function SignInForm({ role, onDone }: SignIn) {
  const [fault, setFault] = useState("");
  const submit = async (v: Record<string, string>) => {
    try {
      await signIn(role, v.account, v.password);
      connect();
      onDone();
    } catch (e) {
      setFault((e as APIError).message || t("unreachable"));
    }
  };
  return (
    <>
      <KeyedForm class={role === "shopper" ? "account-signin" : undefined} fault={fault} act={t("signin")} onSubmit={submit}
        fields={[
          { name: "account", label: t(role === "shopper" ? "proof.account" : "merchant.email"), autocomplete: "username", required: true },
          { name: "password", label: t("proof.password"), type: "password", autocomplete: "current-password", required: true },
        ]} />
      {role === "shopper" && <NoAccount />}
    </>
  );
}

/** The way to an account, for who has none. */
export function NoAccount() {
  useEffect(() => void loadRegistration(), []);
  const r = registration.value;
  if (!r) return null;
  return (
    <div class="no-account">
      <p class="hint">{t(r.open ? "register.none" : "register.desk")}</p>
      {r.open && <Button class="to-register" onClick={() => (open.value = "register")}>{t("register.title")}</Button>}
    </div>
  );
}

const faultAt: Record<string, string> = { bad_name: "name", bad_email: "email", account_taken: "email", short_password: "password" };

export function RegisterSheet({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Session["shopper"]>(null);
  const [email, setEmail] = useState("");
  useEffect(() => void loadRegistration(), []);
  return (
    <Sheet title={made ? t("register.made", { name: made.name }) : t("register.title")} onClose={onClose}>
      {made ? <Made account={made.account} email={email} onDone={onClose} /> : <Register onMade={(a, email) => (setEmail(email), setMade(a))} />}
    </Sheet>
  );
}

function Register({ onMade }: { onMade: (a: Session["shopper"], email: string) => void }) {
  const [fault, setFault] = useState<APIError | null>(null);
  const submit = async (v: Record<string, string>) => {
    setFault(null);
    try {
      await register(v);
      onMade(session.value.shopper, v.email ?? "");
      connect();
    } catch (e) {
      setFault(e as APIError);
    }
  };
  const at = fault && faultAt[fault.code];
  const wrong = (field: string) => (at === field ? t(`register.${fault!.code}`) : undefined);
  const other = !fault || at ? "" : fault.code === "no_registration" ? t("register.desk") : fault.code === "registered_often" ? t("register.often") : fault.message || t("unreachable");
  return (
    <>
      {!isKiosk && <p class="hint">{t("register.about")}</p>}
      <KeyedForm class="register" fault={other} act={t("register.do")} onSubmit={submit}
        fields={[
          { name: "name", label: t("register.name"), autocomplete: "name", required: true, maxLength: 60, fault: wrong("name") },
          ...(registration.value?.mail ? [{ name: "email", label: t("register.email"), type: "email" as const, autocomplete: "email", hint: t("register.email.hint"), fault: wrong("email") }] : []),
          { name: "password", label: t("proof.password"), type: "password", autocomplete: "new-password", required: true, minLength: 8, hint: t("register.password.hint"), fault: wrong("password") },
        ]} />
    </>
  );
}

function Made({ account, email, onDone }: { account: string; email: string; onDone: () => void }) {
  const [desk, setDesk] = useState(false);
  useEffect(() => void call<Ways>("GET", `/v1/topup?${atPlace}`).then((w) => setDesk(w.methods.length === 0), () => undefined), []);
  return (
    <div class="made" role="status">
      <p>{t("register.number")}</p>
      <output class="made-number">{account}</output>
      <p class="hint">{t(isKiosk ? "register.keep" : "register.next")}</p>
      {email && <p class="hint made-email">{t("register.letter", { email })}</p>}
      {desk && <p class="hint">{t("topup.desk")}</p>}
      <div class="acts"><Button kind="primary" size="large" class="made-done" first onClick={onDone}>{t("register.go")}</Button></div>
    </div>
  );
}

/** What somebody meets whom a shop does not know yet, in the place of the basket. */
export function Welcome() {
  useEffect(() => void loadRegistration(), []);
  const r = registration.value;
  return (
    <section class="card welcome" id="refused" aria-labelledby="welcome-title">
      <Icon name={refused.value === "sign_in" ? "basket" : "warn"} size={48} />
      {refused.value === "sign_in" ? (
        <>
          <h2 id="welcome-title">{t("welcome.title", { shop: r?.name ?? "" })}</h2>
          <p>{t(!r || r.open ? "welcome.about" : "welcome.desk")}</p>
          {cart.value.count > 0 && <p class="hint">{t("welcome.kept", { n: cart.value.count })}</p>}
          <div class="acts">
            <Button icon="key" size="large" kind={r?.open ? "plain" : "primary"} class="to-signin" onClick={() => (open.value = "signin")}>{t("signin")}</Button>
            {r?.open && <Button kind="primary" size="large" class="to-register" onClick={() => (open.value = "register")}>{t("register.title")}</Button>}
          </div>
        </>
      ) : (
        <h2 id="welcome-title">{t("refused.no_place")}</h2>
      )}
    </section>
  );
}
