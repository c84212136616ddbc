import { computed, signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { atPlace, call } from "../api";
import { money, quantity } from "../format";
import { lang, t } from "../i18n";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
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
type Column = "number" | "name" | "price" | "unit" | "tax" | "category" | "stock" | "age";

const perPage = 20;
const items = signal<StockItem[]>([]);
const currency = signal("EUR");
const query = signal("");
const sorted = signal<{ by: Column; down: boolean }>({ by: "number", down: false });
const page = signal(0);

export async function loadItems(): Promise<void> {
  const answer = await call<{ currency: string; items: StockItem[] }>("GET", `/v1/merchant/items?${atPlace}`).catch(() => null);
  if (!answer) return;
  items.value = answer.items;
  currency.value = answer.currency;
}

const key = (item: StockItem, by: Column): string => (by === "age" ? String(item.min_age) : (item[by] ?? "-1"));

const shown = computed(() => {
  const q = query.value.trim().toLowerCase();
  const { by, down } = sorted.value;
  const order = new Intl.Collator(lang.value, { numeric: true });
  return items.value
    .filter((i) => !q || [i.number, i.name, i.category, ...(i.also ?? [])].some((text) => text.toLowerCase().includes(q)))
    .sort((a, b) => (down ? -1 : 1) * order.compare(key(a, by), key(b, by)));
});
const pages = computed(() => Math.max(1, Math.ceil(shown.value.length / perPage)));
const current = computed(() => Math.min(page.value, pages.value - 1));

function sortBy(by: Column): void {
  sorted.value = { by, down: sorted.value.by === by && !sorted.value.down };
}

function Head({ by, amount }: { by: Column; amount?: boolean }) {
  const mine = sorted.value.by === by;
  return (
    <th scope="col" class={amount ? "amount" : ""} aria-sort={mine ? (sorted.value.down ? "descending" : "ascending") : "none"}>
      <button type="button" class="sort" onClick={() => sortBy(by)}>
        {t(`catalog.${by}`)}
        {mine && <Icon name={sorted.value.down ? "down" : "up"} size={16} />}
      </button>
    </th>
  );
}

export function Catalog() {
  const from = current.value * perPage;
  return (
    <>
      <Upload onDone={() => void loadItems()} />
      <section class="card">
        <header class="card-head wrap">
          <h2>{t("merchant.catalog")}</h2>
          <span class="hint">{t("catalog.count", { n: shown.value.length })}</span>
          <label class="find">
            <span class="sr-only">{t("catalog.search")}</span>
            <Icon name="search" />
            <input id="find" type="search" placeholder={t("catalog.search")} value={query.value} onInput={(e) => (query.value = e.currentTarget.value)} />
          </label>
        </header>
        <div class="scroll" tabIndex={0} role="region" aria-label={t("merchant.catalog")}>
          <table class="items">
            <thead>
              <tr><Head by="number" /><Head by="name" /><Head by="category" /><Head by="price" amount /><Head by="tax" amount /><Head by="age" amount /><Head by="stock" amount /></tr>
            </thead>
            <tbody>{shown.value.slice(from, from + perPage).map((item) => <Row key={item.number} item={item} />)}</tbody>
          </table>
        </div>
        {shown.value.length === 0 && <p class="hint">{t("catalog.none")}</p>}
        <nav class="pager" aria-label={t("catalog.page", { n: current.value + 1, of: pages.value })}>
          <Button kind="quiet" disabled={current.value === 0} onClick={() => (page.value = current.value - 1)}>{t("catalog.before")}</Button>
          <span>{t("catalog.page", { n: current.value + 1, of: pages.value })}</span>
          <Button kind="quiet" disabled={current.value >= pages.value - 1} onClick={() => (page.value = current.value + 1)}>{t("catalog.after")}</Button>
        </nav>
      </section>
    </>
  );
}

function Row({ item }: { item: StockItem }) {
  return (
    <tr data-item={item.number}>
      <td class="number">{item.number}</td>
      <td>
        {item.name}
        {item.also?.length ? <small>{item.also.join(", ")}</small> : null}
      </td>
      <td>{item.category}</td>
      <td class="amount">{money(item.price, currency.value)}{item.unit !== "each" && <small>/ {item.unit}</small>}</td>
      <td class="amount">{item.tax}</td>
      <td class="amount">{item.min_age ? `${item.min_age}+` : ""}</td>
      <td class="amount"><Stock item={item} /></td>
    </tr>
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
