-- What providers pay out to the merchant's bank, less their fees. A payout is
-- booked once by the provider's id; its transactions are kept to compare them
-- with the books.

-- +goose Up
CREATE TABLE payouts (
	merchant_id  TEXT NOT NULL,
	provider     TEXT NOT NULL,
	id           TEXT NOT NULL,   -- the provider's
	amount_minor BIGINT NOT NULL, -- that reached the bank
	fee_minor    BIGINT NOT NULL,
	currency     TEXT NOT NULL,
	paid_at_us   BIGINT NOT NULL,
	booked_at_us BIGINT NOT NULL,
	items        TEXT NOT NULL,   -- JSON of []payments.PayoutItem
	PRIMARY KEY (merchant_id, provider, id)
);

-- A proof that is being checked. It counts as a failure when it is found wrong,
-- not when it is begun, so that a process that dies meanwhile costs its shopper
-- nothing; while it lives, it takes one of the tries that are left.
CREATE TABLE tries (
	account_id TEXT NOT NULL,
	factor     TEXT NOT NULL,
	id         TEXT NOT NULL,
	at_us      BIGINT NOT NULL,
	PRIMARY KEY (account_id, factor, id)
);
