import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { APIError, loadSession, session, signIn, signOut } from "./api";
import { t } from "./i18n";
import { Calls, calls, loadCalls } from "./merchant/calls";
import { Catalog, loadItems } from "./merchant/catalog";
import { loadPrinting, Receipts } from "./merchant/receipts";
import { Checks, loadChecks, waiting } from "./merchant/checks";
import { Gates, loadGates } from "./merchant/gates";
import { loadSales, Today } from "./merchant/today";
import { loadTokens, Tokens } from "./merchant/tokens";
import { loadUnsettled, Unsettled, unsettled } from "./merchant/unsettled";
import { Button } from "./ui/button";
import { Icon, type IconName } from "./ui/icons";
import { LanguageSwitch } from "./ui/language";

// The merchant's console.

type Section = "today" | "calls" | "checks" | "gates" | "receipts" | "unsettled" | "catalog" | "tokens";
const sections: [Section, IconName][] = [["today", "chart"], ["calls", "bell"], ["checks", "basket"], ["gates", "door"], ["receipts", "receipt"], ["unsettled", "warn"], ["catalog", "tag"], ["tokens", "key"]];
const every = 2_000; // ms between looks at sales and calls

const asked = () => sections.find(([s]) => location.hash === `#${s}`)?.[0] ?? "today";
const section = signal<Section>(asked());
const known = signal(false);
const fault = signal("");

async function enter(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = new FormData(e.currentTarget as HTMLFormElement);
  fault.value = "";
  try {
    await signIn("merchant", String(form.get("account")), String(form.get("password")));
  } catch (e) {
    const { status, message } = e as APIError;
    fault.value = status === 401 ? t("merchant.wrong") : message || t("unreachable");
  }
}

function Login() {
  return (
    <main class="login">
      <form class="card" onSubmit={enter}>
        <div class="brand"><span class="brand-mark"><Icon name="wave" size={20} /></span><h1>{t("merchant.signin")}</h1><LanguageSwitch /></div>
        <label class="field"><span>{t("merchant.email")}</span><input name="account" type="email" autocomplete="username" required /></label>
        <label class="field"><span>{t("proof.password")}</span><input name="password" type="password" autocomplete="current-password" required /></label>
        <p class="fault" role="alert">{fault.value}</p>
        <Button type="submit" kind="primary" size="large">{t("signin")}</Button>
      </form>
    </main>
  );
}

const panels = { today: Today, calls: Calls, checks: Checks, gates: Gates, receipts: Receipts, unsettled: Unsettled, catalog: Catalog, tokens: Tokens };

function Console() {
  const Panel = panels[section.value];
  return (
    <div class="console">
      <header class="top">
        <div class="brand"><span class="brand-mark"><Icon name="wave" size={20} /></span><h1>{session.value.merchant?.name}</h1></div>
        <LanguageSwitch />
        <Button kind="quiet" class="signout" onClick={() => void signOut()}>{t("merchant.signout")}</Button>
      </header>
      <nav class="sections" aria-label={t("merchant.sections")}>
        {sections.map(([name, icon]) => (
          <a href={`#${name}`} aria-current={section.value === name ? "page" : undefined}>
            <Icon name={icon} />
            <span>{t(`merchant.${name}`)}</span>
            {name === "calls" && calls.value.length > 0 && <span class="badge">{calls.value.length}</span>}
            {name === "unsettled" && unsettled.value.length > 0 && <span class="badge">{unsettled.value.length}</span>}
            {name === "checks" && waiting.value.length > 0 && <span class="badge">{waiting.value.length}</span>}
          </a>
        ))}
      </nav>
      <main class="section"><Panel /></main>
    </div>
  );
}

function Page() {
  document.title = t("title.merchant");
  if (!known.value) return null;
  return session.value.merchant ? <Console /> : <Login />;
}

addEventListener("hashchange", () => (section.value = asked()));
effect(() => {
  if (!session.value.merchant) return;
  const look = () => void Promise.all([loadSales(), loadCalls(), loadChecks(), loadGates(), loadUnsettled()]);
  look();
  void loadItems();
  void loadTokens();
  void loadPrinting();
  const timer = setInterval(look, every);
  return () => clearInterval(timer);
});
void loadSession().catch(() => undefined).finally(() => (known.value = true));
render(<Page />, document.getElementById("app")!);
