import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { APIError, call, type ListedReceipt, loadSession, session, signIn } from "./api";
import { dateTime, money } from "./format";
import { t } from "./i18n";
import { AddressTold, watchLetter } from "./ui/address";
import { Button } from "./ui/button";
import { LanguageSwitch } from "./ui/language";

// The signed-in shopper's receipts, newest first: where a lost link is found.

const found = signal<ListedReceipt[]>([]);
const next = signal("");
const known = signal(false);
const fault = signal("");

async function more(): Promise<void> {
  try {
    const page = await call<{ receipts: ListedReceipt[]; next?: string }>("GET", `/v1/account/receipts?before=${encodeURIComponent(next.value)}`);
    found.value = [...found.value, ...page.receipts];
    next.value = page.next ?? "";
    fault.value = "";
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
}

async function enter(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = new FormData(e.currentTarget as HTMLFormElement);
  fault.value = "";
  try {
    await signIn("shopper", String(form.get("account")), String(form.get("password")));
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
}

function Login() {
  return (
    <form class="card" onSubmit={enter}>
      <label class="field"><span>{t("proof.account")}</span><input name="account" autocomplete="username" autocapitalize="none" required /></label>
      <label class="field"><span>{t("proof.password")}</span><input name="password" type="password" autocomplete="current-password" required /></label>
      <div class="acts"><Button type="submit" kind="primary" size="large">{t("signin")}</Button></div>
    </form>
  );
}

function List() {
  return (
    <section class="card">
      {found.value.length === 0 && <p class="hint">{t("receipts.none")}</p>}
      <table class="history">
        <thead>
          <tr><th scope="col">{t("receipts.when")}</th><th scope="col">{t("receipts.what")}</th><th scope="col" class="amount">{t("today.sum")}</th></tr>
        </thead>
        <tbody>
          {found.value.map((r) => (
            <tr key={r.url}>
              <td>{dateTime(r.paid)}</td>
              <td>
                <a href={r.url}>{t("receipts.from", { no: r.no, payee: r.payee })}</a>
                {r.refund_of && <span class="chip">{t("receipts.refund")}</span>}
                {!r.payer && <span class="chip">{t("receipts.other")}</span>}
              </td>
              <td class="amount">{money(r.total, r.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next.value && <div class="acts"><Button size="large" class="more" onClick={() => void more()}>{t("receipts.more")}</Button></div>}
    </section>
  );
}

function Page() {
  document.title = t("title.receipts");
  return (
    <main class="paper">
      <div class="top"><h1>{t("title.receipts")}</h1><LanguageSwitch /></div>
      <AddressTold />
      <p class="fault" role="alert">{fault.value}</p>
      {known.value && (session.value.shopper ? <List /> : <Login />)}
    </main>
  );
}

effect(() => {
  if (!session.value.shopper) return;
  found.value = [];
  next.value = "";
  void more();
});
watchLetter(() => undefined);
void loadSession().catch(() => undefined).finally(() => (known.value = true));
render(<Page />, document.getElementById("app")!);
