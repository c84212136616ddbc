import { signal } from "@preact/signals";
import { APIError, call } from "../api";
import { dateTime, money } from "../format";
import { t } from "../i18n";
import { Button } from "../ui/button";

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

export const unsettled = signal<Trouble[]>([]);
const fault = signal("");

export async function loadUnsettled(): Promise<void> {
  const answer = await call<{ unsettled: Trouble[] }>("GET", "/v1/merchant/unsettled").catch(() => null);
  if (answer) unsettled.value = answer.unsettled;
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
      {unsettled.value.length === 0 ? <p class="hint">{t("unsettled.none")}</p> : <Table />}
      <p class="fault" role="alert">{fault.value}</p>
    </section>
  );
}

function Table() {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("unsettled.what")}</th>
          <th scope="col" class="amount">{t("today.sum")}</th>
          <th scope="col">{t("unsettled.since")}</th>
          <th scope="col">{t("unsettled.trouble")}</th>
          <th scope="col">{t("unsettled.todo")}</th>
        </tr>
      </thead>
      <tbody>{unsettled.value.map((x) => <Row key={x.key} x={x} />)}</tbody>
    </table>
  );
}

function Row({ x }: { x: Trouble }) {
  const byHand = x.todo === "by_hand";
  return (
    <tr data-key={x.key}>
      <td>{t(`unsettled.${x.stray ? "stray" : x.kind}`)} <span class="chip">{x.method}</span> {x.receipt ? t("unsettled.receipt", { no: x.receipt }) : ""}</td>
      <td class="amount">{money(x.amount, x.currency)}</td>
      <td>{dateTime(x.since)}</td>
      <td class="hint">{x.trouble}{x.tries > 0 && ` (${t("unsettled.tries", { n: x.tries })})`}</td>
      <td>
        <p>{t(`unsettled.todo.${x.todo}`)}</p>
        {!byHand && <Button kind="primary" class="retry" onClick={() => void act("retry", { key: x.key })}>{t("unsettled.retry")}</Button>}
        {byHand && <Button kind="primary" class="given" onClick={() => void act("close", { key: x.key, given: true })}>{t("unsettled.given")}</Button>}
        {byHand && !x.stray && <Button kind="quiet" class="dismiss" onClick={() => void act("close", { key: x.key, given: false })}>{t("unsettled.dismiss")}</Button>}
      </td>
    </tr>
  );
}
