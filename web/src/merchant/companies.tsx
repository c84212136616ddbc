import { signal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { APIError, atPlace, call, type Company, type CompanyBill } from "../api";
import { dateTime, money, monthName } from "../format";
import { lang, t } from "../i18n";
import { newID } from "../ids";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";
import { Table } from "../ui/table";

// Companies that are billed by the month: members and their limits, bills, and
// what was paid of them.

interface Member {
  account: string;
  name: string;
  once: string;
  month: string;
  manager: boolean;
}

const companies = signal<Company[]>([]);
const chosen = signal("");
const members = signal<Member[]>([]);
const said = signal("");
const fault = signal("");

const one = (c: Company, rest: string) => `/v1/merchant/companies/${encodeURIComponent(c.id)}${rest}?${atPlace}`;

async function load(): Promise<void> {
  companies.value = (await call<{ companies: Company[] }>("GET", `/v1/merchant/companies?${atPlace}`)).companies;
  if (!companies.value.some((c) => c.id === chosen.value)) chosen.value = companies.value[0]?.id ?? "";
  const c = companies.value.find((c) => c.id === chosen.value);
  members.value = c ? (await call<{ members: Member[] }>("GET", one(c, "/members"))).members : [];
}

async function act(what: () => Promise<unknown>, done = ""): Promise<void> {
  said.value = fault.value = "";
  try {
    await what();
    said.value = done;
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
  await load().catch(() => undefined);
}

/** Sends a form's fields, and empties it where that was right. */
const sends = (name: string, what: (text: (name: string) => string) => Promise<unknown>, done: string) => async (e: SubmitEvent) => {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const data = new FormData(form);
  said.value = fault.value = "";
  const words = { no_account: t("clerk.noaccount"), month_runs: t("companies.runs"), "bad_request month": t("fault.month"), bad_payment: t("companies.toomuch"), "bad_company name": t("fault.name"), "bad_company email": t("setup.bad_email"), bad_company: t("fault.amount") };
  if (await sendForm(name, form, () => what((field) => String(data.get(field) ?? "").trim()), words)) {
    form.reset();
    said.value = done;
  }
  await load().catch(() => undefined);
};

export function Companies() {
  useEffect(() => void act(load), []);
  const c = companies.value.find((c) => c.id === chosen.value);
  const save = sends("company", async (text) => {
    const made = await call<{ id: string }>("PUT", `/v1/merchant/companies?${atPlace}`, { name: text("name"), limit: text("limit"), due: Number(text("due")), email: text("email") });
    chosen.value = made.id;
  }, t("companies.saved"));
  return (
    <>
      <section class="card companies">
        <h2>{t("merchant.companies")}</h2>
        <p class="hint">{t("companies.about")}</p>
        <Table name="companies" label={t("merchant.companies")} rows={companies.value} rowKey={(x) => x.id} csv="companies.csv" row={(x) => ({ "data-company": x.id })}
          empty={<p class="hint">{t("companies.none")}</p>}
          columns={[
            { key: "name", head: t("catalog.name"), value: (x) => x.name, title: true },
            { key: "owed", head: t("companies.owed"), value: (x) => Number(x.owed), cell: (x) => money(x.owed, x.currency), amount: true },
            { key: "limit", head: t("companies.limit.head"), value: (x) => Number(x.limit), cell: (x) => money(x.limit, x.currency), amount: true },
            { key: "acts", head: t("companies.open"), value: () => "", acts: true, cell: (x) => <Button pressed={x.id === chosen.value} onClick={() => { chosen.value = x.id; void act(load); }}>{t("companies.open")}</Button> },
          ]} />
        <form class="inline add-company" onSubmit={save}>
          <Field label={t("catalog.name")} name="name" required maxLength={200} autocomplete="off" fault={faultAt("company", "name")} />
          <Field label={t("companies.limit")} name="limit" inputMode="decimal" required autocomplete="off" fault={faultAt("company", "limit")} />
          <Field label={t("companies.due")} name="due" type="number" min={0} max={365} required defaultValue="14" fault={faultAt("company", "due")} />
          <Field label={t("companies.email")} name="email" type="email" maxLength={254} autocomplete="off" fault={faultAt("company", "email")} />
          <Button type="submit" kind="primary">{t("companies.add")}</Button>
        </form>
        <p class="good" role="status">{said.value}</p>
        <p class="fault" role="alert">{fault.value || faultAt("company", "") || faultAt("member", "") || faultAt("bill", "")}</p>
      </section>
      {c && <Members c={c} />}
      {c && <Bills c={c} />}
    </>
  );
}

function Members({ c }: { c: Company }) {
  const add = sends("member", (text) => call("PUT", one(c, "/members"), { account: text("account"), once: text("once"), month: text("month"), manager: text("manager") === "on" }), t("companies.member.saved"));
  return (
    <section class="card members">
      <h2>{t("companies.members", { name: c.name })}</h2>
      <Table name="members" label={t("companies.members", { name: c.name })} rows={members.value} rowKey={(x) => x.account} row={(x) => ({ "data-member": x.account })}
        empty={<p class="hint">{t("companies.nomembers")}</p>}
        columns={[
          { key: "account", head: t("proof.account"), value: (x) => `${x.name} ${x.account}`, title: true, cell: (x) => <>{x.name} {x.account} {x.manager && <span class="chip">{t("companies.manager")}</span>}</> },
          { key: "once", head: t("companies.once"), value: (x) => Number(x.once), cell: (x) => (x.once ? money(x.once, c.currency) : "–"), amount: true },
          { key: "month", head: t("companies.month"), value: (x) => Number(x.month), cell: (x) => (x.month ? money(x.month, c.currency) : "–"), amount: true },
          { key: "acts", head: t("companies.drop"), value: () => "", acts: true, cell: (x) => <Button kind="danger" class="drop-member" onClick={() => void act(() => call("DELETE", one(c, `/members/${encodeURIComponent(x.account)}`)))}>{t("companies.drop")}</Button> },
        ]} />
      <form class="inline add-member" onSubmit={add}>
        <Field label={t("proof.account")} name="account" required autocomplete="off" autocapitalize="none" fault={faultAt("member", "account")} />
        <Field label={t("companies.once")} name="once" inputMode="decimal" autocomplete="off" fault={faultAt("member", "once")} />
        <Field label={t("companies.month")} name="month" inputMode="decimal" autocomplete="off" fault={faultAt("member", "month")} />
        <label class="check"><input name="manager" type="checkbox" /> {t("companies.manager.sees")}</label>
        <Button type="submit" kind="primary">{t("companies.member.add")}</Button>
      </form>
    </section>
  );
}

/** "2026-10", the month before this one by the clock here. */
const lastMonth = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth() - 1, 1)).toISOString().slice(0, 7);
};

function Bills({ c }: { c: Company }) {
  const make = sends("bill", (text) => call("POST", one(c, "/bills"), { month: text("month") }), t("companies.billed"));
  const file = (b: CompanyBill, format: string) => `${one(c, `/bills/${b.month}`)}&format=${format}&lang=${lang.value}`;
  return (
    <section class="card company-bills">
      <h2>{t("companies.bills", { name: c.name })}</h2>
      <Table name="company-bills" label={t("companies.bills", { name: c.name })} rows={c.bills} rowKey={(x) => x.month} csv="bills.csv" row={(x) => ({ "data-bill": x.month })}
        empty={<p class="hint">{t("company.nobills")}</p>}
        columns={[
          { key: "month", head: t("account.month"), value: (x) => x.month, title: true, cell: (x) => monthName(x.month) },
          { key: "total", head: t("bill.total"), value: (x) => Number(x.total), cell: (x) => money(x.total, c.currency), amount: true },
          { key: "paid", head: t("companies.paid"), value: (x) => Number(x.paid), cell: (x) => money(x.paid, c.currency), amount: true },
          { key: "left", head: t("companies.left"), value: (x) => Number(x.left), cell: (x) => money(x.left, c.currency), amount: true },
          { key: "due", head: t("companies.dueday"), value: (x) => x.due, cell: (x) => dateTime(x.due) },
          { key: "acts", head: t("companies.pay"), value: () => "", acts: true, cell: (x) => (
            <div class="bill-acts">
              <a href={file(x, "pdf")} download>PDF</a> <a href={file(x, "csv")} download>CSV</a>
              {Number(x.left) > 0 && <Pay c={c} b={x} />}
            </div>
          ) },
        ]} />
      <form class="inline make-bill" onSubmit={make}>
        <Field label={t("companies.billmonth")} name="month" required pattern="[0-9]{4}-[0-9]{2}" defaultValue={lastMonth()} autocomplete="off" fault={faultAt("bill", "month")} />
        <Button type="submit" kind="primary">{t("companies.bill")}</Button>
      </form>
    </section>
  );
}

const keys = new Map<string, string>(); // of payments that are being typed, by bill and what is left of it

function Pay({ c, b }: { c: Company; b: CompanyBill }) {
  const at = `${c.id}/${b.month}/${b.left}`;
  const key = keys.get(at) ?? newID();
  const id = useId();
  const wrong = faultAt(at, "amount");
  keys.set(at, key);
  const pay = sends(at, (text) => call("POST", one(c, `/bills/${b.month}/payments`), { amount: text("amount").replace(",", "."), key }), t("companies.received"));
  return (
    <form class="pay-bill" onSubmit={pay} key={at}>
      <input name="amount" aria-label={t("companies.amount", { month: monthName(b.month) })} inputmode="decimal" required defaultValue={b.left} autocomplete="off" aria-invalid={wrong ? true : undefined} aria-describedby={wrong ? id : undefined} />
      <Button type="submit">{t("companies.pay")}</Button>
      {wrong && <small class="fault" role="alert" id={id}>{wrong}</small>}
    </form>
  );
}
