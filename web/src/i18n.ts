import { effect, signal } from "@preact/signals";
import en from "./i18n/en.json";
import zh from "./i18n/zh.json";

export type Lang = "en" | "zh";
const texts: Record<Lang, Record<string, string>> = { en, zh };

function preferred(): Lang {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("voicetill.lang");
  return (asked ?? navigator.language).startsWith("zh") ? "zh" : "en";
}

const first = preferred();
export const lang = signal<Lang>(first);

/** Goes back to the language that the page began with. */
export function resetLang(): void {
  lang.value = first;
}

effect(() => {
  document.documentElement.lang = lang.value === "zh" ? "zh-Hans" : "en";
  localStorage.setItem("voicetill.lang", lang.value);
});

/** The text in the page's language, with {holes} filled. */
export function t(key: string, fill: Record<string, string | number> = {}): string {
  const text = texts[lang.value][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(fill[name] ?? hole));
}
