import { signal } from "@preact/signals";
import { render } from "preact";
import { APIError, receiptByToken } from "./api";
import { t } from "./i18n";
import { learnNames } from "./names";
import type { Receipt } from "./protocol";
import { LanguageSwitch } from "./ui/language";
import { NewPass } from "./ui/newpass";
import { ReceiptPanel } from "./ui/receipt";

// One receipt by its link, to keep or to print.

const receipt = signal<Receipt | null>(null);
const fault = signal("");
const used = signal(false);

function Page() {
  document.title = t("title.receipt");
  return (
    <main class="paper">
      <div class="top no-print"><h1>{t("title.receipt")}</h1><LanguageSwitch /></div>
      {fault.value && <p class="notice" role="alert">{fault.value}</p>}
      {receipt.value && <ReceiptPanel receipt={{ ...receipt.value, url: undefined }} token={token} pdf onState={(now) => (used.value = now.state === "used")} onPrint={() => print()} />}
      {receipt.value?.pass && !used.value && <NewPass token={token} onPass={(pass) => (receipt.value = { ...receipt.value!, pass })} />}
    </main>
  );
}

const token = location.pathname.split("/").pop() ?? "";
receiptByToken(token).then(
  (r) => {
    learnNames(r.names);
    receipt.value = r;
  },
  (e: APIError) => (fault.value = e.status === 404 ? t("receipt.missing") : e.message || t("unreachable")),
);
render(<Page />, document.getElementById("app")!);
