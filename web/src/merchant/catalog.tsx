import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { money, quantity } from "../format";
import { lang, t } from "../i18n";
import { Button } from "../ui/button";
import { EditCell } from "../ui/editcell";
import { type Column, Table } from "../ui/table";
import { type Page, type View, viewQuery } from "../ui/tableview";
import { outcome, Upload } from "./upload";

// What the shop sells: search, filter, change in place, and how each item can be
// said.

interface Said {
  way: "ready" | "taught" | "respelled" | "number";
  as: string[];
  confusable: { number: string; name: string; why: string }[];
  audio?: string;
}
interface StockItem {
  number: string;
  name: string;
  name_zh: string;
  also: string[] | null;
  price: string;
  unit: string;
  tax: string;
  category: string;
  stock: string | null;
  min_age: number;
  sounds_like: string[];
  picture?: string;
  said?: Said;
}
interface Listed {
  currency: string;
  version: string;
  items: StockItem[];
  total: number;
  all: number;
  categories: string[];
  said?: { ready: number; taught: number; respelled: number; by_number: number };
}

/** The last answer: what is not of one page. */
export const catalog = signal<Omit<Listed, "items" | "total">>({ currency: "EUR", version: "", all: 0, categories: [] });
const fresh = signal(0); // rises when the list is to be read again

const address = (v: View, limit: number, more = "") => `/v1/merchant/items?${atPlace}&${viewQuery(v, limit)}${more}`;

async function load(v: View, limit: number): Promise<Page<StockItem>> {
  const { items, total, ...rest } = await call<Listed>("GET", address(v, limit));
  catalog.value = rest;
  return { rows: items, total };
}

/** How many items there are, and how they can be said, without the list. */
export async function loadCatalog(): Promise<void> {
  const answer = await call<Listed>("GET", `/v1/merchant/items?${atPlace}&limit=1`).catch(() => null);
  if (answer) catalog.value = answer;
  fresh.value++;
}

/** Changes an item, or throws the server's words about what is wrong. */
async function change(item: StockItem, column: string, value: string): Promise<void> {
  try {
    await call("PATCH", `/v1/merchant/items/${encodeURIComponent(item.number)}?${atPlace}&lang=${lang.value}`, { [column]: value });
  } catch (e) {
    const { faults, message } = e as APIError;
    throw new Error(faults?.[0] ? t("catalog.fault", { column: t(`catalog.${column}`), reason: faults[0].reason }) : message);
  }
  fresh.value++;
}

const cell = (item: StockItem, column: "name" | "name_zh" | "price" | "stock" | "sounds_like", value: string, shown: ComponentChildren) => (
  <EditCell label={t("catalog.edit", { what: t(`catalog.${column}`), name: item.name })} value={value} class={column}
    inputMode={column === "price" || column === "stock" ? "decimal" : undefined} save={(v) => change(item, column, v)}>{shown}</EditCell>
);

/** Says a name as the till would. */
function sayAloud(name: string, audio?: string): void {
  if (audio) {
    void new Audio(audio).play().catch(() => undefined);
    return;
  }
  const words = new SpeechSynthesisUtterance(name);
  words.lang = "en";
  window.speechSynthesis?.speak(words);
}

function SaidCell({ item }: { item: StockItem }) {
  const said = item.said;
  if (!said) return cell(item, "sounds_like", item.sounds_like.join(" | "), item.sounds_like.join(" | ") || "–");
  return (
    <div class="said-cell">
      <span class={said.way === "number" ? "chip asks" : "chip"}>{t(`said.${said.way}`)}</span>
      <Button kind="quiet" icon="sound" class="hear" label={t("said.hear", { name: item.name })} onClick={() => sayAloud(item.name, said.audio)} />
      {cell(item, "sounds_like", item.sounds_like.join(" | "), said.as.join(" | ") || t("said.write"))}
      {said.confusable.length > 0 && <small>{t("said.mixup", { items: said.confusable.map((o) => `${o.name} (${o.number})`).join(", ") })}</small>}
    </div>
  );
}

const columns = (currency: string, speaks: boolean): Column<StockItem>[] => [
  { key: "number", head: t("catalog.number"), value: (i) => i.number, title: true,
    cell: (i) => <>{i.picture && <img class="thumb" src={i.picture} alt="" loading="lazy" />}{i.number}</> },
  { key: "name", head: t("catalog.name"), value: (i) => i.name, cell: (i) => <>{cell(i, "name", i.name, i.name)}{cell(i, "name_zh", i.name_zh, <small>{i.name_zh || t("catalog.name_zh.add")}</small>)}{i.also?.length ? <small>{i.also.join(", ")}</small> : null}</> },
  { key: "said", head: speaks ? t("catalog.said") : t("catalog.sounds_like"), value: (i) => i.said?.way ?? "", cell: (i) => <SaidCell item={i} />, sorts: false },
  { key: "category", head: t("catalog.category"), value: (i) => i.category },
  { key: "price", head: t("catalog.price"), value: (i) => Number(i.price), cell: (i) => cell(i, "price", i.price, <>{money(i.price, currency)}{i.unit !== "each" && ` / ${i.unit}`}</>), amount: true },
  { key: "tax", head: t("catalog.tax"), value: (i) => Number(i.tax), amount: true },
  { key: "age", head: t("catalog.age"), value: (i) => i.min_age, cell: (i) => (i.min_age ? `${i.min_age}+` : ""), amount: true },
  { key: "stock", head: t("catalog.stock"), value: (i) => i.stock ?? "", cell: (i) => cell(i, "stock", i.stock ?? "", i.stock === null ? t("catalog.uncounted") : quantity(i.stock, i.unit)), amount: true },
];

const ways = ["ready", "taught", "respelled", "number", "confusable"] as const;

export function Catalog() {
  const { currency, categories, said, all } = catalog.value;
  const speaks = Boolean(said);
  const filters = [
    { key: "category", label: t("catalog.categories"), options: categories.map((c) => ({ value: c, label: c })) },
    ...(speaks ? [{ key: "said", label: t("catalog.ways"), options: ways.map((w) => ({ value: w, label: t(`said.${w}`) })) }] : []),
  ];
  return (
    <>
      <Upload onDone={() => void loadCatalog()} has={all} />
      <section class="card items">
        <h2>{t("merchant.catalog")}</h2>
        {said && all > 0 && outcome.value?.kind !== "done" && <p class="hint">{t("upload.said", { ...said })}</p>}
        <Table name="items" label={t("merchant.catalog")} columns={useMemo(() => columns(currency, speaks), [lang.value, currency, speaks])} load={load} fresh={fresh.value} rowKey={(i) => i.number}
          sorted={{ by: "number" }} search={t("catalog.search")} filters={filters} csv="catalogue.csv" csvAddress={(v) => address(v, 1, "&format=csv")}
          empty={<p class="hint">{t("catalog.first")}</p>} row={(i) => ({ "data-item": i.number })} />
      </section>
    </>
  );
}
