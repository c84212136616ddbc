import { lang, t } from "./i18n";
import { nameOf } from "./names";
import type { Command, Options } from "./protocol";

const locale = () => (lang.value === "zh" ? "zh-CN" : "en-IE");

/** "12.40", "EUR" → "€12.40". The decimal string is exact; only its look changes. */
export function money(amount: string, currency: string): string {
  const style = new Intl.NumberFormat(locale(), { style: "currency", currency });
  return style.format(amount as unknown as number);
}

/** How many decimals amounts of a currency have. */
export const decimals = (currency: string) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** "3", "each" → "3"; "0.5", "kg" → "0.5 kg". */
export function quantity(q: string, unit?: string): string {
  return !unit || unit === "each" ? q : `${q} ${unit}`;
}

export function optionList(options?: Options): string {
  return Object.values(options ?? {}).join(" · ");
}

/** The page's word for a method or factor, else the server's own. */
export function named(family: "method" | "factor", value: string): string {
  const text = family === "method" ? t(`method.${value}`) : t(`factor.${value}`);
  return text.startsWith(`${family}.`) ? value : text;
}

export function time(at: string): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

export function dateTime(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

export function day(d: Date): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short" }).format(d);
}

/** 0.125 → "12.5%". */
export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** Adds thousandths exactly: ("0.9", 100) → "1". Never below zero. */
export function step(q: string, milli: number): string {
  const sum = Math.max(0, Math.round(Number(q) * 1000) + milli);
  return String(sum / 1000);
}

/** A command in a few words, for a chip: "+ 3 oat milk". */
export function commandWords(c: Command): string {
  const what = c.item === null ? (c.heard ?? "") : [c.item === "last" ? t("chip.last") : nameOf(c.item, c.name || c.item || ""), optionList(c.options)].filter(Boolean).join(" · ");
  const q = c.quantity ? quantity(c.quantity, c.unit) : "";
  switch (c.do) {
    case "add":
      return `+ ${[q, what].filter(Boolean).join(" ")}`;
    case "remove":
      return `− ${[q, what].filter(Boolean).join(" ")}`;
    case "set":
      return `${what} → ${q}`;
    case "choose":
      return t("chip.choose", { n: c.n ?? 0 });
    default:
      return [t(`do.${c.do}`), what, c.method && t(`method.${c.method}`)].filter(Boolean).join(" ");
  }
}

/** "2026-11" → "November 2026". */
export function monthName(month: string): string {
  return new Intl.DateTimeFormat(locale(), { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));
}
