import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";

// What visits behind the gates cost, and what is sold for them: numbers of items
// of the catalogue, which has their names, prices and taxes.

interface Tariff {
  item: string;
  unit_min?: number;
  free_min?: number;
  day_item?: string;
  price?: string;
  day_price?: string;
}
interface Plan {
  item: string;
  visits?: number;
  days?: number;
}

const tariff = signal<Tariff | null>(null);
const plans = signal<Plan[]>([]);
const known = signal(false);
const said = signal("");
const address = `/v1/merchant/tariff?${atPlace}`;

async function load(): Promise<void> {
  const answer = await call<{ tariff: Tariff | null; plans: Plan[] }>("GET", address);
  tariff.value = answer.tariff;
  plans.value = answer.plans;
  known.value = true;
}

async function save(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const at = e.currentTarget as HTMLFormElement;
  const form = new FormData(at);
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const item = text("item");
  const rows = [...plans.value.keys(), plans.value.length].filter((i) => text(`plan${i}`));
  const next = {
    tariff: item ? { item, unit_min: Number(text("unit_min")), free_min: Number(text("free_min")), day_item: text("day_item") || undefined } : null,
    plans: rows.map((i) => ({ item: text(`plan${i}`), visits: Number(text(`visits${i}`)), days: Number(text(`days${i}`)) })),
  };
  said.value = "";
  const words = { no_tariff: t("tariff.unsold"), "bad_tariff day_item": t("fault.fixed"), bad_tariff: t("fault.minutes"), bad_plan: t("fault.plan") };
  const taken = await sendForm("tariff", at, async () => {
    await call("PUT", address, next).catch((e: APIError) => {
      const nth = e.field?.match(/^plan(\d+)$/)?.[1]; // of those that were sent
      throw nth ? new APIError(e.status, e.code, e.message, undefined, `plan${rows[Number(nth)]}`) : e;
    });
    await load();
  }, words);
  if (taken) said.value = t("confirmations.saved");
}

const number = (name: string, label: string, value?: number) => (
  <Field label={label} name={name} type="number" min={0} step={1} defaultValue={value ? String(value) : ""} fault={faultAt("tariff", name)} />
);
const item = (name: string, label: string, value?: string) => (
  <Field label={label} name={name} defaultValue={value ?? ""} autocomplete="off" fault={faultAt("tariff", name)} />
);

function PlanRow({ i, p }: { i: number; p?: Plan }) {
  return (
    <div class="check-rule plan">
      {item(`plan${i}`, p ? t("tariff.plan") : t("tariff.plan.new"), p?.item)}
      {number(`visits${i}`, t("tariff.visits"), p?.visits)}
      {number(`days${i}`, t("tariff.days"), p?.days)}
    </div>
  );
}

export function TariffForm() {
  useEffect(() => void load().catch(() => (said.value = t("unreachable"))), []);
  if (!known.value) return null;
  const now = tariff.value;
  return (
    <form class="tariff" onSubmit={(e) => void save(e)} key={JSON.stringify([now, plans.value])}>
      <h2>{t("tariff.title")}</h2>
      <p class="hint">{t("tariff.about")}</p>
      <p class="hint" role="status">{said.value}</p>
      <div class="check-rule">
        {item("item", t("tariff.item"), now?.item)}
        {number("unit_min", t("tariff.unit"), now?.unit_min)}
        {number("free_min", t("tariff.free"), now?.free_min)}
        {item("day_item", t("tariff.day"), now?.day_item)}
      </div>
      <h3>{t("tariff.plans")}</h3>
      <p class="hint">{t("tariff.plans.about")}</p>
      {plans.value.map((p, i) => <PlanRow key={p.item} i={i} p={p} />)}
      <PlanRow i={plans.value.length} />
      <p class="fault" role="alert">{faultAt("tariff", "")}</p>
      <div class="acts"><Button type="submit" class="save-tariff">{t("gates.save")}</Button></div>
    </form>
  );
}
