import { saveCSV } from "../csv";
import { t } from "../i18n";
import { Button } from "./button";
import { Icon } from "./icons";
import type { TableProps } from "./table";
import { arrange, type Shown, type View } from "./tableview";

interface Props<R> {
  props: TableProps<R>;
  view: View;
  shown: Shown<R>;
  change: (c: Partial<View>) => void;
}

/** What stands above a table: search, filters, how many, CSV; on a phone, how it is sorted. */
export function TableTools<R>({ props, view: v, shown, change }: Props<R>) {
  const sortable = props.columns.filter((c) => !c.acts && c.sorts !== false);
  const few = !props.search && !props.filters && !props.csv && !props.children;
  return (
    <div class={few ? "tools few" : "tools"}>
      {props.search && (
        <label class="find">
          <span class="sr-only">{props.search}</span>
          <Icon name="search" />
          <input type="search" data-find placeholder={props.search} value={v.q} onInput={(e) => change({ q: e.currentTarget.value })} />
        </label>
      )}
      {props.filters?.map((f) => (
        <Choice key={f.key} label={f.label} value={v.filters[f.key] ?? ""} options={[{ value: "", label: f.label }, ...f.options]} onChange={(value) => change({ filters: { ...v.filters, [f.key]: value } })} />
      ))}
      {sortable.length > 1 && shown.total > 1 && (
        <span class="sorting">
          <Choice label={t("table.sort")} value={v.by} options={[...(v.by ? [] : [{ value: "", label: t("table.sort") }]), ...sortable.map((c) => ({ value: c.key, label: c.head }))]} onChange={(by) => change({ by })} />
          <Button kind="quiet" icon={v.down ? "down" : "up"} label={t("table.turn")} onClick={() => change({ down: !v.down })} />
        </span>
      )}
      <span class="hint count" role="status">{shown.busy ? t("table.loading") : shown.total === 1 ? t("table.one") : t("table.count", { n: shown.total })}</span>
      {props.children}
      {props.csv && <CSV props={props} view={v} />}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <select class="choose" aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value)}>
      {options.map((o) => <option key={o.value} value={o.value}>{o.label}</option>)}
    </select>
  );
}

function CSV<R>({ props, view }: Pick<Props<R>, "props" | "view">) {
  if (props.csvAddress) return <a class="button quiet csv" href={props.csvAddress(view)} download={props.csv}><Icon name="download" /><span>CSV</span></a>;
  const save = () => {
    const columns = props.columns.filter((c) => !c.acts);
    const rows = arrange(props.rows ?? [], props.columns, view, props.filters);
    saveCSV(props.csv!, [columns.map((c) => c.head), ...rows.map((r) => columns.map((c) => c.value(r)))]);
  };
  return <Button kind="quiet" icon="download" class="csv" onClick={save}>CSV</Button>;
}
