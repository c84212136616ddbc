import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";

interface Props {
  /** What is changed, such as "Price of oat milk". */
  label: string;
  /** As it is edited. */
  value: string;
  inputMode?: "decimal" | "numeric";
  /** Throws what is wrong, in words. */
  save: (value: string) => Promise<void>;
  /** As it is shown. */
  children: ComponentChildren;
  class?: string;
}

/** A cell that turns into a field when it is clicked: Enter saves, Escape leaves it as it was. */
export function EditCell({ label, value, inputMode, save, children, class: more }: Props) {
  const [edited, setEdited] = useState<string | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const shown = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  const id = useId();
  useEffect(() => {
    if (edited !== null) field.current?.select();
    else if (was.current) shown.current?.focus();
    was.current = edited !== null;
  }, [edited === null]);
  if (edited === null)
    return (
      <button type="button" class={`edit-cell ${more ?? ""}`} ref={shown} title={label} onClick={() => { setFault(""); setEdited(value); }}>
        <span class="sr-only">{label}: </span>
        {children}
      </button>
    );
  const submit = async (e: Event) => {
    e.preventDefault();
    setBusy(true);
    try {
      await save(edited.trim());
      setEdited(null);
    } catch (e) {
      setFault((e as Error).message || t("unreachable"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="edit-form" onSubmit={submit} onKeyDown={(e) => e.key === "Escape" && setEdited(null)}>
      <input aria-label={label} inputMode={inputMode} value={edited} ref={field} readOnly={busy} aria-invalid={fault ? true : undefined} aria-describedby={fault ? id : undefined} onInput={(e) => setEdited(e.currentTarget.value)} />
      <Button type="submit" kind="primary" icon="check" label={t("catalog.save")} disabled={busy} />
      {fault && <small class="fault" role="alert" id={id}>{fault}</small>}
    </form>
  );
}
