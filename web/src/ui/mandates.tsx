import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call, session } from "../api";
import { dateTime, money } from "../format";
import { t } from "../i18n";
import { Button } from "./button";
import { methodName } from "./methods";
import { QR } from "./qr";
import { Visits } from "./visits";

// What the signed-in shopper lets this shop deduct without a password.

interface Mandate {
  id: string;
  place: string;
  method: string;
  currency: string;
  once: string;
  day: string;
  month: string;
  plates: string[];
  until: string | null;
  active: boolean;
  today: string;
  this_month: string;
  token?: string;
}

const mandates = signal<Mandate[]>([]);
const bindable = signal<string[]>(["prepaid"]);
const fresh = signal<Mandate | null>(null);
const said = signal("");
const address = `/v1/account/mandates?${atPlace}`;

async function load(): Promise<void> {
  mandates.value = (await call<{ mandates: Mandate[] }>("GET", address)).mandates.filter((m) => m.active);
  const ways = await call<{ offered: string[]; methods: { method: string; state: string }[] }>("GET", `/v1/account/methods?${atPlace}`);
  bindable.value = ways.offered.filter((m) => m === "prepaid" || ways.methods.some((w) => w.method === m && w.state === "bound"));
}

async function attempt(what: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await what();
    said.value = done;
    await load();
    return true;
  } catch (e) {
    const { code, message } = e as APIError;
    said.value = code === "wrong_password" ? t("mandate.wrong") : code === "plate_taken" ? t("mandate.taken") : code === "bad_mandate" || code === "bad_plate" ? t("mandate.bad") : message || t("unreachable");
    return false;
  }
}

async function allow(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const fields = new FormData(form);
  const text = (name: string) => String(fields.get(name) ?? "").trim();
  const until = text("until");
  const ask = {
    once: text("once"),
    day: text("day"),
    month: text("month"),
    method: text("method") || "prepaid",
    all: fields.has("all"),
    plates: text("plates").split(",").map((p) => p.trim()).filter(Boolean),
    until: until ? new Date(`${until}T23:59:59`).toISOString() : null,
    password: String(fields.get("password")),
  };
  const made = await attempt(async () => {
    fresh.value = await call<Mandate>("POST", address, ask);
  }, t("mandate.made"));
  if (!made) return;
  form.reset();
  document.querySelector(".mandates")?.scrollIntoView({ block: "start" });
}

function revoke(id: string): void {
  fresh.value = null;
  void attempt(() => call("DELETE", `/v1/account/mandates/${encodeURIComponent(id)}?${atPlace}`), t("mandate.revoked"));
}

function limits(m: Mandate): string {
  const sum = (amount: string) => money(amount, m.currency);
  return [
    t("mandate.limit.once", { sum: sum(m.once) }),
    m.day && t("mandate.limit.day", { sum: sum(m.day), used: sum(m.today) }),
    m.month && t("mandate.limit.month", { sum: sum(m.month), used: sum(m.this_month) }),
    m.until && t("mandate.limit.until", { time: dateTime(m.until) }),
  ].filter(Boolean).join(" · ");
}

function Row({ m }: { m: Mandate }) {
  return (
    <li class="card mandate" data-mandate={m.id}>
      <strong>{methodName(m.method)} · {m.place ? t("mandate.here") : t("mandate.all")}</strong>
      <p>{limits(m)}</p>
      {m.plates.length > 0 && <p class="hint">{t("mandate.plates")}: {m.plates.join(", ")}</p>}
      {fresh.value?.id === m.id && fresh.value.token && (
        <>
          <p class="hint">{t("mandate.token")}</p>
          <QR text={fresh.value.token} label={t("mandate.token")} />
        </>
      )}
      <Button kind="danger" class="revoke" onClick={() => revoke(m.id)}>{t("mandate.revoke")}</Button>
    </li>
  );
}

/** A section of the shopper's account. */
export function Mandates() {
  const shopper = session.value.shopper;
  useEffect(() => {
    said.value = "";
    fresh.value = null;
    if (shopper) void load().catch(() => (said.value = t("unreachable")));
  }, [shopper?.account]);
  if (!shopper) return null;
  const amount = (name: string, needed = false) => (
    <label class="field"><span>{t(`mandate.${name}`)}</span><input name={name} inputMode="decimal" autocomplete="off" required={needed} /></label>
  );
  return (
    <section class="mandates">
      <p class="hint">{t("mandate.about")}</p>
      <p role="status">{said.value}</p>
      <ul>{mandates.value.map((m) => <Row key={m.id} m={m} />)}</ul>
      <details class="mandate-new" key={mandates.value.length} open={mandates.value.length === 0}>
        <summary class="button">{t("mandate.new")}</summary>
        <form class="mandate-form" onSubmit={(e) => void allow(e)}>
          {amount("once", true)}
          {amount("day")}
          {amount("month")}
          <label class="field"><span>{t("mandate.until")}</span><input name="until" type="date" /></label>
          {bindable.value.length > 1 && (
            <label class="field"><span>{t("mandate.method")}</span><select name="method">{bindable.value.map((m) => <option value={m}>{methodName(m)}</option>)}</select></label>
          )}
          <label class="field"><span>{t("mandate.plates.field")}</span><input name="plates" autocomplete="off" autocapitalize="characters" spellcheck={false} /></label>
          <label class="tick"><input name="all" type="checkbox" /> {t("mandate.all.field")}</label>
          <label class="field"><span>{t("proof.password")}</span><input name="password" type="password" autocomplete="current-password" required /></label>
          <Button type="submit" kind="primary" size="large" class="allow">{t("mandate.allow")}</Button>
        </form>
      </details>
      <Visits />
    </section>
  );
}
