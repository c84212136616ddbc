import { useEffect, useState } from "preact/hooks";
import { atPlace, call } from "../api";
import { dateTime } from "../format";
import { t } from "../i18n";

// The shopper's visits behind gates, and the ones that are bought and left.

interface Subscription {
  name: string;
  receipt: number;
  visits: number;
  used: number;
  ends: string | null;
  active: boolean;
}
interface Visit {
  gate: string;
  state: string;
  entered: string;
  left: string | null;
}

function left(s: Subscription): string {
  const visits = s.visits > 0 ? t("visits.left", { n: s.visits - s.used, of: s.visits }) : t("visits.any");
  return s.ends ? `${visits} · ${t("mandate.limit.until", { time: dateTime(s.ends) })}` : visits;
}

/** Nothing, where there is nothing. */
export function Visits() {
  const [known, setKnown] = useState<{ subscriptions: Subscription[]; visits: Visit[] }>({ subscriptions: [], visits: [] });
  useEffect(() => {
    call<typeof known>("GET", `/v1/account/visits?${atPlace}`).then(setKnown, () => undefined); // without an answer there is nothing to show
  }, []);
  const active = known.subscriptions.filter((s) => s.active);
  if (active.length === 0 && known.visits.length === 0) return null;
  return (
    <section class="visits">
      <h3>{t("visits.title")}</h3>
      <ul>
        {active.map((s) => <li key={`${s.receipt}/${s.name}`} class="subscription"><strong>{s.name}</strong> <span>{left(s)}</span></li>)}
        {known.visits.slice(0, 10).map((v) => (
          <li key={v.entered}>{dateTime(v.entered)}{v.left && ` – ${dateTime(v.left)}`} <span class="hint">{t(`visits.${v.state}`)}</span></li>
        ))}
      </ul>
    </section>
  );
}
