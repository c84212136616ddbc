import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { signOut } from "../api";
import { examples } from "../examples";
import { resetLang, t } from "../i18n";
import { play } from "../sounds";
import { reach, resetSettings, time } from "../settings";
import { shut } from "../talk";
import { activity, cart, confirming, forget, handoff, leave, link, showsReceipt } from "../till";
import { hush } from "../voice";
import { account } from "./account";
import { forgetTopUp } from "./account_topup";
import { Button } from "./button";
import { correcting } from "./correct";
import { forgetTyped } from "./entry";
import { LanguageSwitch } from "./language";
import { Icon } from "./icons";
import { open } from "./menu";
import { moving, movingUntil } from "./move";
import { scanning } from "./scan";
import { teaching } from "./teach";

// A kiosk left alone warns, then clears the cart and signs out: the next person
// never sees the last person's cart.

const asked = Number(new URLSearchParams(location.search).get("idle"));
const quiet = asked >= 2 && asked <= 600 ? asked : 30; // s until the warning; the address may set it: /kiosk?idle=60
const grace = Math.max(2, quiet / 2); // s from the warning to the end
const longer = () => Number(time.value); // who wants more time has it

export const resting = signal(true);
const warned = signal(false);
const left = signal(0); // s

let timer = 0;

export function wake(): void {
  resting.value = false;
  link.open();
}

/** Ends the visit of a shopper whose basket is on a phone by now. */
export function moved(): void {
  cart.value = { ...cart.value, count: 0, lines: [] };
  finish();
}

/** Ends this shopper's visit. What cannot be told to the server now, it finds out by itself. */
export function finish(): void {
  shut();
  hush();
  open.value = "none";
  account.value = null;
  forgetTopUp();
  forgetTyped();
  correcting.value = null;
  scanning.value = false;
  teaching.value = null;
  moving.value = false;
  if (cart.value.lines.length > 0 && !showsReceipt.value) leave();
  void signOut().catch(() => undefined);
  forget();
  resetLang();
  resetSettings();
  warned.value = false;
  resting.value = true;
}

function countDown(): void {
  left.value--;
  if (left.value <= 0) finish();
  else timer = setTimeout(countDown, 1000);
}

function warn(): void {
  warned.value = true;
  left.value = Math.round(grace * longer());
  play("question");
  timer = setTimeout(countDown, 1000);
}

export function watchIdle(): void {
  effect(() => {
    void activity.value;
    clearTimeout(timer);
    warned.value = false;
    // Who pays on a phone, takes the basket along, or waits for staff, does not touch the screen.
    const waits = handoff.value ?? confirming.value;
    const until = waits ? Date.parse(waits.expires) : movingUntil.value;
    const wait = Math.max(quiet * 1000 * longer(), until - Date.now());
    if (!resting.value) timer = setTimeout(warn, wait);
  });
}

export function Attract() {
  return (
    <main class="attract">
      <button type="button" id="wake" class="attract-start" onClick={wake}>
        <span class="attract-mark"><Icon name="mic" size={72} /></span>
        <h1>{t("attract.title")}</h1>
        <span class="attract-say">{t("attract.say", examples.value)}</span>
        <span class="button primary large">{t("attract.start")}</span>
      </button>
      <div class="attract-foot">
        <Button
          icon="lower"
          size="large"
          class="start-low"
          onClick={() => {
            reach.value = "low";
            wake();
          }}
        >
          {t("attract.low")}
        </Button>
        <LanguageSwitch />
      </div>
    </main>
  );
}

export function IdleWarning() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (warned.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [warned.value]);
  return (
    <dialog ref={dialog} class="sheet idle-warning" aria-labelledby="idle-title">
      <div class="sheet-body center">
        <h2 id="idle-title">{t("idle.title")}</h2>
        <p aria-live="off">{t("idle.left", { n: left.value })}</p>
        <div class="acts">
          <Button size="large" onClick={finish}>{t("idle.finish")}</Button>
          <Button kind="primary" size="large" first onClick={() => activity.value++}>{t("idle.stay")}</Button>
        </div>
      </div>
    </dialog>
  );
}
