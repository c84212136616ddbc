import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { APIError, mailReceipt, printReceipt, receiptByToken } from "../api";
import { t } from "../i18n";
import { Button } from "./button";

/** What else can be done with a receipt: mail it again, print it here. */
export function Ways({ token }: { token: string }) {
  const offers = useSignal({ mail: false, paper: false });
  const said = useSignal("");
  useEffect(() => {
    receiptByToken(token).then(
      (r) => (offers.value = { mail: r.mail ?? false, paper: r.paper ?? false }),
      () => undefined, // without an answer nothing is offered
    );
  }, [token]);
  const go = (how: (token: string) => Promise<void>, done: string) => async () => {
    try {
      await how(token);
      said.value = done;
    } catch (e) {
      const { status, code, message } = e as APIError;
      said.value = code === "sent_often" ? t("receipt.often") : status ? message : t("unreachable");
    }
  };
  return (
    <>
      {offers.value.paper && <Button icon="print" size="large" class="on-paper" onClick={go(printReceipt, t("receipt.printing"))}>{t("receipt.paper")}</Button>}
      {offers.value.mail && <Button icon="receipt" size="large" class="by-mail" onClick={go(mailReceipt, t("receipt.mailed"))}>{t("receipt.mail")}</Button>}
      <p class="way-said hint" role="status">{said.value}</p>
    </>
  );
}
