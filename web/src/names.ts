import { signal } from "@preact/signals";
import { lang } from "./i18n";

// What items are called in Chinese, by number, as the till has told so far. It is
// shown where the page is in Chinese; bills and receipts keep their own names.

export type Names = Record<string, string>;
export const names = signal<Names>({});

export function learnNames(more?: Names): void {
  if (more && Object.keys(more).length > 0) names.value = { ...names.value, ...more };
}

/** The item's name in the page's language. */
export const nameOf = (item: string | null | undefined, name: string): string => (lang.value === "zh" && item && names.value[item]) || name;
