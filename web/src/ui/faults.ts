import { signal } from "@preact/signals";
import type { APIError } from "../api";
import { t } from "../i18n";

// What is wrong with the form that was sent last: at the field that the server
// names, else under the form.

const last = signal<{ form: string; field: string; text: string } | null>(null);

/** What is wrong in a field of a form, or undefined; "" is the form as a whole. */
export const faultAt = (form: string, field: string): string | undefined => (last.value?.form === form && last.value.field === field ? last.value.text : undefined);

/** Words for what the server may refuse: by code and field, by code, or its own. */
export type FaultWords = Record<string, string>;

/** Sends a form; where it is refused, the fault stands at its field, which has the focus. Whether it was taken. */
export async function sendForm(name: string, form: HTMLElement, what: () => Promise<unknown>, words: FaultWords = {}): Promise<boolean> {
  last.value = null;
  try {
    await what();
    return true;
  } catch (e) {
    const { code, field = "", message } = e as APIError;
    const known = field !== "" && form.querySelector(`[name="${CSS.escape(field)}"]`) !== null;
    last.value = { form: name, field: known ? field : "", text: words[`${code} ${field}`] ?? words[code] ?? (message || t("unreachable")) };
    requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return false;
  }
}
