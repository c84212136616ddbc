import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { atPlace, call } from "../api";
import { money, quantity } from "../format";
import { lang, t } from "../i18n";
import { Button } from "../ui/button";
import { type Column, Table } from "../ui/table";
import { Upload } from "./upload";

interface StockItem {
  number: string;
  name: string;
  also: string[] | null;
  price: string;
  unit: string;
  tax: string;
  category: string;
  stock: string | null;
  min_age: number;
}

const items = signal<StockItem[]>([]);
const currency = signal("EUR");

export async function loadItems(): Promise<void> {
  const answer = await call<{ currency: string; items: StockItem[] }>("GET", `/v1/merchant/items?${atPlace}`).catch(() => null);
  if (!answer) return;
  items.value = answer.items;
  currency.value = answer.currency;
}

const columns = (): Column<StockItem>[] => [
  { key: "number", head: t("catalog.number"), value: (i) => i.number, title: true },
  { key: "name", head: t("catalog.name"), value: (i) => [i.name, ...(i.also ?? [])].join(", "), cell: (i) => <>{i.name}{i.also?.length ? <small>{i.also.join(", ")}</small> : null}</> },
  { key: "category", head: t("catalog.category"), value: (i) => i.category },
  { key: "price", head: t("catalog.price"), value: (i) => Number(i.price), cell: (i) => <>{money(i.price, currency.value)}{i.unit !== "each" && <small>/ {i.unit}</small>}</>, amount: true },
  { key: "tax", head: t("catalog.tax"), value: (i) => Number(i.tax), amount: true },
  { key: "age", head: t("catalog.age"), value: (i) => i.min_age, cell: (i) => (i.min_age ? `${i.min_age}+` : ""), amount: true },
  { key: "stock", head: t("catalog.stock"), value: (i) => (i.stock === null ? -1 : Number(i.stock)), cell: (i) => <Stock item={i} />, amount: true },
];

export function Catalog() {
  return (
    <>
      <Upload onDone={() => void loadItems()} />
      <section class="card items">
        <h2>{t("merchant.catalog")}</h2>
        <Table name="items" label={t("merchant.catalog")} columns={useMemo(columns, [lang.value, currency.value])} rows={items.value} rowKey={(i) => i.number}
          sorted={{ by: "number" }} search={t("catalog.search")} csv="catalogue.csv" empty={<p class="hint">{t("catalog.none")}</p>} row={(i) => ({ "data-item": i.number })} />
      </section>
    </>
  );
}

/** The stock, and on a tap a field to change it; empty means not counted. */
function Stock({ item }: { item: StockItem }) {
  const [edited, setEdited] = useState<string | null>(null);
  const [fault, setFault] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [edited === null]);
  if (edited === null)
    return (
      <button type="button" class="stock" title={t("catalog.stock.edit", { name: item.name })} onClick={() => setEdited(item.stock ?? "")}>
        <span class="sr-only">{t("catalog.stock.edit", { name: item.name })}: </span>
        {item.stock === null ? t("catalog.uncounted") : quantity(item.stock, item.unit)}
      </button>
    );
  const save = async (e: Event) => {
    e.preventDefault();
    try {
      await call("PUT", `/v1/merchant/items/${encodeURIComponent(item.number)}/stock?${atPlace}`, { stock: edited.trim() || null });
      setEdited(null);
      await loadItems();
    } catch (e) {
      setFault((e as Error).message || t("unreachable"));
    }
  };
  return (
    <form class="stock-edit" onSubmit={save}>
      <input aria-label={t("catalog.stock.edit", { name: item.name })} inputMode="decimal" value={edited} ref={field} onInput={(e) => setEdited(e.currentTarget.value)} />
      <Button type="submit" kind="primary" icon="check" label={t("catalog.save")} />
      {fault && <p class="fault" role="alert">{fault}</p>}
    </form>
  );
}
