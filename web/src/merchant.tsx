import { effect, signal } from "@preact/signals";
import { type JSX, render } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { APIError, ended, loadSession, place, session, signIn, signOut } from "./api";
import { t } from "./i18n";
import { Calls, calls, loadCalls } from "./merchant/calls";
import { Catalog, loadCatalog } from "./merchant/catalog";
import { Companies } from "./merchant/companies";
import { Ledger } from "./merchant/ledger";
import { TopUps } from "./merchant/topups";
import { loadPrinting, Receipts } from "./merchant/receipts";
import { Reports } from "./merchant/report";
import { Checks, loadChecks, waiting } from "./merchant/checks";
import { Confirmations, loadConfirmations, pending } from "./merchant/confirmations";
import { Gates, loadGates } from "./merchant/gates";
import { Guide } from "./merchant/guide";
import { watchParts } from "./merchant/live";
import { loadSetUp, SetUp, setUpToken, waits } from "./merchant/setup";
import { helping, Shortcuts, watchShortcuts } from "./merchant/shortcuts";
import { loadSales, Today } from "./merchant/today";
import { loadTokens, Tokens } from "./merchant/tokens";
import { loadUnsettled, Unsettled, unsettled } from "./merchant/unsettled";
import { AddressTold, AddressWaits, watchLetter } from "./ui/address";
import { Button } from "./ui/button";
import { Icon, type IconName } from "./ui/icons";
import { LanguageSwitch } from "./ui/language";
import { Password } from "./ui/password";
import { Sheet } from "./ui/sheet";

// The merchant's console.

// One line a section: its group, icon, the letter after g, what it shows, and
// how many things wait in it.
interface Part {
  group: "sell" | "money" | "shop";
  icon: IconName;
  letter: string;
  panel: () => JSX.Element | null;
  waits?: () => number;
}
const sections = {
  start: { group: "shop", icon: "flag", letter: "o", panel: Guide },
  today: { group: "sell", icon: "pulse", letter: "t", panel: Today },
  report: { group: "sell", icon: "chart", letter: "h", panel: Reports },
  confirmations: { group: "sell", icon: "check", letter: "p", panel: Confirmations, waits: () => pending.value.length },
  calls: { group: "sell", icon: "bell", letter: "s", panel: Calls, waits: () => calls.value.length },
  checks: { group: "sell", icon: "basket", letter: "b", panel: Checks, waits: () => waiting.value.length },
  gates: { group: "sell", icon: "door", letter: "g", panel: Gates },
  receipts: { group: "money", icon: "receipt", letter: "r", panel: Receipts },
  unsettled: { group: "money", icon: "warn", letter: "u", panel: Unsettled, waits: () => unsettled.value.length },
  topups: { group: "money", icon: "plus", letter: "i", panel: TopUps },
  companies: { group: "money", icon: "basket", letter: "k", panel: Companies },
  ledger: { group: "money", icon: "chart", letter: "l", panel: Ledger },
  catalog: { group: "shop", icon: "tag", letter: "c", panel: Catalog },
  tokens: { group: "shop", icon: "key", letter: "a", panel: Tokens },
} satisfies Record<string, Part>;
type Section = keyof typeof sections;
const parts = Object.entries(sections) as [Section, Part][];
const letters = new Map(parts.map(([name, p]) => [p.letter, name as string]));

const asked = (): Section => parts.find(([name]) => location.hash.split("?")[0] === `#${name}`)?.[0] ?? "today";
const section = signal<Section>(asked());
const known = signal(false);
const fault = signal("");
const changing = signal(false); // the own password

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
        <AddressTold />
        <label class="field"><span>{t("merchant.email")}</span><input name="account" type="email" autocomplete="username" required /></label>
        <label class="field"><span>{t("proof.password")}</span><input name="password" type="password" autocomplete="current-password" required /></label>
        <p class="fault" role="alert">{fault.value || (ended.value && t("merchant.ended"))}</p>
        {(waits.value || setUpToken()) && <p class="hint">{waits.value ? t("setup.waits") : t("setup.spent")}</p>}
        <Button type="submit" kind="primary" size="large">{t("signin")}</Button>
      </form>
    </main>
  );
}

const menu = signal(false);

function Links() {
  return (
    <>
      {(["sell", "money", "shop"] as const).map((group) => (
        <section key={group}>
          <h2>{t(`merchant.group.${group}`)}</h2>
          {parts.filter(([, p]) => p.group === group).map(([name, p]) => (
            <a href={`#${name}`} key={name} aria-current={section.value === name ? "page" : undefined} onClick={() => (menu.value = false)}>
              <Icon name={p.icon} />
              <span>{t(`merchant.${name}`)}</span>
              <Badge n={p.waits?.() ?? 0} />
            </a>
          ))}
        </section>
      ))}
    </>
  );
}

const Badge = ({ n }: { n: number }) => (n > 0 ? <span class="badge">{n}</span> : null);

/** Goes to another place of the merchant's. */
function PlaceChoice() {
  const places = session.value.merchant?.places ?? [];
  if (places.length < 2) return null;
  return (
    <select class="choose place" aria-label={t("merchant.place")} value={place} onChange={(e) => (location.search = `?place=${encodeURIComponent(e.currentTarget.value)}`)}>
      {places.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}
    </select>
  );
}

/** What is beside the sections on a wide screen, and in the menu on a phone. */
function Foot() {
  return (
    <div class="side-foot">
      <PlaceChoice />
      <LanguageSwitch />
      <Button kind="quiet" icon="keyboard" class="open-keys" onClick={() => { menu.value = false; helping.value = true; }}>{t("keys.title")}</Button>
      <Button kind="quiet" icon="key" class="open-password" onClick={() => { menu.value = false; changing.value = true; }}>{t("password.title")}</Button>
      <Button kind="quiet" icon="leave" class="signout" onClick={() => void signOut()}>{t("merchant.signout")}</Button>
    </div>
  );
}

function Console() {
  const Panel = sections[section.value].panel;
  const wait = parts.reduce((sum, [, p]) => sum + (p.waits?.() ?? 0), 0);
  document.title = `${t(`merchant.${section.value}`)} · ${session.value.merchant?.name}`;
  useLayoutEffect(() => watchShortcuts(letters), []); // before anybody sees the console and presses a key
  return (
    <div class="console">
      <header class="top">
        <Button kind="quiet" icon="menu" class="open-menu" label={t("merchant.sections")} onClick={() => (menu.value = true)} />
        <span class="brand-mark"><Icon name="wave" size={20} /></span>
        <h1>{session.value.merchant?.name}</h1>
        <Badge n={wait} />
      </header>
      <aside class="side">
        <div class="brand"><span class="brand-mark"><Icon name="wave" size={20} /></span><h1>{session.value.merchant?.name}</h1></div>
        <nav class="sections" aria-label={t("merchant.sections")}><Links /></nav>
        <Foot />
      </aside>
      <main class="section">
        <AddressTold />
        {session.value.merchant?.unproved && <AddressWaits role="merchant" email={session.value.merchant.unproved} />}
        <Panel />
      </main>
      {menu.value && <Sheet title={t("merchant.sections")} onClose={() => (menu.value = false)}><nav class="sections" aria-label={t("merchant.sections")}><Links /></nav><Foot /></Sheet>}
      {changing.value && <Sheet title={t("password.title")} onClose={() => (changing.value = false)}><Password role="merchant" /></Sheet>}
      <Shortcuts letters={letters} />
    </div>
  );
}

function Page() {
  document.title = t("title.merchant");
  if (!known.value) return null;
  if (session.value.merchant) return <Console />;
  return setUpToken() && waits.value ? <SetUp /> : <Login />;
}

watchLetter(loadSession);
addEventListener("hashchange", () => (section.value = asked()));
effect(() => {
  if (!session.value.merchant) return;
  void loadTokens();
  void loadPrinting();
  return watchParts({ sales: loadSales, confirmations: loadConfirmations, calls: loadCalls, checks: loadChecks, gates: loadGates, unsettled: loadUnsettled, catalog: loadCatalog });
});
void Promise.all([loadSession().catch(() => undefined), loadSetUp()]).finally(() => (known.value = true));
render(<Page />, document.getElementById("app")!);
