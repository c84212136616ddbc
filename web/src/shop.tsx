import { effect, signal } from "@preact/signals";
import { type RefObject, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { loadRegistration, loadSession, registration } from "./api";
import { lang, t } from "./i18n";
import { watchKeys } from "./keys";
import { cart, confirming, handoff, hears, isKiosk, link, receipt, refused, shop, shopAgain, showsReceipt, state } from "./till";
import { AccountSheet } from "./ui/account";
import { TopUpOffer } from "./ui/account_topup";
import { Attract, finish, IdleWarning, moved, resting, wake, watchIdle } from "./ui/kiosk";
import { BillActs, BillPanel } from "./ui/bill";
import { Button } from "./ui/button";
import { Caption, Choices, Hearing, Notices } from "./ui/caption";
import { CartList, CartTotal } from "./ui/cart";
import { CorrectSheet, correcting } from "./ui/correct";
import { ConfirmingPanel } from "./ui/confirming";
import { append, Entry } from "./ui/entry";
import { Icon } from "./ui/icons";
import { LanguageSwitch } from "./ui/language";
import { open, Sheets, staff } from "./ui/menu";
import { HandoffPanel } from "./ui/methods";
import { ArriveSheet, arrive, arriving, MoveSheet, moving } from "./ui/move";
import { ProofPanel } from "./ui/proof";
import { ReceiptPanel } from "./ui/receipt";
import { ScanSheet, scanning } from "./ui/scan";
import { Welcome } from "./ui/signin";
import { TeachSheet, teaching } from "./ui/teach";
import { TalkButton } from "./ui/talkbutton";
import { keepOnDevice } from "./install";
import { watchWakeLock } from "./wakelock";

// The shopper's page, on a phone and on a kiosk.

const typing = signal(isKiosk);
const startTyping = () => {
  typing.value = true;
  requestAnimationFrame(() => document.getElementById("type")?.focus());
};

/** A character goes into the line for typing, which may have to come first. */
function typed(e: KeyboardEvent): void {
  if (refused.value || state.value === "proving" || showsReceipt.value || document.querySelector("dialog[open]")) return;
  const line = document.getElementById("type");
  if (line) return line.focus();
  e.preventDefault();
  append(e.key);
  startTyping();
}

function Header() {
  return (
    <header class="top">
      <div class="brand"><span class="brand-mark"><Icon name="wave" size={20} /></span><h1>{shop.value || registration.value?.name || "voicetill"}</h1></div>
      {receipt.value && !showsReceipt.value && <Button kind="quiet" icon="receipt" class="last-pass" onClick={() => (showsReceipt.value = true)}>{t("receipt.pass")}</Button>}
      <LanguageSwitch onChange={() => link.restart()} />
      <Button icon="menu" kind="quiet" class="open-menu" label={t("menu")} onClick={() => (open.value = "menu")} />
    </header>
  );
}

function Panel() {
  if (refused.value) return <Welcome />;
  if (showsReceipt.value && receipt.value) {
    const done = isKiosk ? finish : shopAgain;
    return <ReceiptPanel receipt={isKiosk ? { ...receipt.value, url: undefined } : receipt.value} token={receipt.value.url?.split("/").pop()} onDone={done} done={isKiosk ? t("receipt.done") : t("receipt.again")} />;
  }
  if (state.value === "billed") return <BillPanel />;
  if (state.value === "proving") return confirming.value ? <ConfirmingPanel /> : handoff.value ? <HandoffPanel /> : <ProofPanel />;
  return <CartList />;
}

const fewLines = 36; // rem: a screen lower than that is full soon

/** Whether letters are large for the height of the screen. */
function useTight(of: RefObject<HTMLElement | null>): boolean {
  const [tight, setTight] = useState(false);
  useEffect(() => {
    const look = () => setTight(innerHeight < fewLines * parseFloat(getComputedStyle(document.documentElement).fontSize));
    const sizes = new ResizeObserver(look);
    if (of.current) sizes.observe(of.current);
    addEventListener("resize", look);
    look();
    return () => {
      sizes.disconnect();
      removeEventListener("resize", look);
    };
  }, [of.current]);
  return tight;
}

function Dock() {
  const dock = useRef<HTMLElement>(null);
  const tight = useTight(dock);
  if (refused.value) return null;
  const shopping = state.value !== "proving" && !showsReceipt.value;
  const billed = state.value === "billed" && !showsReceipt.value;
  const total = (state.value === "shopping" || state.value === "choosing") && !showsReceipt.value;
  return (
    <footer class={tight ? "dock tight" : "dock"} ref={dock}>
      {total && <CartTotal />}
      {billed && <BillActs />}
      {shopping && (
        <div class={`talk-bar ${typing.value ? "typing" : ""}`}>
          <Hearing />
          <div class="talk-row">
            <Button icon="keyboard" kind="quiet" class="open-typing" label={t("type.open")} pressed={typing.value} onClick={() => (typing.value ? (typing.value = false) : startTyping())} />
            <TalkButton />
            <Button icon="barcode" kind="quiet" class="scan" label={t("scan.title")} onClick={() => (scanning.value = true)} />
            {isKiosk && <Button icon="bell" kind="quiet" label={t("staff")} onClick={() => void staff("help")} />}
          </div>
          {typing.value && <Entry onVoice={() => (typing.value = false)} />}
        </div>
      )}
    </footer>
  );
}

function Shop() {
  if (isKiosk && resting.value) return <Attract />;
  return (
    <>
      <Header />
      <main class={`shop ${state.value} ${showsReceipt.value ? "with-receipt" : ""} ${typing.value ? "typing" : ""} ${refused.value ? "refused" : ""}`} data-state={state.value} data-link={link.state.value}>
        <div class="lead">
          {!refused.value && <Caption />}
          <Notices types={typing.value} onType={startTyping} onStaff={() => void staff("stuck")} />
          <TopUpOffer />
          <Choices />
        </div>
        <div class="panel"><Panel /></div>
      </main>
      <Dock />
      <Sheets />
      <AccountSheet />
      {correcting.value && <CorrectSheet />}
      {scanning.value && <ScanSheet onType={startTyping} />}
      {teaching.value && <TeachSheet />}
      {moving.value && <MoveSheet onTaken={moved} />}
      {arriving.value && cart.value.lines.length > 0 && <ArriveSheet />}
      {isKiosk && <IdleWarning />}
    </>
  );
}

function Title() {
  document.title = `${shop.value || registration.value?.name || "voicetill"} · ${t(isKiosk ? "title.kiosk" : "title.shop")}`;
  void lang.value;
  return null;
}

watchKeys(typed);
watchWakeLock();
effect(() => {
  if (!hears.value) typing.value = true;
});
void loadSession().catch(() => undefined);
void loadRegistration(); // before the menu opens, or its entries move
if (isKiosk) {
  watchIdle();
  effect(() => {
    if (resting.value) typing.value = true; // the next shopper meets the page as it always is
  });
  addEventListener("keydown", () => resting.value && wake());
} else {
  if (arriving.value && cart.value.lines.length === 0) void arrive().then(() => link.open());
  else link.open();
  addEventListener("online", () => arriving.value && cart.value.lines.length === 0 && void arrive());
}
keepOnDevice();
render(<><Title /><Shop /></>, document.getElementById("app")!);
