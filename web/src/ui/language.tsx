import { type Lang, lang } from "../i18n";

const names: [Lang, string, string][] = [
  ["en", "EN", "EN, English"],
  ["zh", "中文", "中文"],
];

export function LanguageSwitch({ onChange }: { onChange?: () => void }) {
  const choose = (l: Lang) => {
    if (lang.value === l) return;
    lang.value = l;
    onChange?.();
  };
  return (
    <div class="languages" role="group" aria-label="Language 语言">
      {names.map(([code, short, name]) => (
        <button type="button" lang={code === "zh" ? "zh-Hans" : "en"} aria-label={name} aria-pressed={lang.value === code} onClick={() => choose(code)}>
          {short}
        </button>
      ))}
    </div>
  );
}
