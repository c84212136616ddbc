/** What the till takes for the separator of a file with this first line. */
export const separator = (head: string): string => [",", ";", "\t"].reduce((best, c) => (head.split(c).length > head.split(best).length ? c : best));

/** The fields of one line of CSV; a line break inside quotes is not foreseen. */
export function fields(line: string, comma: string): string[] {
  const found: string[] = [];
  const pattern = new RegExp(` *(?:"((?:[^"]|"")*)"|([^${comma}]*)) *(${comma}|$)`, "gy");
  for (let m = pattern.exec(line); m; m = pattern.exec(line)) {
    found.push(m[1] !== undefined ? m[1].replaceAll('""', '"') : (m[2] ?? "").trim());
    if (m[3] === "") break;
  }
  return found;
}

/** One field. A text that a spreadsheet would take for a formula gets an apostrophe, as OWASP advises. */
function field(value: string | number): string {
  const text = String(value);
  const formula = /^[=+\-@\t\r]/.test(text) && !/^[-+]?\d+(\.\d+)?$/.test(text);
  const safe = formula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, with the mark by which Excel knows UTF-8. */
export const toCSV = (rows: (string | number)[][]): string => `\ufeff${rows.map((r) => r.map(field).join(",")).join("\r\n")}\r\n`;

/** Saves the rows as a file. */
export function saveCSV(name: string, rows: (string | number)[][]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([toCSV(rows)], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
