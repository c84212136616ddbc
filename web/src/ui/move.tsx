import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { type APIError, call, isLoopback, place } from "../api";
import { time } from "../format";
import { t } from "../i18n";
import { adopt, cart, hint, resume } from "../till";
import { Button } from "./button";
import { QR } from "./qr";
import { Sheet } from "./sheet";

// A basket goes from a kiosk to its shopper's phone by a code that is good once.
// From then on it is the phone's alone, and the kiosk is free for the next one.

interface Offer {
  url: string;
  expires: string;
}

/** Shown on the kiosk; null: no code is shown. */
export const moving = signal(false);
/** Until when a code is shown, ms; the kiosk waits as long. */
export const movingUntil = signal(0);
const every = 1_000; // ms between looks whether it was taken

/** On the kiosk: the code to scan. onTaken is called when a phone has the basket. */
export function MoveSheet({ onTaken }: { onTaken: () => void }) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    let timer = 0;
    let over = false;
    const look = async (until: number) => {
      const taken = await call<{ taken: boolean }>("GET", "/v1/moves", undefined, resume()).then((m) => m.taken, () => false);
      if (over) return;
      if (taken) onTaken();
      else if (Date.now() > until) moving.value = false;
      else timer = setTimeout(() => void look(until), every);
    };
    call<Offer>("POST", "/v1/moves", {}, resume()).then(
      (o) => {
        if (over) return;
        setOffer(o);
        movingUntil.value = Date.parse(o.expires);
        void look(movingUntil.value);
      },
      (e: APIError) => setWrong(e.message || t("unreachable")),
    );
    return () => {
      over = true;
      movingUntil.value = 0;
      clearTimeout(timer);
    };
  }, []);
  const close = () => (moving.value = false);
  return (
    <Sheet title={t("move.title")} onClose={close}>
      {wrong ? <p class="fault" role="alert">{wrong}</p> : <p>{t("move.how")}</p>}
      {offer && <QR text={offer.url} label={t("move.qr")} />}
      {offer && isLoopback(offer.url) && <p class="notice loopback">{t("move.loopback")}</p>}
      {offer && <p class="hint center">{t("handoff.until", { time: time(offer.expires) })}</p>}
      <div class="acts"><Button size="large" class="move-stay" onClick={close}>{t("move.stay")}</Button></div>
    </Sheet>
  );
}

/** The code with which this page was opened, until its basket is here. */
export const arriving = signal(codeOf(location.hash));

function codeOf(hash: string): string {
  const code = /^#move=([\w-]+)$/.exec(hash)?.[1] ?? "";
  if (code) history.replaceState(null, "", location.pathname + location.search); // good once: not to be kept, shared or loaded again
  return code;
}

/** On the phone: fetches the basket that the code gives. */
export async function arrive(): Promise<void> {
  const code = arriving.value;
  arriving.value = "";
  try {
    const moved = await call<{ resume: string; place: string }>("POST", "/v1/moves/take", { code });
    if (moved.place === place) adopt(moved.resume);
  } catch (e) {
    const { status, message } = e as APIError;
    hint.value = status === 404 ? t("move.late") : message || t("unreachable");
    if (!status) arriving.value = code; // the phone has no connection yet
  }
}

/** Asks before a basket that is on the phone already is given up for the kiosk's. */
export function ArriveSheet() {
  const keep = () => (arriving.value = "");
  return (
    <Sheet title={t("move.arrive")} onClose={keep}>
      <p>{t("move.instead", { n: cart.value.count })}</p>
      <div class="acts">
        <Button size="large" class="keep-mine" onClick={keep}>{t("move.keep")}</Button>
        <Button kind="primary" size="large" class="take-over" first onClick={() => void arrive()}>{t("move.take")}</Button>
      </div>
    </Sheet>
  );
}
