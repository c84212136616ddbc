import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { APIError, callStaff, heardBefore, session, signIn, signOut } from "../api";
import { commandWords, time } from "../format";
import { t } from "../i18n";
import { cart, connect, heard, hint, isKiosk, leave, link, resume } from "../till";
import { openAccount } from "./account";
import { Button } from "./button";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import { Keyboard } from "./keyboard";
import { SettingsSheet } from "./settings";
import { Sheet } from "./sheet";
import { mayTeach, teaching } from "./teach";

export type Open = "none" | "menu" | "heard" | "help" | "leave" | "signin" | "staff" | "settings";
export const open = signal<Open>("none");
const close = () => (open.value = "none");

/** Asks the people of the shop to come. */
export async function staff(reason: string): Promise<void> {
  link.open();
  try {
    await callStaff(resume(), isKiosk ? "kiosk" : "phone", reason);
    hint.value = t("staff.called");
  } catch {
    hint.value = t("staff.failed");
  }
  close();
}

function Entry({ icon, text, onClick, id }: { icon: IconName; text: string; id: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" class="menu-entry" data-menu={id} onClick={onClick}>
        <Icon name={icon} />
        <span>{text}</span>
      </button>
    </li>
  );
}

function Menu() {
  const { shopper, merchant: clerk } = session.value;
  return (
    <Sheet title={t("menu")} onClose={close}>
      <ul class="menu">
        <Entry id="account" icon="key" text={t("account.title")} onClick={() => (close(), openAccount())} />
        <Entry id="help" icon="help" text={t("help")} onClick={() => (open.value = "help")} />
        <Entry id="heard" icon="ear" text={t("heard.title")} onClick={() => (open.value = "heard")} />
        {!isKiosk && <Entry id="receipts" icon="receipt" text={t("title.receipts")} onClick={() => void window.open("/receipts", "_blank", "noopener")} />}
        <Entry id="staff" icon="bell" text={t("staff")} onClick={() => void staff("help")} />
        <Entry id="settings" icon="sound" text={t("set.title")} onClick={() => (open.value = "settings")} />
        {!isKiosk && (shopper ? <Entry id="signout" icon="key" text={t("signout", { name: shopper.name })} onClick={() => void signOut().then(close)} /> : <Entry id="signin" icon="key" text={t("signin")} onClick={() => (open.value = "signin")} />)}
        {mayTeach.value && <Entry id="teach" icon="mic" text={t("teach.title")} onClick={() => { close(); teaching.value = "any"; }} />}
        {clerk ? <Entry id="staff-out" icon="key" text={t("staff.signout", { name: clerk.name })} onClick={() => void signOut().then(close)} /> : <Entry id="staff-in" icon="key" text={t("staff.mode")} onClick={() => (open.value = "staff")} />}
        <Entry id="leave" icon="door" text={t("leave")} onClick={() => (open.value = "leave")} />
      </ul>
    </Sheet>
  );
}

function Heard() {
  useEffect(() => {
    if (resume()) heardBefore(resume()).then((h) => (heard.value = h.heard), () => undefined);
  }, []);
  return (
    <Sheet title={t("heard.title")} onClose={close}>
      <p class="hint">{t("heard.about")}</p>
      <ol class="heard">
        {[...heard.value].reverse().map((h) => (
          <li>
            <time>{h.at ? time(h.at) : ""}</time>
            <q>{h.text}</q>
            <span>{h.commands?.length ? h.commands.map(commandWords).join(", ") : t("heard.nothing")}</span>
          </li>
        ))}
      </ol>
      {heard.value.length === 0 && <p>{t("heard.empty")}</p>}
    </Sheet>
  );
}

const lessons = ["add", "many", "weight", "change", "undo", "ask", "pay"];

function Help() {
  return (
    <Sheet title={t("help")} onClose={close}>
      <p>{t("help.how")}</p>
      <dl class="lessons">
        {lessons.map((l) => (
          <div>
            <dt>{t(`lesson.${l}`)}</dt>
            <dd>“{t(`lesson.${l}.say`)}”</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{t("help.keys")}</p>
    </Sheet>
  );
}

function Leave() {
  return (
    <Sheet title={t("leave")} onClose={close}>
      <p>{t("leave.sure", { n: cart.value.count })}</p>
      <div class="acts">
        <Button size="large" onClick={close}>{t("leave.stay")}</Button>
        <Button
          kind="danger"
          size="large"
          class="leave-now"
          onClick={() => {
            leave();
            close();
          }}
        >
          {t("leave.now")}
        </Button>
      </div>
    </Sheet>
  );
}

const signInFault = signal("");

/** Signs in a shopper, or somebody of the shop. */
function SignIn({ role }: { role: "shopper" | "merchant" }) {
  useEffect(() => void (signInFault.value = ""), []);
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [field, setField] = useState<"account" | "password">("account");
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    try {
      await signIn(role, account.trim(), password);
      connect();
      close();
    } catch (fault) {
      signInFault.value = (fault as APIError).message || t("unreachable");
    }
  };
  return (
    <Sheet title={t(role === "shopper" ? "signin" : "staff.mode")} onClose={close}>
      <form onSubmit={submit}>
        <label class="field"><span>{t(role === "shopper" ? "proof.account" : "merchant.email")}</span><input name="account" value={account} onFocus={() => setField("account")} onInput={(e) => setAccount(e.currentTarget.value)} autocomplete={isKiosk ? "off" : "username"} autocapitalize="none" required /></label>
        <label class="field"><span>{t("proof.password")}</span><input name="password" type="password" value={password} onFocus={() => setField("password")} onInput={(e) => setPassword(e.currentTarget.value)} autocomplete={isKiosk ? "off" : "current-password"} required /></label>
        <p class="fault" role="alert">{signInFault.value}</p>
        {isKiosk && <Keyboard value={field === "account" ? account : password} onInput={field === "account" ? setAccount : setPassword} />}
        <div class="acts"><Button type="submit" kind="primary" size="large">{t("signin")}</Button></div>
      </form>
    </Sheet>
  );
}

/** The sheet that is open, if any. */
export function Sheets() {
  switch (open.value) {
    case "menu":
      return <Menu key="menu" />;
    case "heard":
      return <Heard key="heard" />;
    case "help":
      return <Help key="help" />;
    case "leave":
      return <Leave key="leave" />;
    case "signin":
      return <SignIn key="signin" role="shopper" />;
    case "settings":
      return <SettingsSheet key="settings" onClose={close} />;
    case "staff":
      return <SignIn key="staff" role="merchant" />;
    default:
      return null;
  }
}
