import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { APIError } from "../api";
import { lang, t } from "../i18n";
import type { Column, TableProps } from "./table";

// What of a table is looked at, and the rows that answer it.

/** View is what the reader asks of a table; it outlives the table's leaving the page. */
export interface View {
  q: string;
  by: string;
  down: boolean;
  page: number;
  filters: Record<string, string>;
}

/** Page is a server's answer: the rows asked for, and how many there are in all. */
export interface Page<R> {
  rows: R[];
  total: number;
}

export interface Shown<R> extends Page<R> {
  page: number;
  pages: number;
  busy: boolean;
  fault: string;
}

const views = new Map<string, Signal<View>>();
const typing = 200; // ms without a key until the server is asked

export function viewOf<R>({ name, sorted }: TableProps<R>): Signal<View> {
  let view = views.get(name);
  if (!view) views.set(name, (view = signal({ q: "", by: sorted?.by ?? "", down: sorted?.down ?? false, page: 0, filters: {} })));
  return view;
}

/** Shows a table filtered; the rest of its view is as at the beginning. */
export function showFiltered(name: string, filters: Record<string, string>): void {
  const view = views.get(name);
  if (view) view.value = { ...view.value, q: "", page: 0, filters };
  else views.set(name, signal({ q: "", by: "", down: false, page: 0, filters }));
}

/** The view as the query parameters that the server's lists read. */
export function viewQuery(v: View, limit: number): string {
  const pairs = { q: v.q.trim(), sort: v.by, down: v.down ? "1" : "", offset: String(v.page * limit), limit: String(limit), ...v.filters };
  return new URLSearchParams(Object.entries(pairs).filter(([, value]) => value !== "")).toString();
}

/** Sorts and searches rows that are all here. Without a column to sort by, they stay in their order. */
export function arrange<R>(rows: R[], columns: Column<R>[], v: View, filters: TableProps<R>["filters"] = []): R[] {
  const q = v.q.trim().toLowerCase();
  const kept = rows.filter(
    (r) =>
      (!q || columns.some((c) => String(c.value(r)).toLowerCase().includes(q))) &&
      filters.every((f) => !v.filters[f.key] || f.of?.(r) === v.filters[f.key]),
  );
  const column = columns.find((c) => c.key === v.by);
  if (!column) return kept;
  const words = new Intl.Collator(lang.value, { numeric: true });
  const order = (a: R, b: R) => {
    const [x, y] = [column.value(a), column.value(b)];
    return typeof x === "number" && typeof y === "number" ? x - y : words.compare(String(x), String(y));
  };
  return kept.sort((a, b) => (v.down ? -order(a, b) : order(a, b)));
}

/** The rows of the view, worked out here or asked of the server. */
export function useShown<R>(props: TableProps<R>, v: View, perPage: number): Shown<R> {
  const { rows, columns, filters } = props;
  const here = useMemo(() => (rows ? arrange(rows, columns, v, filters) : []), [rows, columns, v, filters, lang.value]);
  const there = useAnswer(props, v, perPage);
  const total = rows ? here.length : there.total;
  const pages = Math.max(1, Math.ceil(total / perPage));
  const page = Math.min(v.page, pages - 1);
  if (rows) return { rows: here.slice(page * perPage, (page + 1) * perPage), total, page, pages, busy: false, fault: "" };
  return { ...there, page, pages };
}

function useAnswer<R>({ load, fresh }: TableProps<R>, v: View, perPage: number) {
  const [answer, setAnswer] = useState({ rows: [] as R[], total: 0, busy: Boolean(load), fault: "", asked: "" });
  useEffect(() => {
    if (!load) return;
    let gone = false;
    const ask = async () => {
      try {
        const page = await load(v, perPage);
        if (!gone) setAnswer({ ...page, busy: false, fault: "", asked: v.q });
      } catch (e) {
        if (!gone) setAnswer((a) => ({ ...a, busy: false, fault: (e as APIError).message || t("unreachable") }));
      }
    };
    const timer = setTimeout(() => void ask(), v.q === answer.asked ? 0 : typing);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [v, fresh, perPage]);
  return answer;
}
