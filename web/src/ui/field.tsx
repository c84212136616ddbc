import { useId } from "preact/hooks";

interface Props {
  label: string;
  name: string;
  type?: "text" | "email" | "password" | "search" | "number" | "date";
  value?: string;
  defaultValue?: string;
  required?: boolean;
  autofocus?: boolean;
  autocomplete?: string;
  inputMode?: "decimal" | "numeric";
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number | string;
  step?: number | "any";
  pattern?: string;
  autocapitalize?: "none" | "words";
  onFocus?: () => void;
  placeholder?: string;
  /** Id of a datalist. */
  list?: string;
  onInput?: (e: InputEvent & { currentTarget: HTMLInputElement }) => void;
  /** What is wrong with the value, shown below it and tied to it. */
  fault?: string;
  hint?: string;
}

/** A labelled input that says what is wrong where it is wrong. */
export function Field({ label, fault, hint, type = "text", ...input }: Props) {
  const id = useId();
  const told = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <label class="field">
      <span>{label}</span>
      <input {...input} type={type as "text"} aria-invalid={fault ? true : undefined} aria-describedby={told || undefined} />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      {fault && <small id={`${id}-fault`} class="fault" role="alert">{fault}</small>}
    </label>
  );
}

/** A box to tick, its words beside it. */
export function Tick({ label, name }: { label: string; name: string }) {
  return <label class="tick"><input type="checkbox" name={name} /><span>{label}</span></label>;
}
