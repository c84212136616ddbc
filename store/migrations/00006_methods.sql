-- Ways to pay: what a place offers is one of its settings, what an account has
-- bound at a provider is a row, and which it prefers is another. Settings are
-- JSON under a name, so that a new one needs no new table.

-- +goose Up
CREATE TABLE place_settings (
	merchant_id TEXT NOT NULL,
	place_id    TEXT NOT NULL,
	name        TEXT NOT NULL, -- methods, confirm
	body        TEXT NOT NULL, -- JSON
	PRIMARY KEY (merchant_id, place_id, name)
);

CREATE TABLE bindings (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL,   -- payments.Binding.ID
	account_id  TEXT NOT NULL,
	method      TEXT NOT NULL,
	ref         TEXT NOT NULL,   -- the provider's
	label       TEXT NOT NULL,
	state       TEXT NOT NULL,   -- open, bound, going
	begun_at_us BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX bindings_account ON bindings (merchant_id, account_id, begun_at_us);

CREATE TABLE preferred_methods (
	merchant_id TEXT NOT NULL,
	account_id  TEXT NOT NULL,
	method      TEXT NOT NULL,
	PRIMARY KEY (merchant_id, account_id)
);
