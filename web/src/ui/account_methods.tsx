import { useEffect, useState } from "preact/hooks";
import { APIError, atPlace, call } from "../api";
import { t } from "../i18n";
import { isKiosk } from "../till";
import { Button } from "./button";
import { methodName } from "./methods";
import { QR } from "./qr";

// The account's ways to pay: bound at a provider's page, given up, preferred.

interface Binding {
  id: string;
  method: string;
  label: string;
  state: "open" | "bound" | "going";
}
interface Own {
  offered: string[];
  bindable: string[];
  preferred: string;
  methods: Binding[];
}
interface Handoff {
  url?: string;
  qr?: string;
}

export function OwnMethods() {
  const [own, setOwn] = useState<Own | null>(null);
  const [fault, setFault] = useState("");
  const [handoff, setHandoff] = useState<Handoff | null>(null);
  const load = async () => {
    try {
      setOwn(await call<Own>("GET", `/v1/account/methods?${atPlace}`));
    } catch (e) {
      setFault((e as APIError).message || t("unreachable"));
    }
  };
  const act = async (what: () => Promise<unknown>) => {
    setFault("");
    try {
      await what();
    } catch (e) {
      setFault((e as APIError).message || t("unreachable"));
    }
    await load();
  };
  useEffect(() => void load(), []);
  const bind = (method: string) => act(async () => {
    const b = await call<{ handoff: Handoff }>("POST", `/v1/account/methods?${atPlace}`, { method });
    if (b.handoff.url && !isKiosk) location.assign(b.handoff.url);
    else setHandoff(b.handoff);
  });
  if (!own) return <p class="hint">{fault || t("loading")}</p>;
  return (
    <>
      <fieldset class="methods">
        <legend>{t("account.preferred")}</legend>
        {own.offered.map((m) => <Button class={`prefer ${m}`} pressed={m === own.preferred} onClick={() => act(() => call("PUT", `/v1/account/methods/preferred?${atPlace}`, { method: m }))}>{methodName(m)}</Button>)}
      </fieldset>
      <ul class="bindings">
        {own.methods.map((b) => (
          <li key={b.id}>
            <span><strong>{methodName(b.method)}</strong> {b.label} {b.state !== "bound" && <span class="chip asks">{t(`account.binding.${b.state}`)}</span>}</span>
            {b.method !== "invoice" && <Button kind="quiet" icon="trash" class="unbind" label={t("account.unbind", { name: b.label || methodName(b.method) })} onClick={() => act(() => call("DELETE", `/v1/account/methods/${encodeURIComponent(b.id)}?${atPlace}`))} />}
          </li>
        ))}
      </ul>
      {own.methods.length === 0 && <p class="hint">{t("account.unbound")}</p>}
      {handoff && <div class="center"><p>{t("account.bind.how")}</p><QR text={handoff.qr || handoff.url || ""} label={t("handoff.qr")} /></div>}
      <p class="fault" role="alert">{fault}</p>
      <div class="acts">{own.bindable.map((m) => <Button icon="plus" class={`bind ${m}`} onClick={() => bind(m)}>{t("account.bind", { name: methodName(m) })}</Button>)}</div>
    </>
  );
}
