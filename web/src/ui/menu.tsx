import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { callStaff, heardBefore, loadRegistration, registration, session, signOut } from "../api";
import { commandWords, time } from "../format";
import { examples } from "../examples";
import { t } from "../i18n";
import { cart, heard, hint, isKiosk, leave, link, resume } from "../till";
import { openAccount } from "./account";
import { Button } from "./button";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import { SettingsSheet } from "./settings";
import { Sheet } from "./sheet";
import { RegisterSheet, SignInForm } from "./signin";
import { mayTeach, teaching } from "./teach";

export type Open = "none" | "menu" | "heard" | "help" | "leave" | "signin" | "register" | "staff" | "settings";
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
  useEffect(() => void loadRegistration(), [clerk?.id]);
  return (
    <Sheet title={t("menu")} onClose={close}>
      <ul class="menu">
        <Entry id="account" icon="person" text={t("account.title")} onClick={() => (close(), openAccount())} />
        <Entry id="help" icon="help" text={t("help")} onClick={() => (open.value = "help")} />
        <Entry id="heard" icon="ear" text={t("heard.title")} onClick={() => (open.value = "heard")} />
        {!isKiosk && <Entry id="receipts" icon="receipt" text={t("title.receipts")} onClick={() => void window.open("/receipts", "_blank", "noopener")} />}
        <Entry id="staff" icon="bell" text={t("staff")} onClick={() => void staff("help")} />
        <Entry id="settings" icon="sound" text={t("set.title")} onClick={() => (open.value = "settings")} />
        {!isKiosk && (shopper ? <Entry id="signout" icon="key" text={t("signout", { name: shopper.name })} onClick={() => void signOut().then(close)} /> : <Entry id="signin" icon="key" text={t("signin")} onClick={() => (open.value = "signin")} />)}
        {!shopper && registration.value?.open && <Entry id="register" icon="plus" text={t("register.title")} onClick={() => (open.value = "register")} />}
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
        {lessons.filter((l) => l !== "weight" || examples.value.weighed).map((l) => (
          <div>
            <dt>{t(`lesson.${l}`)}</dt>
            <dd>“{t(`lesson.${l}.say`, examples.value)}”</dd>
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
      <p>{t(cart.value.count === 0 ? "leave.empty" : "leave.sure", { n: cart.value.count })}</p>
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
      return <Sheet key="signin" title={t("signin")} onClose={close}><SignInForm role="shopper" onDone={close} /></Sheet>;
    case "register":
      return <RegisterSheet key="register" onClose={close} />;
    case "settings":
      return <SettingsSheet key="settings" onClose={close} />;
    case "staff":
      return <Sheet key="staff" title={t("staff.mode")} onClose={close}><SignInForm role="merchant" onDone={close} /></Sheet>;
    default:
      return null;
  }
}
