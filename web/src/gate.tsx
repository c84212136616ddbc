import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { APIError, lookAtPass, openWithPass, type PassAnswer } from "./api";
import { t } from "./i18n";
import { Button } from "./ui/button";
import { Icon } from "./ui/icons";
import { LanguageSwitch } from "./ui/language";

// The exit: a reader types the pass and Enter, or somebody pastes it.

type Verdict = { good: boolean; title: string; why: string };

const verdict = signal<Verdict | null>(null);

async function ask(pass: string, how: (pass: string) => Promise<PassAnswer>, yes: string): Promise<void> {
  try {
    const a = await how(pass);
    verdict.value = { good: a.open, title: a.open ? yes : t("gate.closed"), why: a.open ? "" : reason(a.reason) };
  } catch (e) {
    const fault = e as APIError;
    verdict.value = { good: false, title: t("gate.closed"), why: fault.status ? fault.message || t("gate.reason.invalid") : t("unreachable") };
  }
}

const known: [RegExp, string][] = [
  [/used/i, "gate.reason.used"],
  [/expired/i, "gate.reason.expired"],
  [/place|shop/i, "gate.reason.place"],
];

function reason(server: string): string {
  return t(known.find(([words]) => words.test(server))?.[1] ?? "gate.reason.invalid");
}

function Gate() {
  document.title = t("title.gate");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const pass = () => input.current!.value.trim();
  const spend = async (e: Event) => {
    e.preventDefault();
    if (!pass()) return;
    const spent = pass();
    input.current!.value = "";
    input.current!.focus();
    await ask(spent, openWithPass, t("gate.opened"));
  };
  const v = verdict.value;
  return (
    <main class="gate">
      <div class="top"><h1>{t("gate.title")}</h1><LanguageSwitch /></div>
      <div class={`verdict ${v ? (v.good ? "good" : "bad") : ""}`} role="status" aria-live="assertive">
        <Icon name={v ? (v.good ? "check" : "close") : "door"} size={96} />
        <p class="verdict-title">{v?.title ?? t("gate.hint")}</p>
        <p>{v?.why}</p>
      </div>
      <form class="card" onSubmit={spend}>
        <label class="field"><span>{t("gate.pass")}</span><input ref={input} id="pass" name="pass" autocomplete="off" autocapitalize="none" spellcheck={false} /></label>
        <div class="acts">
          <Button size="large" class="look" onClick={() => pass() && void ask(pass(), lookAtPass, t("gate.valid"))}>{t("gate.look")}</Button>
          <Button type="submit" kind="primary" size="large" class="open">{t("gate.open")}</Button>
        </div>
      </form>
    </main>
  );
}

render(<Gate />, document.getElementById("app")!);
