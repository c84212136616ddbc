import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { APIError, atPlace, call, isLoopback, loadRegistration, place, session } from "../api";
import { examples } from "../examples";
import { decimals, money } from "../format";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";
import { QR } from "../ui/qr";
import { showFiltered } from "../ui/tableview";
import { catalog, loadCatalog } from "./catalog";
import { sold } from "./today";
import { useEffect } from "preact/hooks";
import { outcome, put, Result } from "./upload";

// From nothing to the first sale, step by step; what is done is found out by
// itself.

interface Trial {
  number: string;
  password: string;
  balance: string;
}
const trial = signal<Trial | null>(null);
const fault = signal("");

/** Where shoppers find the shop: the address that the operator has given, else the console's own. */
export const shopAddress = () => `${session.value.merchant?.address ?? location.origin}/?${atPlace}`;

const first = signal(0); // number of a sale, 0 while there is none

async function look(): Promise<void> {
  const found = await call<{ receipts: { no: number }[] }>("GET", `/v1/merchant/receipts?${atPlace}&kind=sale&sort=no&down=1&limit=1`).catch(() => null);
  first.value = found?.receipts[0]?.no ?? 0;
}

/** The microphone works over https and on this machine alone. */
const secure = () => shopAddress().startsWith("https:") || isLoopback(shopAddress());

async function useSample(): Promise<void> {
  try {
    const sample = await fetch("/v1/sample");
    if (!sample.ok) throw new APIError(sample.status, "", await sample.text());
    put(new File([await sample.blob()], "sample-catalogue.zip"), () => void loadCatalog());
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
}

async function makeTrial(): Promise<void> {
  try {
    trial.value = await call<Trial>("POST", `/v1/merchant/trial?${atPlace}`, {});
    fault.value = "";
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
  }
}

function Step({ name, done, children }: { name: string; done: boolean; children: ComponentChildren }) {
  return (
    <li class={done ? "step done" : "step"} id={`step-${name}`}>
      <span class="step-mark">{done && <Icon name="check" size={18} />}</span>
      <div>
        <h3>{t(`guide.${name}`)}{done && <span class="sr-only"> {t("guide.done")}</span>}</h3>
        {children}
      </div>
    </li>
  );
}

export function Guide() {
  const { all, said, currency, version } = catalog.value;
  const deaf = version !== "" && !said; // before the first answer nobody knows
  useEffect(() => void look(), [sold.value]);
  useEffect(() => void loadRegistration(), [version]); // the poster says what is sold
  const cents = decimals(currency) === 2;
  return (
    <section class="card guide">
      <h2>{t("guide.title")}</h2>
      <p class="hint">{t("guide.about")}</p>
      <p class="fault" role="alert">{fault.value}</p>
      <ol>
        <Step name="account" done><p class="hint">{t("guide.account.about", { name: session.value.merchant?.name ?? "", place })}</p></Step>
        <Step name="goods" done={all > 0}>
          <p class="hint">{all > 0 ? t("guide.goods.have", { n: all }) : t("guide.goods.about")}</p>
          <div class="row">
            <a class="button primary" href="#catalog">{all > 0 ? t("guide.goods.open") : t("guide.goods.upload")}</a>
            {all === 0 && cents && <Button class="use-sample" onClick={() => void useSample()}>{t("guide.goods.sample")}</Button>}
          </div>
          {outcome.value && all === 0 && <div role="status" aria-live="polite"><Result outcome={outcome.value} /></div>}
        </Step>
        <Step name="voice" done={all > 0 && said?.by_number === 0}>
          <p class="hint">{deaf ? t("guide.voice.deaf") : said && all > 0 ? t("upload.said", { ...said }) : t("guide.voice.about")}</p>
          {said && said.by_number > 0 && <a class="button" href="#catalog" onClick={() => showFiltered("items", { said: "number" })}>{t("guide.voice.open")}</a>}
        </Step>
        <Step name="page" done={first.value > 0}>
          <p class="hint">{t("guide.page.about")} {t("guide.page.accounts")}</p>
          {!secure() && <p class="notice">{t("guide.page.insecure")}</p>}
          {isLoopback(shopAddress()) && <p class="notice loopback">{t("guide.page.loopback")}</p>}
          <p><a class="shop-link" href={shopAddress()} target="_blank" rel="noopener">{shopAddress()}</a></p>
          <div class="row">
            <a class="button" href={`/kiosk?${atPlace}`} target="_blank" rel="noopener">{t("guide.page.kiosk")}</a>
            <Button icon="print" onClick={() => print()}>{t("guide.page.poster")}</Button>
          </div>
        </Step>
        <Step name="trial" done={first.value > 0}>
          <p class="hint">{t("guide.trial.about", { sum: money("50", currency) })}</p>
          {trial.value ? (
            <div role="status"><dl class="trial">
              <div><dt>{t("guide.trial.number")}</dt><dd>{trial.value.number}</dd></div>
              <div><dt>{t("proof.password")}</dt><dd>{trial.value.password}</dd></div>
              <div><dt>{t("guide.trial.balance")}</dt><dd>{money(trial.value.balance, currency)}</dd></div>
            </dl></div>
          ) : (
            <Button class="make-trial" disabled={all === 0} onClick={() => void makeTrial()}>{t("guide.trial.make")}</Button>
          )}
          {first.value > 0 && <a class="button" href={`#receipts?${first.value}`}>{t("guide.trial.sold")}</a>}
        </Step>
      </ol>
      <Poster />
    </section>
  );
}

/** What is printed: a sheet for the door. */
function Poster() {
  return (
    <div class="poster" aria-hidden="true">
      <h1>{session.value.merchant?.name}</h1>
      <p>{t("poster.say")}</p>
      <QR text={shopAddress()} label={t("poster.say")} />
      <p>{t("poster.scan")}</p>
      <p>{t("attract.say", examples.value)}</p>
      <p class="address">{shopAddress()}</p>
    </div>
  );
}
