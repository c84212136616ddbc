-- Visits of a place behind a gate, one for each key that the gate's hardware
-- gives: paid by mandate, by time or at a fixed fee, or used up of a subscription
-- that was sold as an item. A visit leaves its first state once.

-- +goose Up
CREATE TABLE visits (
	merchant_id     TEXT NOT NULL,
	id              TEXT NOT NULL,
	place_id        TEXT NOT NULL,
	visit_key       TEXT NOT NULL,   -- the gate hardware's
	gate            TEXT NOT NULL,   -- where it began
	account_id      TEXT NOT NULL,   -- who pays
	state           TEXT NOT NULL,   -- inside, charging, paid, free, subscribed
	subscription_id TEXT NOT NULL,   -- that it used, or ''
	receipt_id      TEXT NOT NULL,   -- of its payment, or ''
	entered_at_us   BIGINT NOT NULL,
	left_at_us      BIGINT,          -- NULL: has not come to the exit
	PRIMARY KEY (merchant_id, id),
	UNIQUE (merchant_id, place_id, visit_key)
);
CREATE INDEX visits_account ON visits (merchant_id, account_id, entered_at_us);

CREATE TABLE subscriptions (
	merchant_id  TEXT NOT NULL,
	id           TEXT NOT NULL,   -- receipt's id and line
	place_id     TEXT NOT NULL,
	receipt_id   TEXT NOT NULL,
	receipt_no   BIGINT NOT NULL,
	line         BIGINT NOT NULL, -- of the receipt
	account_id   TEXT NOT NULL,   -- whose visits they are
	name         TEXT NOT NULL,
	visits       BIGINT NOT NULL, -- 0: any number
	used         BIGINT NOT NULL,
	starts_at_us BIGINT NOT NULL,
	ends_at_us   BIGINT,          -- NULL: never
	ended_at_us  BIGINT,          -- given back
	PRIMARY KEY (merchant_id, id),
	CHECK (visits = 0 OR used <= visits)
);
CREATE INDEX subscriptions_account ON subscriptions (merchant_id, account_id, starts_at_us);
CREATE INDEX subscriptions_receipt ON subscriptions (merchant_id, receipt_no);

CREATE TABLE subscription_uses (
	merchant_id     TEXT NOT NULL,
	id              TEXT NOT NULL, -- of the visit
	subscription_id TEXT NOT NULL,
	at_us           BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX subscription_uses_of ON subscription_uses (merchant_id, subscription_id);
