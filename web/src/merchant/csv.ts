/** The fields of one line of CSV; a line break inside quotes is not foreseen. */
export function fields(line: string): string[] {
  const found: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(,|$)/gy;
  for (let m = pattern.exec(line); m; m = pattern.exec(line)) {
    found.push(m[1] !== undefined ? m[1].replaceAll('""', '"') : (m[2] ?? "").trim());
    if (m[3] === "") break;
  }
  return found;
}
