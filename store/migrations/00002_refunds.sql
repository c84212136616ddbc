-- Refunds are rows of their own, with their own key at the gateway, so that a
-- crash between any two steps leaves something to finish. A settlement
-- remembers how often its outcome was asked for, and can be 'reversing': no
-- longer to be booked, not yet known to be undone.

-- +goose Up
CREATE TABLE refunds (
	merchant_id    TEXT NOT NULL,
	id             TEXT NOT NULL,   -- payments.Refunding.Key
	settlement_id  TEXT NOT NULL,   -- of the charge
	nth            BIGINT NOT NULL, -- of its settlement, from 1: two at once cannot both be the next
	ask            TEXT NOT NULL,   -- the idempotency key of who asked
	digest         TEXT NOT NULL,   -- of what was asked
	state          TEXT NOT NULL,   -- open, done, refused
	amount_minor   BIGINT NOT NULL CHECK (amount_minor > 0),
	ref            TEXT NOT NULL,   -- the gateway's
	tries          BIGINT NOT NULL,
	trouble        TEXT NOT NULL,   -- what the last try said
	started_at_us  BIGINT NOT NULL,
	next_at_us     BIGINT NOT NULL, -- not to be tried again before
	finished_at_us BIGINT,
	body           TEXT NOT NULL,   -- JSON of payments.Refunding
	PRIMARY KEY (merchant_id, id),
	UNIQUE (merchant_id, ask),
	UNIQUE (merchant_id, settlement_id, nth)
);
CREATE INDEX refunds_id ON refunds (id);
CREATE INDEX refunds_open ON refunds (next_at_us) WHERE state = 'open';

ALTER TABLE settlements ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE settlements ADD COLUMN next_at_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE settlements ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
DROP INDEX settlements_pending;
CREATE INDEX settlements_pending ON settlements (started_at_us) WHERE state IN ('reserved', 'charged', 'reversing');

CREATE INDEX receipts_id ON receipts (id);
