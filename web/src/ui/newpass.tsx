import { useState } from "preact/hooks";
import { APIError, renewPass } from "../api";
import { t } from "../i18n";
import { Button } from "./button";

/** Makes a new exit pass for a receipt, which cancels the old one. */
export function NewPass({ token, onPass }: { token: string; onPass: (pass: string) => void }) {
  const [said, say] = useState("");
  const renew = async () => {
    try {
      onPass((await renewPass(token)).pass);
      say(t("receipt.pass.made"));
    } catch (e) {
      const { status, code } = e as APIError;
      say(code === "pass_used" ? t("receipt.pass.used") : status ? t("receipt.pass.staff") : t("unreachable"));
    }
  };
  return (
    <section class="card new-pass no-print">
      <p class="hint" role="status">{said || t("receipt.pass.about")}</p>
      <Button class="renew" onClick={() => void renew()}>{t("receipt.pass.new")}</Button>
    </section>
  );
}
