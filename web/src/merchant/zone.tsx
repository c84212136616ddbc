import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Field } from "../ui/field";

// The clock by which the place's days are counted.

interface Zone {
  zone: string;
  now: string;
  name: string;
}

const zone = signal<Zone | null>(null);
const fault = signal("");
const address = `/v1/merchant/zone?${atPlace}`;

async function save(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const name = String(new FormData(e.currentTarget as HTMLFormElement).get("zone")).trim();
  fault.value = "";
  try {
    zone.value = await call<Zone>("PUT", address, { zone: name });
  } catch (e) {
    const { code, message } = e as APIError;
    fault.value = code === "bad_zone" ? t("zone.unknown") : message || t("unreachable");
  }
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
        <Field label={t("zone.name")} name="zone" list="zones" defaultValue={z.zone} placeholder={z.name} autocomplete="off" fault={fault.value}
          hint={t("zone.now", { time: z.now.slice(0, 16).replace("T", " ") })} />
        <datalist id="zones">{Intl.supportedValuesOf("timeZone").map((name) => <option value={name} />)}</datalist>
        <div class="acts"><Button type="submit" kind="primary">{t("zone.save")}</Button></div>
      </form>
    </section>
  );
}
