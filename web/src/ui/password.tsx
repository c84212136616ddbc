import { useState } from "preact/hooks";
import { type APIError, changePassword } from "../api";
import { t } from "../i18n";
import { KeyedForm } from "./keyedform";

/** What is wrong, and at which field; "" is the whole form. */
interface Fault {
  field: string;
  text: string;
}

function faultOf({ code, field = "", message }: APIError): Fault {
  if (code === "wrong_password" || code === "short_password") return { field, text: t(`password.${code}`) };
  return { field: "", text: message || t("unreachable") };
}

/** Changes the password of who is signed in: a shopper, or somebody of the shop. */
export function Password({ role }: { role: "shopper" | "merchant" }) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [done, setDone] = useState(false);
  const submit = async (v: Record<string, string>) => {
    setDone(false);
    setFault(null);
    if (v.new !== v.again) return setFault({ field: "again", text: t("password.differs") });
    try {
      await changePassword(role, v.old, v.new);
      setDone(true);
    } catch (e) {
      setFault(faultOf(e as APIError));
    }
  };
  const at = (field: string) => (fault?.field === field ? fault.text : undefined);
  return (
    <>
      <p role="status">{done && t("password.done")}</p>
      <KeyedForm class="password" fault={at("") ?? ""} act={t("password.do")} onSubmit={submit}
        fields={[
          { name: "old", label: t("password.old"), type: "password", autocomplete: "current-password", required: true, fault: at("old") },
          { name: "new", label: t("password.new"), type: "password", autocomplete: "new-password", required: true, minLength: 8, maxLength: 256, hint: t("password.hint"), fault: at("new") },
          { name: "again", label: t("password.again"), type: "password", autocomplete: "new-password", required: true, fault: at("again") },
        ]} />
    </>
  );
}
