import type { FunctionComponent } from "preact";
import { isKiosk } from "../till";
import type { IconName } from "./icons";
import { Mandates } from "./mandates";
import { Password } from "./password";

// Sections of the account sheet that are kept in files of their own. Add one
// here: its name is the text "account.ID".
//
// Room for: passkeys and one-time codes.

interface Slot {
  id: string;
  icon: IconName;
  Part: FunctionComponent;
}

const password: Slot = { id: "password", icon: "lock", Part: () => <Password role="shopper" /> };
export const accountSlots: Slot[] = isKiosk ? [password] : [{ id: "mandates", icon: "repeat", Part: Mandates }, password];
