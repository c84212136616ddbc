-- The first schema: shops and shelves, conversations, bills and their
-- settlement, a double-entry ledger chained by hash, exit passes, accounts.
-- Money is in minor units, quantity in thousandths, time in microseconds UTC.
-- merchant_id leads every key of what belongs to one merchant, so that a
-- large installation can be distributed by it.

-- +goose Up
CREATE TABLE merchants (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL,
	demo       SMALLINT NOT NULL,
	receipt_no BIGINT NOT NULL, -- the last one given
	chain_seq  BIGINT NOT NULL, -- the last entry of the ledger
	chain_hash TEXT NOT NULL
);

CREATE TABLE places (
	id              TEXT PRIMARY KEY,
	merchant_id     TEXT NOT NULL REFERENCES merchants (id),
	name            TEXT NOT NULL,
	currency        TEXT NOT NULL,
	demo            SMALLINT NOT NULL,
	catalog_version BIGINT NOT NULL
);

CREATE TABLE items (
	merchant_id TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	number      TEXT NOT NULL,
	pos         BIGINT NOT NULL, -- order in the catalogue
	retired     SMALLINT NOT NULL,
	body        TEXT NOT NULL,   -- JSON of catalog.Item, without stock
	PRIMARY KEY (merchant_id, place_id, number)
);

CREATE TABLE stock (
	merchant_id TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	number      TEXT NOT NULL,
	qty_milli   BIGINT NOT NULL CHECK (qty_milli >= 0),
	PRIMARY KEY (merchant_id, place_id, number)
);

CREATE TABLE stock_moves (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	number      TEXT NOT NULL,
	qty_milli   BIGINT NOT NULL, -- below zero: taken
	reason      TEXT NOT NULL,   -- catalog, sale, release
	ref         TEXT NOT NULL,   -- catalogue version or settlement key
	at_us       BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX stock_moves_item ON stock_moves (merchant_id, place_id, number);

CREATE TABLE sessions (
	merchant_id   TEXT NOT NULL,
	id            TEXT NOT NULL,
	place_id      TEXT NOT NULL,
	version       BIGINT NOT NULL,
	state         TEXT NOT NULL,
	data          TEXT NOT NULL,
	updated_at_us BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_place ON sessions (merchant_id, place_id, updated_at_us);

CREATE TABLE replies (
	merchant_id TEXT NOT NULL,
	session_id  TEXT NOT NULL,
	command_id  TEXT NOT NULL,
	body        TEXT NOT NULL,
	at_us       BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, session_id, command_id)
);
CREATE INDEX replies_session ON replies (session_id, command_id);

CREATE TABLE heard (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL,
	session_id  TEXT NOT NULL,
	at_us       BIGINT NOT NULL,
	said        TEXT NOT NULL,
	commands    TEXT NOT NULL, -- JSON
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX heard_session ON heard (session_id, id);

CREATE TABLE staff_calls (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	session_id  TEXT NOT NULL,
	caller      TEXT NOT NULL, -- kind of client: phone, kiosk
	reason      TEXT NOT NULL,
	at_us       BIGINT NOT NULL,
	done_at_us  BIGINT,
	PRIMARY KEY (merchant_id, id)
);

CREATE TABLE bills (
	merchant_id   TEXT NOT NULL,
	id            TEXT NOT NULL,
	cart          TEXT NOT NULL,
	version       BIGINT NOT NULL,
	state         TEXT NOT NULL, -- open, void, reserved, paid
	consent       TEXT NOT NULL,
	expires_at_us BIGINT NOT NULL,
	body          TEXT NOT NULL, -- JSON of payments.Bill
	PRIMARY KEY (merchant_id, id),
	UNIQUE (merchant_id, cart)
);
CREATE INDEX bills_id ON bills (id);

CREATE TABLE settlements (
	merchant_id    TEXT NOT NULL,
	id             TEXT NOT NULL, -- payments.Settlement.Key
	bill_id        TEXT NOT NULL,
	state          TEXT NOT NULL, -- reserved, charged, booked, released
	ref            TEXT NOT NULL, -- the gateway's
	reason         TEXT NOT NULL, -- of a release
	started_at_us  BIGINT NOT NULL,
	finished_at_us BIGINT,
	body           TEXT NOT NULL, -- JSON of payments.Settlement
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX settlements_id ON settlements (id);
CREATE UNIQUE INDEX settlements_one_live ON settlements (merchant_id, bill_id) WHERE state <> 'released';
CREATE INDEX settlements_pending ON settlements (started_at_us) WHERE state IN ('reserved', 'charged');

CREATE TABLE receipts (
	merchant_id TEXT NOT NULL,
	no          BIGINT NOT NULL, -- 1, 2, 3, … without gaps
	id          TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	bill_id     TEXT NOT NULL,
	link        TEXT NOT NULL,
	total_minor BIGINT NOT NULL,
	currency    TEXT NOT NULL,
	paid_at_us  BIGINT NOT NULL,
	body        TEXT NOT NULL, -- JSON of payments.Receipt
	PRIMARY KEY (merchant_id, no),
	UNIQUE (merchant_id, bill_id)
);
CREATE INDEX receipts_bill ON receipts (bill_id);
CREATE INDEX receipts_link ON receipts (link);

CREATE TABLE passes (
	merchant_id   TEXT NOT NULL,
	id            TEXT NOT NULL,
	place_id      TEXT NOT NULL,
	receipt_id    TEXT NOT NULL,
	expires_at_us BIGINT NOT NULL,
	spent_at_us   BIGINT,
	gate          TEXT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX passes_id ON passes (id);

CREATE TABLE entries (
	merchant_id TEXT NOT NULL,
	seq         BIGINT NOT NULL, -- 1, 2, 3, … without gaps
	id          TEXT NOT NULL,   -- what it books, once: "charge/…", "book/…", "topup/…"
	at_us       BIGINT NOT NULL,
	body        TEXT NOT NULL,   -- JSON, what is bound to the entry besides its postings
	prev        TEXT NOT NULL,   -- hash of the entry before
	hash        TEXT NOT NULL,
	PRIMARY KEY (merchant_id, seq),
	UNIQUE (merchant_id, id)
);

CREATE TABLE postings (
	merchant_id  TEXT NOT NULL,
	seq          BIGINT NOT NULL,
	n            BIGINT NOT NULL, -- within the entry, from 0
	from_account TEXT NOT NULL,
	to_account   TEXT NOT NULL,
	amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
	currency     TEXT NOT NULL,
	PRIMARY KEY (merchant_id, seq, n)
);

CREATE TABLE balances (
	merchant_id  TEXT NOT NULL,
	account      TEXT NOT NULL,
	currency     TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, account, currency)
);

CREATE TABLE accounts (
	id          TEXT PRIMARY KEY,
	number      TEXT UNIQUE,
	email       TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	kind        TEXT NOT NULL,
	merchant_id TEXT NOT NULL,
	demo        SMALLINT NOT NULL
);

CREATE TABLE credentials (
	account_id  TEXT NOT NULL REFERENCES accounts (id),
	factor      TEXT NOT NULL,
	hash        TEXT NOT NULL,
	failures    BIGINT NOT NULL, -- tries since the last right proof
	tried_at_us BIGINT NOT NULL,
	PRIMARY KEY (account_id, factor)
);

CREATE TABLE terminal_failures (
	id       TEXT PRIMARY KEY,
	terminal TEXT NOT NULL,
	at_us    BIGINT NOT NULL
);
CREATE INDEX terminal_failures_at ON terminal_failures (terminal, at_us);

CREATE TABLE tokens (
	hash          TEXT PRIMARY KEY,
	id            TEXT NOT NULL,
	merchant_id   TEXT NOT NULL,
	name          TEXT NOT NULL,
	created_at_us BIGINT NOT NULL
);

CREATE TABLE web_sessions (
	hash          TEXT PRIMARY KEY, -- of the cookie's token
	data          TEXT NOT NULL,    -- base64
	expires_at_us BIGINT NOT NULL
);
CREATE INDEX web_sessions_expires ON web_sessions (expires_at_us);

CREATE TABLE signing_keys (
	purpose       TEXT PRIMARY KEY,
	seed          TEXT NOT NULL, -- hex
	created_at_us BIGINT NOT NULL
);
