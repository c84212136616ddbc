import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { atPlace, call } from "../api";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";

// The clock by which the place's days are counted.

interface Zone {
  zone: string;
  now: string;
  name: string;
}

const zone = signal<Zone | null>(null);
const address = `/v1/merchant/zone?${atPlace}`;

async function save(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const name = String(new FormData(form).get("zone")).trim();
  await sendForm("zone", form, async () => (zone.value = await call<Zone>("PUT", address, { zone: name })), { bad_zone: t("zone.unknown") });
}

export function ZoneCard() {
  useEffect(() => void call<Zone>("GET", address).then((z) => (zone.value = z)).catch(() => null), []);
  const z = zone.value;
  if (!z) return null;
  return (
    <section class="card zone">
      <h2>{t("zone.title")}</h2>
      <p class="hint">{t("zone.hint")}</p>
      <form onSubmit={(e) => void save(e)}>
        <Field label={t("zone.name")} name="zone" list="zones" defaultValue={z.zone} placeholder={z.name} autocomplete="off" fault={faultAt("zone", "zone")}
          hint={t("zone.now", { time: z.now.slice(0, 16).replace("T", " ") })} />
        <datalist id="zones">{Intl.supportedValuesOf("timeZone").map((name) => <option value={name} />)}</datalist>
        <p class="fault" role="alert">{faultAt("zone", "")}</p>
        <div class="acts"><Button type="submit" kind="primary">{t("zone.save")}</Button></div>
      </form>
    </section>
  );
}
