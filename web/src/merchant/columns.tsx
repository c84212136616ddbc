import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "../ui/button";

// A file whose columns have names of its own: the shopkeeper says what they are.

const ours = ["number", "name", "price", "unit", "tax", "category", "stock", "gtin", "also", "min_age", "options", "picture", "sounds_like", "name_zh"];
const key = "voicetill.columns"; // what was said of each heading

/** A column of the file, its header in lower case and as it is, and what stands in it, "" where that is not known. */
export interface OwnColumn {
  header: string;
  title: string;
  example: string;
}

/** What each column is, by header; "" is left out. */
export type Columns = Record<string, string>;

function chosenBefore(): Columns {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Columns;
  } catch {
    return {};
  }
}

/** What was said of these headings, if of each of them. */
export function saidBefore(headers: string[]): Columns | null {
  const before = chosenBefore();
  return headers.length > 0 && headers.every((h) => h in before) ? Object.fromEntries(headers.map((h) => [h, before[h]])) : null;
}

/** What the columns were taken for, as said at an earlier upload, and the way to say it anew. */
export function ColumnsUsed({ columns, onAnew }: { columns: Columns; onAnew: () => void }) {
  const names = Object.entries(columns).map(([header, column]) => `${header}: ${column ? t(`catalog.${column}`) : t("upload.columns.out")}`);
  return (
    <p class="columns-used hint">
      {t("upload.columns.before", { columns: names.join(" · ") })} <Button class="columns-anew" onClick={onAnew}>{t("upload.columns.anew")}</Button>
    </p>
  );
}

export function ColumnsForm({ columns, used, onChosen }: { columns: OwnColumn[]; used: Columns; onChosen: (chosen: Columns) => void }) {
  const before = { ...chosenBefore(), ...used };
  const [chosen, choose] = useState<Columns>(Object.fromEntries(columns.map(({ header }) => [header, before[header] ?? ""])));
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    localStorage.setItem(key, JSON.stringify({ ...chosenBefore(), ...chosen }));
    onChosen(chosen);
  };
  return (
    <form class="own-columns" onSubmit={submit}>
      <h3>{t("upload.columns")}</h3>
      <p class="hint">{t("upload.columns.about")}</p>
      {columns.map(({ header, title, example }) => (
        <label class="field" key={header}>
          <span>{title}{example && <> <small class="hint">{t("upload.columns.example", { example })}</small></>}</span>
          <select name={header} value={chosen[header]} onChange={(e) => choose({ ...chosen, [header]: e.currentTarget.value })}>
            <option value="">{t("upload.columns.out")}</option>
            {ours.map((column) => <option value={column}>{t(`catalog.${column}`)}</option>)}
          </select>
        </label>
      ))}
      <Button type="submit" kind="primary">{t("upload.columns.do")}</Button>
    </form>
  );
}
