import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import { Button } from "./button";
import { Icon } from "./icons";
import { TableTools } from "./tabletools";
import { type Page, useShown, type View, viewOf } from "./tableview";

// The one table: it sorts, searches, filters, pages and exports, of rows that
// are all here (`rows`) or that a server holds (`load`). Where it is narrow and
// has more than four columns, each row becomes a block whose cells carry their
// column's head.

/** One column. `value` is what sorting, searching and CSV see. */
export interface Column<R> {
  /** Names the column in views, in `sorted` and towards the server. */
  key: string;
  head: string;
  value: (row: R) => string | number;
  /** What is seen, if it is more than the value. */
  cell?: (row: R) => ComponentChildren;
  /** Figures: aligned at the end of the line. */
  amount?: boolean;
  /** Heads the block of a narrow table. */
  title?: boolean;
  /** Buttons: neither sorted nor exported; the head is for screen readers. */
  acts?: boolean;
  /** False where the server does not sort by it. */
  sorts?: boolean;
}

/** Filter is a choice of one value, or all. `of` gives a row's value where rows are here. */
export interface Filter<R> {
  key: string;
  label: string;
  options: { value: string; label: string }[];
  of?: (row: R) => string;
}

export interface TableProps<R> {
  /** Unique on the page; the view (sort, search, page) is remembered under it. */
  name: string;
  /** Said by screen readers; the heading stands above the table and is the caller's. */
  label: string;
  /** Keep the array the same from render to render (module level, or useMemo) where rows are many. */
  columns: Column<R>[];
  /** Unique among the rows. */
  rowKey: (row: R) => string;
  /** All rows. Or: */
  rows?: R[];
  /** Asks for one page; viewQuery(view, limit) writes the query that the server's lists read. */
  load?: (view: View, limit: number) => Promise<Page<R>>;
  /** Another value makes `load` run again, for a live view. */
  fresh?: unknown;
  /** How it is sorted to begin with; without, as the rows come. */
  sorted?: { by: string; down?: boolean };
  /** The search field's words; without, there is none. */
  search?: string;
  filters?: Filter<R>[];
  perPage?: number;
  /** Offers a CSV file of this name with all rows that match. */
  csv?: string;
  /** Asks the server for that CSV; without, the rows here are written. */
  csvAddress?: (view: View) => string;
  /** What to do first, where there are no rows at all. */
  empty: ComponentChildren;
  /** Class and data attributes of a row. */
  row?: (row: R) => Record<string, string | undefined>;
  /** Buttons beside the search. */
  children?: ComponentChildren;
}

const fewColumns = 4; // fit beside each other on a phone

export function Table<R>(props: TableProps<R>) {
  const view = viewOf(props);
  const v = view.value;
  const perPage = props.perPage ?? 20;
  const shown = useShown(props, v, perPage);
  const asked = v.q.trim() !== "" || Object.values(v.filters).some(Boolean);
  const change = (c: Partial<View>) => (view.value = { ...v, page: 0, ...c });
  if (!asked && !shown.busy && !shown.fault && shown.total === 0) return <div class="empty">{props.empty}</div>;
  return (
    <div class={props.columns.length > fewColumns ? "table broad" : "table"} id={props.name} aria-busy={shown.busy}>
      <TableTools props={props} view={v} shown={shown} change={change} />
      {shown.fault && <p class="fault" role="alert">{shown.fault} <Button kind="quiet" onClick={() => change({ page: v.page })}>{t("table.again")}</Button></p>}
      <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
        <table role="table" aria-label={props.label}>
          <thead role="rowgroup">
            <tr role="row">{props.columns.map((c) => <Head key={c.key} column={c} view={v} change={change} />)}</tr>
          </thead>
          <tbody role="rowgroup">
            {shown.rows.map((r) => (
              <tr role="row" key={props.rowKey(r)} {...props.row?.(r)}>
                {props.columns.map((c) => (
                  <td role="cell" key={c.key} class={kind(c)} data-head={c.title || c.acts ? undefined : c.head}>{c.cell ? c.cell(r) : c.value(r)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked && shown.total === 0 && !shown.busy && <p class="hint none">{t("table.none")}</p>}
      {shown.pages > 1 && (
        <nav class="pager" aria-label={t("table.page", { n: shown.page + 1, of: shown.pages })}>
          <Button kind="quiet" icon="back" label={t("table.before")} disabled={shown.page === 0} onClick={() => change({ page: shown.page - 1 })}>{t("table.before")}</Button>
          <span>{t("table.page", { n: shown.page + 1, of: shown.pages })}</span>
          <Button kind="quiet" icon="send" label={t("table.after")} disabled={shown.page >= shown.pages - 1} onClick={() => change({ page: shown.page + 1 })}>{t("table.after")}</Button>
        </nav>
      )}
    </div>
  );
}

const kind = <R,>(c: Column<R>) => [c.amount && "amount", c.title && "title", c.acts && "row-acts"].filter(Boolean).join(" ");

interface HeadProps<R> {
  column: Column<R>;
  view: View;
  change: (c: Partial<View>) => void;
}

function Head<R>({ column: c, view: v, change }: HeadProps<R>) {
  if (c.acts) return <th role="columnheader" scope="col"><span class="sr-only">{c.head}</span></th>;
  if (c.sorts === false) return <th role="columnheader" scope="col" class={kind(c)}>{c.head}</th>;
  const mine = v.by === c.key;
  return (
    <th role="columnheader" scope="col" class={kind(c)} aria-sort={mine ? (v.down ? "descending" : "ascending") : "none"}>
      <button type="button" class="sort" onClick={() => change({ by: c.key, down: mine && !v.down })}>
        {c.head}
        {mine && <Icon name={v.down ? "down" : "up"} size={16} />}
      </button>
    </th>
  );
}
