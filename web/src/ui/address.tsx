import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { type APIError, askAddress, proveAddress } from "../api";
import { t } from "../i18n";
import { Button } from "./button";

// An e-mail address is written to once the link that was sent there was opened.

const told = signal("");

/** Does what the link in the letter does, where this page is opened by it; then, where it did. */
export function watchLetter(proved: () => unknown): void {
  addEventListener("hashchange", () => void openedByLetter(proved)); // it may be open already
  void openedByLetter(proved);
}

async function openedByLetter(proved: () => unknown): Promise<void> {
  const token = /^#address=(\w+)$/.exec(location.hash)?.[1];
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search); // good once: not to be loaded again
  try {
    await proveAddress(token);
    told.value = "address.proved";
    proved();
  } catch (e) {
    told.value = (e as APIError).code === "address_link" ? "address.late" : "unreachable";
  }
}

/** What came of it. */
export function AddressTold() {
  if (!told.value) return null;
  return <p class="notice address-told" role="status">{t(told.value)}</p>;
}

/** For who is signed in and has not opened the link yet. */
export function AddressWaits({ role, email }: { role: "shopper" | "merchant"; email: string }) {
  const [said, say] = useState("");
  const again = () =>
    askAddress(role).then(
      () => say(t("address.sent")),
      (e: APIError) => say(e.code === "sent_often" ? t("address.often") : e.message || t("unreachable")),
    );
  return (
    <div class="notice address-waits">
      <p>{t("address.waits", { email })}</p>
      <p role="status">{said}</p>
      <Button class="address-again" onClick={() => void again()}>{t("address.again")}</Button>
    </div>
  );
}
