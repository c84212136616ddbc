import { batch, computed, signal } from "@preact/signals";
import { type APIError, atPlace, call, loadSession, place } from "./api";
import { lang, t } from "./i18n";
import { Link } from "./link";
import { learnNames, type Names, names } from "./names";
import { Outbox } from "./outbox";
import type { Bill, Cart, Choice, Command, Confirming, Decision, FromServer, Handoff, HeardLine, Proof, Receipt, Reply, State, Welcome, TopUpOffer } from "./protocol";
import { socketAddress } from "./retry";
import { play } from "./sounds";
import { speak } from "./voice";

// What the page knows of the conversation. Everything comes from the server;
// the page only shows it.

export const isKiosk = document.body.dataset.page === "kiosk";

const resumeKey = `voicetill.resume.${place}.${isKiosk ? "kiosk" : "phone"}`;
const receiptKey = `voicetill.receipt.${place}`;
const awayKey = `voicetill.receipt.away.${place}`; // which receipt was put away
const cartKey = `voicetill.cart.${place}.${isKiosk ? "kiosk" : "phone"}`;
const empty: Cart = { id: "", version: 0, currency: "EUR", count: 0, total: "0", lines: [] };
const passHours = 12;
const soon = 5_000; // ms
const kept = 200; // lines of "what I heard"

const before = storedCart();

export const shop = signal(before?.shop ?? "");
export const hears = signal(true);
/** The language that the till hears, or "". */
export const hearsLang = signal("");
/** As the till last told it, also without a connection. */
export const cart = signal<Cart>(before?.cart ?? empty);
export const state = signal<State>("shopping");
export const said = signal("");
/** Where that is to be heard. */
export const saidAudio = signal<string | undefined>(undefined);
export const hint = signal("");
export const choices = signal<Choice[]>([]);
export const bill = signal<Bill | null>(null);
/** Where the payment goes on outside the till, in state proving. */
export const handoff = signal<Handoff | null>(null);
/** Staff confirms the payment, in state proving. */
export const confirming = signal<Confirming | null>(null);
export const receipt = signal<Receipt | null>(isKiosk ? null : storedReceipt());
export const showsReceipt = signal(false);
/** What the last reply said of topping up a balance. */
export const topUpOffer = signal<TopUpOffer | null>(null);
export const partial = signal("");
export const understood = signal<Command[]>([]);
export const heard = signal<HeardLine[]>([]);
/** Whether what was heard last named nothing that is sold here. */
export const puzzled = computed(() => heard.value.length > 0 && (heard.value.at(-1)!.commands ?? []).every((c) => c.ask === "unknown"));
export const stuck = signal(false);
export const changedLine = signal(0);
/** Grows with everything that shows that somebody is there. */
export const activity = signal(0);

let rate = 16_000;

export const link = new Link(
  () => socketAddress(`/v1/checkout?place=${encodeURIComponent(place)}`),
  () => ({ resume: resume() || undefined, lang: lang.value, rate, client: isKiosk ? "kiosk" : "phone" }),
  receive,
  refuse,
  new Outbox(`voicetill.outbox.${place}.${isKiosk ? "kiosk" : "phone"}`),
  () => resume(),
);

/** Why the server takes no conversation from here: "sign_in", "no_place"; "" if it does. */
export const refused = signal("");

async function refuse(): Promise<boolean> {
  try {
    await call("GET", `/v1/checkout?${atPlace}`, undefined, undefined, soon);
  } catch (e) {
    const { status, code } = e as APIError;
    refused.value = status === 401 || status === 404 ? code : "";
  }
  return refused.value !== "";
}

/** Connects as who is signed in now, also where a stranger was refused. */
export function connect(): void {
  refused.value = "";
  if (link.state.value === "idle") link.open();
  else link.restart();
}

export const busy = computed(() => link.waiting.value > 0);

export const resume = (): string => localStorage.getItem(resumeKey) ?? "";

/** Tells the server another rate of samples by saying hello anew. */
export function useRate(samplesPerSecond: number): void {
  if (samplesPerSecond === rate) return;
  rate = samplesPerSecond;
  link.restart();
}

export const sayTyped = (text: string) => link.request({ type: "say", text });
export function doCommand(command: Command): string {
  understood.value = [];
  return link.request({ type: "do", command });
}
export const prove = (proof: Proof) => link.request({ type: "prove", ...proof });

export const decide = (decision: Decision) => link.request({ type: "decide", ...decision });

let adopted = false; // the next welcome is that of a basket from a kiosk

/** Goes on with another conversation on this device, in the place of its own. The last exit pass stays. */
export function adopt(token: string): void {
  drop();
  adopted = true;
  localStorage.setItem(resumeKey, token);
  link.open();
}

/** Puts the receipt away, for the next basket. */
export function shopAgain(): void {
  if (receipt.value) localStorage.setItem(awayKey, receipt.value.receipt);
  batch(() => {
    showsReceipt.value = false;
    said.value = hint.value = "";
    understood.value = [];
  });
}

const isPutAway = () => receipt.value !== null && receipt.value.receipt === localStorage.getItem(awayKey);

/** Leaves without buying, and forgets this conversation on this device. */
export function leave(): void {
  doCommand({ do: "leave" });
}

/** Forgets everything of this shopper, for the next one to start clean. */
export function forget(): void {
  localStorage.removeItem(receiptKey);
  receipt.value = null;
  drop();
}

/** Ends this conversation on this device. */
function drop(): void {
  localStorage.removeItem(resumeKey);
  localStorage.removeItem(cartKey);
  link.close();
  batch(() => {
    cart.value = empty;
    state.value = "shopping";
    bill.value = handoff.value = confirming.value = null;
    choices.value = understood.value = [];
    heard.value = [];
    said.value = hint.value = partial.value = "";
    showsReceipt.value = stuck.value = false;
  });
}

function receive(m: FromServer): void {
  batch(() => {
    activity.value++;
    if ("names" in m) learnNames(m.names);
    switch (m.type) {
      case "welcome":
        return welcome(m);
      case "reply":
        return answer(m);
      case "bill":
        bill.value = m;
        return;
      case "handoff":
        handoff.value = m;
        return;
      case "confirming":
        confirming.value = m;
        return;
      case "receipt":
        return keepReceipt(m);
      case "partial":
        partial.value = m.text;
        return;
      case "heard":
        return listen(m);
      case "lost":
        partial.value = "";
        hint.value = t("lost");
        return;
      case "error":
        return fail(m);
    }
  });
}

function welcome(m: Welcome): void {
  localStorage.setItem(resumeKey, m.resume);
  refused.value = "";
  shop.value = m.payee;
  hears.value = m.speech;
  hearsLang.value = m.hears;
  keepCart(m);
  enter(m.state);
  choices.value = m.choices ?? [];
  if (m.state === "paid" && isPutAway()) said.value = "";
  else if (m.say) said.value = adopted ? t("move.here") : m.say;
  saidAudio.value = adopted ? undefined : m.audio;
  adopted = false;
  if (m.hint) hint.value = m.hint; // what was said before there was a connection stays
}

function answer(m: Reply): void {
  changedLine.value = touched(cart.value, m.cart);
  keepCart(m);
  enter(m.state);
  said.value = m.say;
  saidAudio.value = m.audio;
  hint.value = m.hint ?? "";
  choices.value = m.choices ?? [];
  stuck.value = m.keypad ?? false;
  topUpOffer.value = m.topup ?? null;
  partial.value = "";
  if (m.sound) play(m.sound);
  speak(m.say, m.audio, () => link.now({ type: "played" }));
}

function enter(next: State): void {
  if (next === "paid" && state.value !== "paid") showsReceipt.value = !isPutAway();
  if (next !== "paid") showsReceipt.value = false;
  if (next !== "billed" && next !== "proving") bill.value = null;
  handoff.value = confirming.value = null;
  if (next !== state.value) for (const e of [window, document.querySelector(".panel")]) e?.scrollTo(0, 0);
  state.value = next;
}

function listen(m: HeardLine): void {
  partial.value = m.text;
  understood.value = m.commands;
  heard.value = [...heard.value, { ...m, at: m.at ?? new Date().toISOString() }].slice(-kept);
}

function fail(m: { code: string; text: string; id?: string }): void {
  partial.value = "";
  if (m.code === "no_session" && m.id) return link.restart(); // it went to a phone, or is over
  if (m.code === "sign_in") return void loadSession().catch(() => undefined); // the link ends, and comes again as who is signed in by then
  hint.value = m.text;
  if (m.code !== "no_session") play("error");
}

function keepReceipt(m: Receipt): void {
  receipt.value = m;
  showsReceipt.value = !isPutAway();
  if (!isKiosk) localStorage.setItem(receiptKey, JSON.stringify(m));
}

/** A paid basket is over: what is added next begins another. */
function keepCart(m: { cart: Cart; state: State }): void {
  cart.value = m.state === "paid" ? { ...empty, currency: m.cart.currency } : m.cart;
  localStorage.setItem(cartKey, JSON.stringify({ shop: shop.value, cart: cart.value, names: names.value, at: Date.now() }));
}

/** The cart as it was last told, to be seen without a connection; no older than its conversation. */
function storedCart(): { shop: string; cart: Cart } | null {
  try {
    const kept = JSON.parse(localStorage.getItem(cartKey) ?? "null") as { shop: string; cart: Cart; names?: Names; at: number } | null;
    learnNames(kept?.names);
    return kept && localStorage.getItem(resumeKey) && Date.now() - kept.at < passHours * 3_600_000 ? kept : null;
  } catch {
    return null;
  }
}

/** The last receipt, as long as its pass may still be of use. */
function storedReceipt(): Receipt | null {
  try {
    const kept = JSON.parse(localStorage.getItem(receiptKey) ?? "null") as Receipt | null;
    learnNames(kept?.names);
    return kept && Date.now() - Date.parse(kept.paid ?? "") < passHours * 3_600_000 ? kept : null;
  } catch {
    return null;
  }
}

/** The line that differs between two carts, 0 where none does. */
function touched(before: Cart, after: Cart): number {
  const was = new Map(before.lines.map((l) => [l.line, l.quantity]));
  return after.lines.find((l) => was.get(l.line) !== l.quantity)?.line ?? 0;
}
