import { useState } from "preact/hooks";
import { isKiosk } from "../till";
import { Button } from "./button";
import { Field } from "./field";
import { Keyboard } from "./keyboard";

export interface Keyed {
  name: string;
  label: string;
  type?: "text" | "email" | "password";
  autocomplete: string;
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  hint?: string;
  fault?: string;
}

interface Props {
  fields: Keyed[];
  /** What is wrong and belongs to no field. */
  fault: string;
  act: string;
  class?: string;
  /** Resolves once it was answered; what was typed stays, but for passwords. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
}

/** A form whose fields are typed, with keys on the screen at a kiosk. */
export function KeyedForm({ fields, fault, act, class: name, onSubmit }: Props) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [field, setField] = useState(fields[0].name);
  const [busy, setBusy] = useState(false);
  const set = (name: string, value: string) => setValues((v) => ({ ...v, [name]: value }));
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    await onSubmit(Object.fromEntries(fields.map((f) => [f.name, f.type === "password" ? (values[f.name] ?? "") : (values[f.name] ?? "").trim()])));
    for (const f of fields) if (f.type === "password") set(f.name, "");
    setBusy(false);
  };
  return (
    <form class={name} onSubmit={submit}>
      {fields.map((f) => (
        <Field key={f.name} {...f} value={values[f.name] ?? ""} autocomplete={isKiosk ? "off" : f.autocomplete} autocapitalize={f.autocomplete === "name" ? "words" : "none"} onFocus={() => setField(f.name)} onInput={(e) => set(f.name, e.currentTarget.value)} />
      ))}
      {isKiosk && <Keyboard value={values[field] ?? ""} onInput={(v) => set(field, v)} />}
      <p class="fault" role="alert">{fault}</p>
      <div class="acts"><Button type="submit" kind="primary" size="large" disabled={busy}>{act}</Button></div>
    </form>
  );
}
