import { signal } from "@preact/signals";
import { APIError, call } from "../api";
import { dateTime, money } from "../format";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Table } from "../ui/table";

// Payments and refunds that are not settled, and what to do about them.

interface Trouble {
  key: string;
  kind: string;
  receipt?: number;
  stray?: boolean;
  method: string;
  amount: string;
  currency: string;
  since: string;
  tries: number;
  trouble: string;
  next: string | null;
  todo: string;
}

interface Refused {
  provider: string;
  status: number;
  reason: string;
  count: number;
  first: string;
  last: string;
}

export const unsettled = signal<Trouble[]>([]);
const refused = signal<Refused[]>([]);
const fault = signal("");

export async function loadUnsettled(): Promise<void> {
  const answer = await call<{ unsettled: Trouble[]; callbacks: Refused[] }>("GET", "/v1/merchant/unsettled").catch(() => null);
  if (!answer) return;
  unsettled.value = answer.unsettled;
  refused.value = answer.callbacks;
}

async function act(what: "retry" | "close", body: { key: string; given?: boolean }): Promise<void> {
  fault.value = "";
  try {
    await call("POST", `/v1/merchant/unsettled/${what}`, body);
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
  await loadUnsettled();
}

export function Unsettled() {
  return (
    <section class="card unsettled">
      <h2>{t("merchant.unsettled")}</h2>
      <List />
      <p class="fault" role="alert">{fault.value}</p>
      {refused.value.length > 0 && <RefusedCallbacks />}
    </section>
  );
}

/** What providers told, or strangers in their name, and the till did not believe. */
function RefusedCallbacks() {
  return (
    <>
      <h3>{t("callbacks.refused")}</h3>
      <p class="hint">{t("callbacks.todo")}</p>
      <Table name="callbacks" label={t("callbacks.refused")} rows={refused.value} rowKey={(x) => `${x.provider} ${x.status} ${x.reason}`}
        row={(x) => ({ "data-provider": x.provider })} csv="callbacks.csv" empty={null}
        columns={[
          { key: "provider", head: t("callbacks.provider"), value: (x) => x.provider, title: true, cell: (x) => <span class="chip">{x.provider}</span> },
          { key: "reason", head: t("callbacks.reason"), value: (x) => x.reason, cell: (x) => <>{x.reason} <span class="hint">({x.status})</span></> },
          { key: "count", head: t("callbacks.count"), value: (x) => x.count, cell: (x) => x.count, amount: true },
          { key: "last", head: t("callbacks.last"), value: (x) => x.last, cell: (x) => dateTime(x.last) },
        ]} />
    </>
  );
}

const what = (x: Trouble) => t(`unsettled.${x.stray ? "stray" : x.kind}`);

function List() {
  return (
    <Table name="unsettled" label={t("merchant.unsettled")} rows={unsettled.value} rowKey={(x) => x.key} row={(x) => ({ "data-key": x.key })} csv="unsettled.csv"
      empty={<p class="hint">{t("unsettled.none")}</p>}
      columns={[
        { key: "what", head: t("unsettled.what"), value: (x) => `${what(x)} ${x.method} ${x.receipt ?? ""}`, title: true,
          cell: (x) => <>{what(x)} <span class="chip">{x.method}</span> {x.receipt ? t("unsettled.receipt", { no: x.receipt }) : ""}</> },
        { key: "sum", head: t("today.sum"), value: (x) => Number(x.amount), cell: (x) => money(x.amount, x.currency), amount: true },
        { key: "since", head: t("unsettled.since"), value: (x) => x.since, cell: (x) => dateTime(x.since) },
        { key: "trouble", head: t("unsettled.trouble"), value: (x) => x.trouble, cell: (x) => <span class="hint">{x.trouble}{x.tries > 0 && ` (${t("unsettled.tries", { n: x.tries })})`}</span> },
        { key: "todo", head: t("unsettled.todo"), value: (x) => t(`unsettled.todo.${x.todo}`), cell: (x) => <Todo x={x} /> },
      ]} />
  );
}

function Todo({ x }: { x: Trouble }) {
  const byHand = x.todo === "by_hand";
  return (
    <>
      <p>{t(`unsettled.todo.${x.todo}`)}</p>
      {!byHand && <Button kind="primary" class="retry" onClick={() => void act("retry", { key: x.key })}>{t("unsettled.retry")}</Button>}
      {byHand && <Button kind="primary" class="given" onClick={() => void act("close", { key: x.key, given: true })}>{t("unsettled.given")}</Button>}
      {byHand && !x.stray && <Button kind="quiet" class="dismiss" onClick={() => void act("close", { key: x.key, given: false })}>{t("unsettled.dismiss")}</Button>}
    </>
  );
}
