import { signal } from "@preact/signals";
import { changePassword } from "../api";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { faultAt, sendForm } from "../ui/faults";
import { Field } from "../ui/field";
import { Sheet } from "../ui/sheet";

export const changing = signal(false);
const done = signal(false);
const differs = signal(false);

async function change(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const { old, new: next, again } = Object.fromEntries(new FormData(form)) as Record<string, string>;
  done.value = false;
  differs.value = next !== again;
  if (differs.value) return form.querySelector<HTMLElement>("[name=again]")?.focus();
  const words = { wrong_password: t("password.wrong_password"), short_password: t("password.short_password") };
  done.value = await sendForm("password", form, () => changePassword("merchant", old, next), words);
  if (done.value) form.reset();
}

/** The signed-in person's own password. */
export function PasswordSheet() {
  const close = () => (changing.value = done.value = differs.value = false);
  return (
    <Sheet title={t("password.title")} onClose={close}>
      <form class="password" onSubmit={(e) => void change(e)}>
        <Field label={t("password.old")} name="old" type="password" autocomplete="current-password" required fault={faultAt("password", "old")} />
        <Field label={t("password.new")} name="new" type="password" autocomplete="new-password" required minLength={8} maxLength={256} hint={t("password.hint")} fault={faultAt("password", "new")} />
        <Field label={t("password.again")} name="again" type="password" autocomplete="new-password" required fault={differs.value ? t("password.differs") : undefined} />
        <p class="fault" role="alert">{faultAt("password", "")}</p>
        <p role="status">{done.value && t("password.done")}</p>
        <div class="acts"><Button type="submit" kind="primary" size="large">{t("password.do")}</Button></div>
      </form>
    </Sheet>
  );
}
