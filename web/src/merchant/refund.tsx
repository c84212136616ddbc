import { signal } from "@preact/signals";
import { APIError, call } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Field, Tick } from "../ui/field";
import { Sheet } from "../ui/sheet";

// Giving back a sale or a payment into a balance, whole or in part.

interface Left {
  no: number;
  currency: string;
  kind?: "topup";
  left: string;
  lines: { line: number; name: string; unit: string }[];
  lines_left: { line: number; quantity: string }[];
  refunds: { no: number; total: string; reason?: string }[];
}

const sale = signal<Left | null>(null);
const said = signal("");
const fault = signal("");
/** By line: what is wrong with its quantity. */
const faults = signal<ReadonlyMap<number, string>>(new Map());
/** The form that would give back all, until that is confirmed. */
const sure = signal<HTMLFormElement | null>(null);
const busy = signal(false);
let key = ""; // of the refund that is asked for: the same until it is answered

export async function loadRefund(no: number): Promise<void> {
  key = crypto.randomUUID();
  sale.value = await call<Left>("GET", `/v1/merchant/receipts/${no}/refund`).catch(() => null);
}

/** forgetRefund is for another receipt. */
export function forgetRefund(): void {
  sale.value = null;
  said.value = fault.value = "";
  faults.value = new Map();
  sure.value = null;
}

/** Sends the form, once it is sure that what it says is meant. */
function submit(e: SubmitEvent): void {
  e.preventDefault();
  const filled = e.currentTarget as HTMLFormElement;
  const { lines, amount } = read(filled);
  said.value = fault.value = "";
  faults.value = new Map(lines.flatMap(({ line, quantity }) => {
    const left = sale.value!.lines_left.find((l) => l.line === line)!.quantity;
    const good = /^\d+([.,]\d{1,3})?$/.test(quantity) && Number(quantity.replace(",", ".")) <= Number(left);
    return good ? [] : [[line, t("refund.quantity", { quantity: left })] as const];
  }));
  if (faults.value.size > 0) return;
  if (lines.length === 0 && amount === "") sure.value = filled;
  else void refund(filled);
}

function read(filled: HTMLFormElement) {
  const form = new FormData(filled);
  const field = (name: string) => String(form.get(name) ?? "").trim();
  const lines = sale.value!.lines_left.map((l) => ({ line: l.line, quantity: field(`line-${l.line}`) })).filter((l) => l.quantity !== "");
  return { lines, amount: field("amount"), reason: field("reason"), restock: form.has("restock"), by_hand: form.has("by_hand") };
}

async function refund(filled: HTMLFormElement): Promise<void> {
  const s = sale.value!;
  sure.value = null;
  busy.value = true;
  try {
    const asked = read(filled);
    const body = { key, ...asked, lines: asked.lines.length > 0 ? asked.lines : undefined };
    const answer = await call<{ total?: string; pending?: boolean; no?: number }>("POST", `/v1/merchant/receipts/${s.no}/refund`, body);
    said.value = answer.pending ? t("refund.pending") : t("refund.done", { total: money(answer.total!.replace("-", ""), s.currency), no: answer.no! });
    filled.reset();
    await loadRefund(s.no);
  } catch (e) {
    const { status, code, message } = e as APIError;
    fault.value = code === "too_much" ? t("refund.too-much") : code === "refund_refused" ? t("refund.refused") : message || t("unreachable");
    if (status !== 0) key = crypto.randomUUID();
  } finally {
    busy.value = false;
  }
}

export function RefundCard() {
  const s = sale.value;
  if (!s) return null;
  return (
    <section class="card refund">
      <h2>{t("refund.title")}</h2>
      {s.refunds.length > 0 && (
        <ul>{s.refunds.map((r) => <li>{r.no ? t("refund.earlier", { no: r.no, total: money(r.total.replace("-", ""), s.currency) }) : t("refund.underway", { total: money(r.total.replace("-", ""), s.currency) })} {r.reason}</li>)}</ul>
      )}
      <p>{t("refund.left", { left: money(s.left, s.currency) })}</p>
      {Number(s.left) > 0 && (
        <form onSubmit={submit}>
          <p class="hint">{t(s.kind === "topup" ? "refund.topup" : "refund.hint")}</p>
          {s.lines_left.map((l) => (
            <Field key={l.line} label={`${s.lines.find((x) => x.line === l.line)?.name} (${t("refund.up-to", { quantity: l.quantity })})`} name={`line-${l.line}`} inputMode="decimal" autocomplete="off" fault={faults.value.get(l.line)} />
          ))}
          <Field label={t("refund.amount")} name="amount" inputMode="decimal" autocomplete="off" fault={fault.value} />
          <Field label={t("refund.reason")} name="reason" maxLength={60} autocomplete="off" />
          {s.kind !== "topup" && <Tick label={t("refund.restock")} name="restock" />}
          <Tick label={t("refund.by-hand")} name="by_hand" />
          <div class="acts"><Button type="submit" kind="primary" disabled={busy.value}>{t("refund.give")}</Button></div>
        </form>
      )}
      <p class="hint" role="status">{said.value}</p>
      {sure.value && (
        <Sheet title={t("refund.sure", { left: money(s.left, s.currency) })} onClose={() => (sure.value = null)}>
          <div class="acts">
            <Button size="large" first onClick={() => (sure.value = null)}>{t("back")}</Button>
            <Button kind="danger" size="large" class="refund-all" onClick={() => void refund(sure.value!)}>{t("refund.all")}</Button>
          </div>
        </Sheet>
      )}
    </section>
  );
}
