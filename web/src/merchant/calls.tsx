import { signal } from "@preact/signals";
import { atPlace, call } from "../api";
import { time } from "../format";
import { t } from "../i18n";
import { play } from "../sounds";
import { Button } from "../ui/button";
import { Icon } from "../ui/icons";

interface Call {
  id: string;
  at: string;
  from: string;
  reason: string;
}

export const calls = signal<Call[]>([]);

export async function loadCalls(): Promise<void> {
  const answer = await call<{ calls: Call[] }>("GET", `/v1/merchant/calls?${atPlace}`).catch(() => null);
  if (!answer) return;
  if (answer.calls.length > calls.value.length) play("question");
  calls.value = answer.calls;
}

async function done(id: string): Promise<void> {
  await call("POST", `/v1/merchant/calls/${encodeURIComponent(id)}/done?${atPlace}`).catch(() => null);
  await loadCalls();
}

/** What the page has words for, else the server's own. */
const words = (family: string, value: string) => {
  const text = family === "from" ? t(`calls.from.${value}`) : t(`calls.reason.${value}`);
  return text.startsWith("calls.") ? value : text;
};

export function Calls() {
  return (
    <section class="card calls">
      <h2>{t("merchant.calls")}</h2>
      {calls.value.length === 0 && <p class="hint">{t("calls.none")}</p>}
      <ul>
        {calls.value.map((c) => (
          <li key={c.id} class="call">
            <Icon name="bell" />
            <time>{time(c.at)}</time>
            <span>{words("from", c.from)} {words("reason", c.reason)}</span>
            <Button kind="primary" icon="check" class="call-done" onClick={() => void done(c.id)}>{t("calls.done")}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
