import { signal } from "@preact/signals";
import { place } from "../api";
import { lang, t } from "../i18n";
import { Icon } from "../ui/icons";
import { fields, separator } from "../csv";
import { type Columns, ColumnsForm, ColumnsUsed, saidBefore } from "./columns";

interface RowFault {
  line: number;
  column: string;
  value: string;
  reason: string;
  sheet?: string; // of a workbook
  cell?: string; // likewise: C7
  unknown?: boolean; // a column of the file's own
}
interface Changes {
  items: number;
  added: number;
  changed: number;
  removed: number;
  said?: { ready: number; taught: number; respelled: number; by_number: number };
  pictures?: { shown: number; faults: { number: string; value: string; reason: string }[] };
}
const stages = ["spelling", "pictures", "storing", "learning"] as const;
type Stage = (typeof stages)[number];
type Outcome =
  | { kind: "sending"; name: string; percent: number }
  | { kind: "working"; stage: Stage }
  | { kind: "done"; changes: Changes; used: Columns; anew: () => void }
  | { kind: "faults"; name: string; faults: RowFault[]; lines: string[]; used: Columns; again: (columns: Columns) => void }
  | { kind: "failed"; why: string };

const mostShown = 50; // faulty rows
export const outcome = signal<Outcome | null>(null);
const over = signal(false);

/** One line of the server's answer. */
interface Told {
  stage?: Stage;
  done?: Changes;
  errors?: RowFault[];
  error?: { text: string };
}

const lines = (text: string): Told[] => text.split("\n").filter((l) => l.startsWith("{") && l.endsWith("}")).map((l) => JSON.parse(l) as Told);

/** fetch cannot tell how much was sent; XMLHttpRequest can. */
export function put(file: File, onDone: () => void, columns: Columns = {}, anew = false): void {
  const request = new XMLHttpRequest();
  request.open("PUT", `/v1/places/${encodeURIComponent(place)}/catalog?${new URLSearchParams({ lang: lang.value, columns: JSON.stringify(columns) })}`);
  request.setRequestHeader("Content-Type", file.type || "text/csv");
  request.setRequestHeader("Accept", "application/x-ndjson, application/json");
  request.upload.onprogress = (e) => (outcome.value = { kind: "sending", name: file.name, percent: Math.round((100 * e.loaded) / e.total) });
  request.onprogress = () => {
    const stage = lines(request.responseText).findLast((l) => l.stage)?.stage;
    if (stage) outcome.value = { kind: "working", stage };
  };
  request.onerror = () => (outcome.value = { kind: "failed", why: t("unreachable") });
  request.onload = async () => {
    const told = await judge(request, file, columns, (chosen) => put(file, onDone, chosen), () => put(file, onDone, {}, true));
    const before = told.kind === "faults" && !anew ? saidBefore(ownOf(told)) : null;
    if (before && Object.keys(columns).length === 0) return put(file, onDone, before);
    outcome.value = told;
    if (told.kind === "done") onDone();
  };
  outcome.value = { kind: "sending", name: file.name, percent: 0 };
  request.send(file);
}

/** ZIP files and workbooks have no lines to show. */
const isPacked = async (file: File) => (await file.slice(0, 2).text()) === "PK";

/** The lines of a file, which may be in the alphabet of an old Excel. */
async function linesOf(file: File): Promise<string[]> {
  const bytes = await file.arrayBuffer();
  const read = (alphabet: string, fatal: boolean) => new TextDecoder(alphabet, { fatal }).decode(bytes).split(/\r?\n/);
  try {
    return read("utf-8", true);
  } catch {
    return read("windows-1252", false);
  }
}

async function judge(request: XMLHttpRequest, file: File, used: Columns, again: (columns: Columns) => void, anew: () => void): Promise<Outcome> {
  const last = lines(request.responseText).at(-1);
  if (last?.done) return { kind: "done", changes: last.done, used, anew };
  if (last?.errors) return { kind: "faults", name: file.name, faults: last.errors, lines: (await isPacked(file)) ? [] : await linesOf(file), used, again };
  return { kind: "failed", why: last?.error?.text ?? String(request.status) };
}

/** The headings of a file's own, in lower case. */
const ownOf = ({ faults, used }: { faults: RowFault[]; used: Columns }) => [...new Set([...faults.filter((f) => f.unknown).map((f) => f.column), ...Object.keys(used)])];

/** has is how many items the shop has by now. */
export function Upload({ onDone, has }: { onDone: () => void; has: number }) {
  const take = (files: FileList | null | undefined) => files?.[0] && put(files[0], onDone);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    over.value = false;
    take(e.dataTransfer?.files);
  };
  return (
    <section class="card upload" aria-labelledby="upload-title">
      <h2 id="upload-title">{has > 0 ? t("upload.title") : t("upload.first")}</h2>
      <p class="hint">{t("upload.about")}</p>
      <label class={`drop ${over.value ? "over" : ""}`} onDragOver={(e) => { e.preventDefault(); over.value = true; }} onDragLeave={() => (over.value = false)} onDrop={drop}>
        <input
          id="csv"
          type="file"
          class="sr-only"
          accept=".csv,.xlsx,.zip,text/csv,application/zip,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
          onChange={(e) => {
            take(e.currentTarget.files);
            e.currentTarget.value = "";
          }}
        />
        <span class="button primary large"><Icon name="upload" /><span>{t("upload.choose")}</span></span>
        <span class="hint">{t("upload.drop")}</span>
      </label>
      <div role="status" aria-live="polite">{outcome.value && <Result outcome={outcome.value} />}</div>
    </section>
  );
}

export function Result({ outcome: o }: { outcome: Outcome }) {
  switch (o.kind) {
    case "sending":
      return (
        <div class="sending">
          <p id="sending">{o.percent < 100 ? t("upload.sending", { name: o.name, percent: o.percent }) : t("upload.checking", { name: o.name })}</p>
          <progress aria-labelledby="sending" max={100} value={o.percent} />
        </div>
      );
    case "working":
      return (
        <ol class="stages">
          {stages.map((stage, i) => {
            const at = stages.indexOf(o.stage);
            return <li class={i < at ? "past" : i === at ? "now" : ""} aria-current={i === at ? "step" : undefined}>{i < at && <Icon name="check" size={18} />}{t(`upload.stage.${stage}`)}</li>;
          })}
        </ol>
      );
    case "done":
      return <Done {...o} />;
    case "failed":
      return <p class="fault">{t("upload.failed", { why: o.why })}</p>;
    case "faults":
      return <Faults {...o} />;
  }
}

function Done({ changes: { said, pictures, ...counts }, used, anew }: Outcome & { kind: "done" }) {
  return (
    <>
      <p id="upload-done" class="good"><Icon name="check" />{t("upload.done", { ...counts })}</p>
      {said && <p id="upload-said" class="hint">{t("upload.said", { ...said })}</p>}
      {Object.keys(used).length > 0 && <ColumnsUsed columns={used} onAnew={anew} />}
      {pictures && <p class="hint">{t("upload.pictures", { shown: pictures.shown, faults: pictures.faults.length })}</p>}
      {pictures && pictures.faults.length > 0 && (
        <ul class="picture-faults">{pictures.faults.slice(0, mostShown).map((f) => <li><strong>{f.number}</strong> {f.value && <code>{f.value}</code>} {f.reason}</li>)}</ul>
      )}
    </>
  );
}

/** Each faulty row as it is in the file, with its wrong fields marked. */
function Faults({ name, faults, lines, used, again }: Outcome & { kind: "faults" }) {
  const comma = separator(lines[0] ?? "");
  const head = fields(lines[0] ?? "", comma);
  const at = (f: RowFault) => `${f.sheet ?? ""} ${f.line}`;
  const others = faults.filter((f) => !f.unknown);
  const rows = [...new Map(others.map((f) => [at(f), f])).values()].slice(0, mostShown);
  const own = ownOf({ faults, used });
  const first = fields(lines[1] ?? "", comma);
  const columns = own.map((header) => {
    const i = head.findIndex((h) => h.toLowerCase() === header);
    return { header, title: head[i] ?? header, example: first[i] ?? "" };
  });
  return (
    <div id="upload-faults" class="faults">
      <p class="fault"><Icon name="warn" />{t(faults.length === 1 ? "upload.fault" : "upload.faults", { n: faults.length, name })}</p>
      {own.length > 0 && <ColumnsForm key={own.join()} columns={columns} used={used} onChosen={again} />}
      {rows.map((row) => (
        <FaultyRow title={row.sheet ? t("upload.sheet", { sheet: row.sheet, n: row.line }) : t("upload.row", { n: row.line })} head={head} cells={fields(lines[row.line - 1] ?? "", comma)} faults={others.filter((f) => at(f) === at(row))} />
      ))}
    </div>
  );
}

function FaultyRow({ title, head, cells, faults }: { title: string; head: string[]; cells: string[]; faults: RowFault[] }) {
  const isWrong = (h: string, cell: string) => faults.some((f) => f.column === h.toLowerCase() || (f.value !== "" && f.value === cell)); // headers have other names, too
  return (
    <div class="faulty">
      <h3>{title}</h3>
      {head[0] && (
        <div class="scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead><tr>{head.map((h) => <th scope="col">{h}</th>)}</tr></thead>
            <tbody><tr>{head.map((h, i) => <td class={isWrong(h, cells[i] ?? "") ? "wrong" : ""}>{cells[i] ?? ""}</td>)}</tr></tbody>
          </table>
        </div>
      )}
      <ul>
        {faults.map((f) => (
          <li data-line={f.line} data-column={f.column}><strong>{f.column}</strong> {f.cell && `(${f.cell}) `}{f.value && <code>{f.value}</code>} {f.reason}</li>
        ))}
      </ul>
    </div>
  );
}
