import { signal } from "@preact/signals";
import { t } from "./i18n";
import type { HeardLine, Receipt } from "./protocol";

/** APIError carries the server's sentence; code 0 means it was not reached. */
export class APIError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
    /** What is wrong in which column of an item. */
    readonly faults?: { column: string; value: string; reason: string }[],
    /** The field of what was sent that is wrong. */
    readonly field?: string,
  ) {
    super(text);
  }
}

const placeKey = "voicetill.place";

/** The place that the address names; an app from the home screen goes on where it last was. */
function placeOf(): string {
  const asked = new URLSearchParams(location.search).get("place");
  if (asked) localStorage.setItem(placeKey, asked);
  const isApp = matchMedia("(display-mode: standalone)").matches && location.pathname === "/";
  return asked ?? ((isApp && localStorage.getItem(placeKey)) || "demo");
}

export let place = placeOf();
export let atPlace = `place=${encodeURIComponent(place)}`;

/** Goes to the merchant's own place, unless the address names one of them. */
function goHome(s: Session): void {
  if (!s.merchant?.place || s.merchant.places.some((p) => p.id === place)) return;
  place = s.merchant.place;
  atPlace = `place=${encodeURIComponent(place)}`;
}

/** Makes the first merchant, with the token that the till printed, and signs in. */
export async function setUp(form: Record<string, string>): Promise<void> {
  enter(await call<Session>("POST", "/v1/setup", form));
}

/** A page of the merchant's is about the merchant's place. */
function enter(s: Session): void {
  if (location.pathname === "/merchant") goHome(s);
  ended.value = false;
  session.value = s;
}

/** Whether an address leads to this machine alone. */
export const isLoopback = (address: string) => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);

export interface Session {
  shopper: { account: string; name: string } | null;
  merchant: { id: string; name: string; place: string; places: { id: string; name: string }[]; address?: string; unproved?: string } | null;
}
export const session = signal<Session>({ shopper: null, merchant: null });

const usually = 60_000; // ms in which everything that is looked at has come

/** Asks the till. What is only looked at is given up after so many ms: a network may swallow everything without ending a connection. */
export async function call<T>(method: string, path: string, body?: unknown, bearer?: string, within = usually): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (bearer) headers["Authorization"] = `Bearer ${bearer}`;
  return send(method, path, headers, body === undefined ? undefined : JSON.stringify(body), within);
}

async function send<T>(method: string, path: string, headers: Record<string, string>, body?: BodyInit, within = usually): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { method, headers, body, signal: method === "GET" ? AbortSignal.timeout(within) : undefined });
    text = await response.text();
  } catch {
    throw new APIError(0, "unreachable", "");
  }
  const data = text && response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : undefined;
  if (response.status === 401 && data?.error?.code === "sign_in") end();
  if (!response.ok) throw new APIError(response.status, data?.error?.code ?? "", data?.error?.text ?? text, data?.errors, data?.error?.field);
  return data as T;
}

/** Whether a merchant's session ended by itself. */
export const ended = signal(false);

function end(): void {
  if (!session.value.merchant || location.pathname !== "/merchant") return;
  ended.value = true;
  session.value = { ...session.value, merchant: null };
}

export interface Item {
  number: string;
  name: string;
  price: string;
  unit: string;
  category?: string;
  min_age?: number;
  picture?: string;
  /** What it is called in Chinese, where the shop says so. */
  name_zh?: string;
}
export interface Found {
  currency: string;
  items: Item[];
}

/** A company that is billed by the month, to its manager and to the shop. */
export interface Company {
  id: string;
  name: string;
  owed: string;
  limit: string;
  currency: string;
  bills: CompanyBill[];
}
export interface CompanyBill {
  month: string;
  total: string;
  paid: string;
  left: string;
  issued: string;
  due: string;
}

/** A receipt in a list of an account's. */
export interface ListedReceipt {
  no: number;
  payee: string;
  paid: string;
  total: string;
  currency: string;
  refund_of?: number;
  kind?: string;
  payer: boolean;
  url: string;
}

export const findItems = (q: string, limit: number) =>
  call<Found>("GET", `/v1/items?${atPlace}&limit=${limit}&q=${encodeURIComponent(q)}`);

/** Teaches the till the name of an item, said in recordings (WAV). */
export async function teachItem(number: string, recordings: Blob[]): Promise<{ taught: string[] }> {
  const form = new FormData();
  for (const r of recordings) form.append("wav", r, "said.wav");
  return send("POST", `/v1/places/${encodeURIComponent(place)}/items/${encodeURIComponent(number)}/teach`, {}, form);
}

export async function loadSession(): Promise<void> {
  enter(await call<Session>("GET", "/v1/session"));
}

export async function signIn(role: "shopper" | "merchant", account: string, password: string): Promise<void> {
  try {
    enter(await call<Session>("POST", "/v1/session", { role, account, password }));
  } catch (e) {
    const { status, code } = e as APIError;
    throw code === "wrong_password" ? new APIError(status, code, t(role === "merchant" ? "merchant.wrong" : "signin.wrong")) : e;
  }
}

/** Gives who is signed in another password; all other sign-ins of the account end. */
export const changePassword = (role: "shopper" | "merchant", old: string, next: string) => call<void>("PUT", "/v1/session/password", { role, old, new: next });

/** Proves an e-mail address by the token of the link that was sent there. */
export const proveAddress = (token: string) => call<void>("POST", "/v1/address", { token });

/** Sends that link once more. */
export const askAddress = (role: "shopper" | "merchant") => call<void>("POST", "/v1/address/ask", { role });

/** How somebody gets an account here. */
export interface Registration {
  open: boolean;
  mail: boolean;
  name: string;
  /** Of what is sold; none of a demo shop. */
  examples?: { number: string; name: string; name_zh?: string; unit: string }[];
}
export const registration = signal<Registration | null>(null);

export async function loadRegistration(): Promise<void> {
  registration.value = await call<Registration>("GET", `/v1/register?${atPlace}`).catch(() => registration.value);
}

/** Makes a shopper's account, and signs in. */
export async function register(form: Record<string, string>): Promise<void> {
  enter(await call<Session>("POST", `/v1/register?${atPlace}`, form));
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/v1/session");
  session.value = { shopper: null, merchant: null };
}

export const heardBefore = (resume: string) => call<{ heard: HeardLine[] }>("GET", "/v1/heard", undefined, resume);

export const callStaff = (resume: string, from: string, reason: string) =>
  call<{ id: string }>("POST", "/v1/calls", { place, from, reason }, resume);

export const receiptByToken = (token: string) => call<Receipt>("GET", `/v1/receipt/${encodeURIComponent(token)}`);

export const mailReceipt = (token: string) => call<void>("POST", `/v1/receipt/${encodeURIComponent(token)}/send`);
export const printReceipt = (token: string) => call<void>("POST", `/v1/receipt/${encodeURIComponent(token)}/print`);

export interface PassAnswer {
  open: boolean;
  reason: string;
}
const atGate = `${atPlace}&gate=${encodeURIComponent(new URLSearchParams(location.search).get("gate") ?? "")}`;
export const lookAtPass = (token: string) => call<PassAnswer>("GET", `/v1/pass/${encodeURIComponent(token)}?${atGate}`);
export const openWithPass = (token: string) => call<PassAnswer>("POST", `/v1/pass/${encodeURIComponent(token)}/open?${atGate}`);

/** How a gate of its own stands; the till's page has none. */
export interface GateState {
  name: string;
  online: boolean;
  waiting: number;
  hand: boolean;
  last: { n: number; open: boolean; reason: string };
}
export const gateState = () => call<GateState | undefined>("GET", "/v1/gate");

export const renewPass = (receipt: string) => call<{ pass: string }>("POST", `/v1/receipt/${encodeURIComponent(receipt)}/pass`, {});
