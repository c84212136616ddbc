// The messages of /v1/checkout (docs/protocol.md). Amounts and quantities are
// decimal strings.

export type State = "shopping" | "choosing" | "billed" | "proving" | "paid";
export type Sound = "listening" | "heard" | "added" | "question" | "error" | "paid";
export type Options = Record<string, string>;

export interface Line {
  line: number;
  item: string;
  name: string;
  options?: Options;
  quantity: string;
  unit: string;
  price: string;
  total: string;
  /** Address of the item's; only in carts. */
  picture?: string;
}

/** What items are called in Chinese, by number; for screens. */
export interface WithNames {
  names?: Record<string, string>;
}

export interface Cart {
  id: string;
  version: number;
  currency: string;
  count: number;
  total: string;
  lines: Line[];
}

export interface Command {
  do: string;
  item?: string | null;
  name?: string;
  quantity?: string;
  unit?: string;
  options?: Options;
  n?: number;
  ask?: string;
  or?: Command[];
  heard?: string;
  /** With do "topup". */
  amount?: string;
  /** With do "pay". */
  method?: string;
}

export interface Choice {
  n: number;
  text: string;
  command?: Command;
}

/** rate is in percent. */
export interface Tax {
  rate: string;
  net: string;
  tax: string;
  gross: string;
}

export interface Welcome extends WithNames {
  type: "welcome";
  resume: string;
  place: string;
  /** The shop's name. */
  payee: string;
  /** False when the server has no recogniser: typing only. */
  speech: boolean;
  /** The language that the till hears, "en" or "zh", or "". */
  hears: string;
  cart: Cart;
  state: State;
  expect: string[];
  choices?: Choice[];
  say?: string;
  audio?: string;
  hint?: string;
}

export interface Reply extends WithNames {
  type: "reply";
  id?: string;
  say: string;
  hint?: string;
  sound?: Sound;
  audio?: string;
  cart: Cart;
  state: State;
  choices?: Choice[];
  expect: string[];
  keypad?: boolean;
  topup?: TopUpOffer;
  left?: boolean;
}

/** A balance can be topped up on the screen; open: the shopper asked for it. */
export interface TopUpOffer {
  amount?: string;
  open?: boolean;
}

export interface Bill extends WithNames {
  type: "bill";
  bill: string;
  version: number;
  lines: Line[];
  tax: Tax[];
  total: string;
  currency: string;
  payee: string;
  expires: string;
  /** Ways to pay, the default first. */
  methods?: string[];
  /** The chosen one. */
  method?: string;
  /** Confirming pays it, without a password, as the shopper has allowed. */
  allowed?: boolean;
}

/** A provider's page, or the text of a code to scan with its app. */
export interface Handoff {
  type: "handoff";
  bill: string;
  version: number;
  url?: string;
  qr?: string;
  expires: string;
}

/** The payment waits for staff. */
export interface Confirming {
  type: "confirming";
  bill: string;
  version: number;
  confirmation: string;
  expires: string;
}

export interface Receipt extends WithNames {
  type: "receipt";
  receipt: string;
  no: string | number;
  paid?: string;
  payee?: string;
  lines: Line[];
  tax: Tax[];
  total: string;
  currency: string;
  /** The exit pass, as shown in the QR code. */
  pass: string;
  url?: string;
  method?: string;
  proven?: string;
  refund_of?: number;
  kind?: string;
  reason?: string;
  /** What the till offers; only over HTTP. */
  mail?: boolean;
  paper?: boolean;
}

export interface HeardLine extends WithNames {
  text: string;
  commands: Command[];
  at?: string;
}

export type FromServer =
  | Welcome
  | Reply
  | Bill
  | Receipt
  | Handoff
  | Confirming
  | { type: "partial"; text: string }
  | ({ type: "heard" } & HeardLine)
  | { type: "lost"; frames: number }
  | { type: "pong" }
  | { type: "error"; code: string; text: string; id?: string };

export interface Proof {
  bill: string;
  version: number;
  account?: string;
  factor: "password";
  secret: string;
}

/** What a clerk decides on the shopper's screen. */
export interface Decision {
  confirmation: string;
  approve: boolean;
  reason?: string;
  account: string;
  secret: string;
}

/** What is sent again until it was answered, under an id. */
export type Request =
  | { type: "say"; text: string }
  | { type: "do"; command: Command }
  | ({ type: "prove" } & Proof)
  | ({ type: "decide" } & Decision);
