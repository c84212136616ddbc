import { signal } from "@preact/signals";
import { APIError, atPlace, call } from "../api";
import { dateTime } from "../format";
import { t } from "../i18n";
import { play } from "../sounds";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { QR } from "../ui/qr";
import { TariffForm } from "./tariff";
import { Table } from "../ui/table";

// The exits: which are online, what happened at them, and what staff can do.

interface Gate {
  name: string;
  named: boolean;
  seen: string;
  online: boolean;
}
interface GateEvent {
  at: string;
  gate: string;
  open: boolean;
  reason: string;
  note?: string;
  who?: string;
  seen: number;
  receipt?: string;
}

const gates = signal<Gate[]>([]);
const events = signal<GateEvent[]>([]);
const said = signal("");
const fresh = signal("");
const alarming = ["opened twice", "gate is stuck"];

export async function loadGates(): Promise<void> {
  const answer = await call<{ gates: Gate[]; events: GateEvent[] }>("GET", `/v1/merchant/gates?${atPlace}`).catch(() => null);
  if (!answer) return;
  const alarms = (list: GateEvent[]) => list.filter((e) => alarming.includes(e.reason)).length;
  if (events.value.length > 0 && alarms(answer.events) > alarms(events.value)) play("question");
  gates.value = answer.gates;
  events.value = answer.events;
}

/** What was wrong with the last form that was sent, by the form's name. */
const faults = signal<Record<string, string>>({});

/** Does what staff asks; where it is refused, the server's sentence stands at the form's field. */
async function attempt(form: string, what: () => Promise<unknown>, done: string): Promise<void> {
  said.value = "";
  faults.value = {};
  try {
    await what();
    said.value = done;
  } catch (e) {
    faults.value = { [form]: (e as APIError).message || t("unreachable") };
  }
  await loadGates();
}

const field = (e: SubmitEvent, name: string) => String(new FormData(e.currentTarget as HTMLFormElement).get(name)).trim();

function saveNames(e: SubmitEvent): void {
  e.preventDefault();
  const names = field(e, "names").split(/[\s,]+/).filter(Boolean);
  void attempt("names", () => call("PUT", `/v1/merchant/gates?${atPlace}`, { gates: names }), t("gates.saved"));
}

function release(e: SubmitEvent, gate: string): void {
  e.preventDefault();
  const reason = field(e, "why");
  (e.currentTarget as HTMLFormElement).reset();
  void attempt(`release ${gate}`, () => call("POST", `/v1/merchant/gates/${gate}/release?${atPlace}`, { reason }), t("gates.released", { name: gate }));
}

function reissue(e: SubmitEvent): void {
  e.preventDefault();
  const no = encodeURIComponent(field(e, "no"));
  fresh.value = "";
  void attempt("reissue", async () => {
    fresh.value = (await call<{ pass: string }>("POST", `/v1/merchant/receipts/${no}/pass?${atPlace}`, {})).pass;
  }, t("gates.reissue.done"));
}

const whys: Record<string, string> = {
  good: "gates.why.good",
  "already used": "gates.why.used",
  expired: "gates.why.expired",
  "clock differs": "gates.why.clock",
  "wrong place": "gates.why.place",
  "wrong gate": "gates.why.gate",
  cancelled: "gates.why.cancelled",
  "not a pass": "gates.why.unknown",
  "gate cut off": "gates.why.cutoff",
  "released by staff": "gates.why.released",
  "issued anew": "gates.why.reissued",
  "opened twice": "gates.why.twice",
  "gate is stuck": "gates.why.stuck",
  welcome: "gates.why.welcome",
  "free of charge": "gates.why.free",
  subscription: "gates.why.subscription",
  "not known here": "gates.why.stranger",
  "not allowed": "gates.why.notallowed",
  "over the limit": "gates.why.limit",
  "balance too low": "gates.why.low",
  declined: "gates.why.declined",
  "payment under way": "gates.why.pending",
  "staff has to confirm": "gates.why.staff",
};
const why = (reason: string) => (whys[reason] ? t(whys[reason]) : reason);

function GateRow({ g }: { g: Gate }) {
  const never = g.seen.startsWith("0001");
  return (
    <li class="gate-row" data-gate={g.name}>
      <strong>{g.name}</strong>
      <span class={g.online ? "online" : "cut-off"}>{g.online ? t("gates.online") : never ? t("gates.never") : `${t("gates.away")}, ${t("gates.seen")} ${dateTime(g.seen)}`}</span>
      <form class="inline" onSubmit={(e) => release(e, g.name)}>
        <Field label={t("gates.release.why")} name="why" required maxLength={200} autocomplete="off" fault={faults.value[`release ${g.name}`]} />
        <Button type="submit" kind="danger" class="release">{t("gates.release")}</Button>
      </form>
    </li>
  );
}

const what = (e: GateEvent) => [why(e.reason) + (e.seen > 1 ? ` ×${e.seen}` : ""), e.who, e.note].filter(Boolean).join(" · ");

function Events() {
  return (
    <Table name="gate-events" label={t("gates.events")} rows={events.value} rowKey={(e) => [e.at, e.gate, e.reason, e.receipt, e.who].join()} csv="gates.csv"
      row={(e) => ({ class: alarming.includes(e.reason) ? "wrong" : undefined })} empty={<p class="hint">{t("gates.quiet")}</p>} search={t("gates.search")}
      columns={[
        { key: "at", head: t("gates.time"), value: (e) => e.at, cell: (e) => dateTime(e.at), title: true },
        { key: "gate", head: t("gates.gate"), value: (e) => e.gate },
        { key: "open", head: t("gates.state"), value: (e) => (e.open ? t("gates.opened") : t("gates.shut")) },
        { key: "what", head: t("gates.what"), value: what },
      ]} />
  );
}

export function Gates() {
  const named = gates.value.filter((g) => g.named).map((g) => g.name);
  return (
    <section class="card gates">
      <h2>{t("merchant.gates")}</h2>
      <p class="hint" role="status">{said.value}</p>
      {gates.value.length === 0 && <p class="hint">{t("gates.none")}</p>}
      <ul>{gates.value.map((g) => <GateRow key={g.name} g={g} />)}</ul>
      <form class="inline" onSubmit={saveNames}>
        <Field key={named.join()} label={t("gates.names")} name="names" defaultValue={named.join(" ")} autocomplete="off" fault={faults.value.names} />
        <Button type="submit" class="save-names">{t("gates.save")}</Button>
      </form>
      <p class="hint">{t("gates.names.about")}</p>
      <h2>{t("gates.reissue")}</h2>
      <form class="inline reissue" onSubmit={reissue}>
        <Field label={t("gates.reissue.no")} name="no" inputMode="numeric" required autocomplete="off" fault={faults.value.reissue} />
        <Button type="submit">{t("gates.reissue.do")}</Button>
      </form>
      {fresh.value && <QR text={fresh.value} label={t("receipt.qr")} />}
      <TariffForm />
      <h2>{t("gates.events")}</h2>
      <Events />
    </section>
  );
}
