// Compares the languages with each other and with the sources.
import { readFileSync, readdirSync } from "node:fs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const languages = Object.fromEntries(
  readdirSync(new URL("src/i18n", import.meta.url))
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, JSON.parse(read(`src/i18n/${name}`))]),
);
const sources = readdirSync(new URL("src", import.meta.url), { recursive: true })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => read(`src/${name}`))
  .join("\n");

const wanted = new Set(Object.keys(languages["en.json"]));
const used = new Set([...sources.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1]));
const families = [...sources.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)].map((m) => m[1]);
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join();

const faults = [];
for (const key of used) if (!wanted.has(key)) faults.push(`en.json: no text for ${key}`);
for (const key of wanted)
  if (!used.has(key) && !families.some((f) => key.startsWith(f)) && !sources.includes(`"${key}"`))
    faults.push(`en.json: ${key} is not used`);
for (const [name, texts] of Object.entries(languages)) {
  for (const key of wanted) {
    if (!texts[key]) faults.push(`${name}: no text for ${key}`);
    else if (holes(texts[key]) !== holes(languages["en.json"][key])) faults.push(`${name}: ${key} has other holes`);
  }
  for (const key of Object.keys(texts)) if (!wanted.has(key)) faults.push(`${name}: ${key} is only here`);
}
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
