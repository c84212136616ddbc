-- An exit pass names the gates that it opens, and is cancelled when a new one
-- takes its place. Gates of a place hear from each other through the till, and
-- what happened at them is kept for the merchant. Staff let shoppers out by
-- hand through the till. Baskets that a rule picks are looked at by staff
-- before they are paid.

-- +goose Up
ALTER TABLE passes ADD COLUMN gates TEXT NOT NULL DEFAULT '[]';    -- JSON, names; none: any gate of the place that asks the till
ALTER TABLE passes ADD COLUMN replaces TEXT NOT NULL DEFAULT '[]'; -- JSON, ids of the cancelled passes before it
ALTER TABLE passes ADD COLUMN ask TEXT NOT NULL DEFAULT '';        -- the try by which a gate spent it, so that it may ask again
ALTER TABLE passes ADD COLUMN issued_at_us BIGINT;                 -- NULL: when the receipt was paid
ALTER TABLE passes ADD COLUMN cancelled_at_us BIGINT;
ALTER TABLE passes ADD COLUMN changed_at_us BIGINT;                -- spent or cancelled, by the till's clock
CREATE UNIQUE INDEX passes_live ON passes (merchant_id, receipt_id) WHERE cancelled_at_us IS NULL;
CREATE INDEX passes_changed ON passes (place_id, changed_at_us);

ALTER TABLE places ADD COLUMN gates TEXT NOT NULL DEFAULT '[]';      -- JSON, names that new passes name
ALTER TABLE places ADD COLUMN check_rule TEXT NOT NULL DEFAULT '{}'; -- JSON of checkout.CheckRule; {}: no checks

CREATE TABLE gates (
	merchant_id TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	name        TEXT NOT NULL,
	seen_at_us  BIGINT NOT NULL, -- when it last asked for news
	PRIMARY KEY (merchant_id, place_id, name)
);

CREATE TABLE gate_events (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL, -- what is seen again counts up instead of filling the table
	place_id    TEXT NOT NULL,
	gate        TEXT NOT NULL,
	pass_id     TEXT NOT NULL,
	receipt_id  TEXT NOT NULL,
	opened      SMALLINT NOT NULL,
	reason      TEXT NOT NULL,
	note        TEXT NOT NULL, -- what staff said about it
	who         TEXT NOT NULL, -- of staff
	seen        BIGINT NOT NULL,
	at_us       BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX gate_events_place ON gate_events (place_id, at_us);

CREATE TABLE gate_releases (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	gate        TEXT NOT NULL,
	at_us       BIGINT NOT NULL,
	taken_at_us BIGINT, -- by the gate; a release waits for seconds only
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX gate_releases_waiting ON gate_releases (place_id, gate) WHERE taken_at_us IS NULL;

CREATE TABLE checks (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL, -- the cart's
	place_id    TEXT NOT NULL,
	account_id  TEXT NOT NULL, -- of who is signed in, or ''
	digest      TEXT NOT NULL, -- of the lines that are looked at
	reason      TEXT NOT NULL, -- JSON, what the rate was made of
	total_minor BIGINT NOT NULL,
	currency    TEXT NOT NULL,
	outcome     TEXT NOT NULL, -- passed: not picked; waiting, clean, corrected
	who         TEXT NOT NULL,
	at_us       BIGINT NOT NULL,
	done_at_us  BIGINT,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX checks_waiting ON checks (place_id, at_us) WHERE outcome = 'waiting';
CREATE INDEX checks_account ON checks (merchant_id, account_id, done_at_us);
