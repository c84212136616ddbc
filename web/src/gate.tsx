import { signal } from "@preact/signals";
import { decodeQR } from "qr/decode.js";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { APIError, call, gateState, lookAtPass, openWithPass, type GateState, type PassAnswer } from "./api";
import { type CameraFault, type Codes, useCamera } from "./camera";
import { t } from "./i18n";
import { Button } from "./ui/button";
import { Icon } from "./ui/icons";
import { LanguageSwitch } from "./ui/language";

// The exit: a camera reads the pass, a reader types it and Enter, or somebody
// pastes it. The page is the till's, or that of a gate of its own, which also
// tells how it stands.

type Verdict = { good: boolean; title: string; why: string };

const verdict = signal<Verdict | null>(null);
const state = signal<GateState | null>(null);
const camera = signal<"off" | "on" | CameraFault["why"]>("off");
const shownFor = 8_000; // ms that a verdict stays, and that the same code before the camera is one look
const every = 1_000; // ms between looks at the gate's state

const qrCodes: Codes = { formats: ["qr_code"], decoder: async () => decodeQR };

let forget = 0;
function show(v: Verdict): void {
  verdict.value = v;
  clearTimeout(forget);
  forget = setTimeout(() => (verdict.value = null), shownFor);
}

async function ask(pass: string, how: (pass: string) => Promise<PassAnswer>, yes: string): Promise<void> {
  try {
    const a = await how(pass);
    show({ good: a.open, title: a.open ? yes : t("gate.closed"), why: a.open ? "" : reason(a.reason) });
  } catch (e) {
    const fault = e as APIError;
    show({ good: false, title: t("gate.closed"), why: fault.status ? fault.message || t("gate.reason.invalid") : t("gate.dead") });
  }
}

const known: [RegExp, string][] = [
  [/used/i, "gate.reason.used"],
  [/expired/i, "gate.reason.expired"],
  [/place|shop/i, "gate.reason.place"],
  [/wrong gate/i, "gate.reason.gate"],
  [/cancelled/i, "gate.reason.cancelled"],
  [/clock/i, "gate.reason.clock"],
  [/cut off/i, "gate.reason.cutoff"],
  [/stuck/i, "gate.reason.stuck"],
];

function reason(server: string): string {
  return t(known.find(([words]) => words.test(server))?.[1] ?? "gate.reason.invalid");
}

let seen = "";
let seenAt = 0;
/** The same code before the camera counts once, as long as it stays there. */
function scanned(text: string): void {
  const now = Date.now();
  const again = text === seen && now - seenAt < shownFor;
  seenAt = now;
  if (again) return;
  seen = text;
  void ask(text, openWithPass, t("gate.opened"));
}

async function follow(): Promise<void> {
  const before = state.value;
  const now = await gateState().catch((e: APIError) => (e.status === 404 ? null : before && { ...before, online: false }));
  state.value = now ?? null;
  if (!now) return;
  if (before && now.last.n > before.last.n && /released/.test(now.last.reason)) show({ good: true, title: t("gate.opened"), why: t("gate.byhand") });
  setTimeout(() => void follow(), every);
}

async function openByHand(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const data = new FormData(form);
  form.pin.value = "";
  try {
    const a = await call<PassAnswer>("POST", "/v1/gate/open", { pin: data.get("pin"), reason: data.get("why") });
    if (a.open) form.reset();
    show({ good: a.open, title: a.open ? t("gate.opened") : t("gate.closed"), why: a.open ? t("gate.byhand") : reason(a.reason) });
  } catch (e) {
    const { status, message } = e as APIError;
    show({ good: false, title: t("gate.closed"), why: status === 401 ? t("gate.pin.wrong") : status === 429 ? t("gate.pin.locked") : message || t("gate.dead") });
  }
}

function Camera() {
  const video = useRef<HTMLVideoElement>(null);
  const on = camera.value === "on";
  useCamera(video, on, qrCodes, scanned, (why) => (camera.value = why));
  return (
    <section class="card camera">
      {on && <video ref={video} muted playsInline aria-label={t("gate.camera.sees")} />}
      {camera.value !== "on" && camera.value !== "off" && <p class="fault" role="alert">{t(`gate.camera.${camera.value}`)}</p>}
      <Button size="large" class="camera-switch" onClick={() => (camera.value = on ? "off" : "on")}>{on ? t("gate.camera.stop") : t("gate.camera.start")}</Button>
    </section>
  );
}

function Standing({ s }: { s: GateState }) {
  return (
    <>
      <p class={`gate-state notice ${s.online ? "online" : "cut-off"}`} role="status">
        {s.online ? t("gate.online", { name: s.name }) : t("gate.cutoff", { name: s.name })}
        {s.waiting > 0 && ` ${t("gate.waiting", { n: s.waiting })}`}
      </p>
      {!s.online && s.hand && (
        <form class="card by-hand" onSubmit={openByHand}>
          <h2>{t("gate.hand")}</h2>
          <label class="field"><span>{t("gate.pin")}</span><input name="pin" type="password" inputMode="numeric" autocomplete="off" required /></label>
          <label class="field"><span>{t("gate.why")}</span><input name="why" required maxLength={200} autocomplete="off" /></label>
          <Button type="submit" kind="danger">{t("gate.open")}</Button>
        </form>
      )}
    </>
  );
}

function Gate() {
  document.title = t("title.gate");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  const pass = () => input.current!.value.trim();
  const spend = async (e: Event) => {
    e.preventDefault();
    if (!pass()) return;
    const spent = pass();
    input.current!.value = "";
    input.current!.focus({ preventScroll: true });
    await ask(spent, openWithPass, t("gate.opened"));
  };
  const v = verdict.value;
  return (
    <main class="gate">
      <div class="top"><h1>{t("gate.title")}</h1><LanguageSwitch /></div>
      {state.value && <Standing s={state.value} />}
      <div class={`verdict ${v ? (v.good ? "good" : "bad") : ""}`} role="status" aria-live="assertive">
        <Icon name={v ? (v.good ? "check" : "close") : "door"} size={96} />
        <p class="verdict-title">{v?.title ?? t("gate.hint")}</p>
        <p>{v?.why}</p>
      </div>
      <Camera />
      <form class="card" onSubmit={spend}>
        <label class="field"><span>{t("gate.pass")}</span><input ref={input} id="pass" name="pass" autocomplete="off" autocapitalize="none" spellcheck={false} /></label>
        <div class="acts">
          <Button size="large" class="look" onClick={() => pass() && void ask(pass(), lookAtPass, t("gate.valid"))}>{t("gate.look")}</Button>
          <Button type="submit" kind="primary" size="large" class="open">{t("gate.open")}</Button>
        </div>
      </form>
    </main>
  );
}

void follow();
if (new URLSearchParams(location.search).has("camera")) camera.value = "on";
render(<Gate />, document.getElementById("app")!);
