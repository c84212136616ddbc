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
