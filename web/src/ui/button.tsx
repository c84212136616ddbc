import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons";

interface Props {
  children?: ComponentChildren;
  icon?: IconName;
  /** For a button that shows only its icon. */
  label?: string;
  kind?: "primary" | "plain" | "quiet" | "danger";
  size?: "normal" | "large";
  type?: "button" | "submit";
  disabled?: boolean;
  pressed?: boolean;
  /** Has the focus when its dialog opens. */
  first?: boolean;
  /** Which button submitted the form. */
  value?: string;
  class?: string;
  onClick?: (e: MouseEvent) => void;
}

export function Button({ children, icon, label, kind = "plain", size = "normal", type = "button", disabled, pressed, first, value, class: more, onClick }: Props) {
  const round = children === undefined ? "round" : "";
  return (
    <button type={type} value={value} class={`button ${kind} ${size} ${round} ${more ?? ""}`} aria-label={label} title={label} aria-pressed={pressed} disabled={disabled} autofocus={first} onClick={onClick}>
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}
