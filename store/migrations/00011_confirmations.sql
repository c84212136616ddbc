-- Where a place's rule asks for it, staff confirms a payment after the shopper's
-- proof and before anything is reserved. What waits is a row, so that neither a
-- crash nor a dropped link loses it, and an approval is used by one settlement.

-- +goose Up
CREATE TABLE confirmations (
	merchant_id   TEXT NOT NULL,
	id            TEXT NOT NULL,
	place_id      TEXT NOT NULL,
	bill_id       TEXT NOT NULL,
	consent       TEXT NOT NULL, -- the bill's, as the shopper proved it
	account_id    TEXT NOT NULL, -- who pays
	state         TEXT NOT NULL, -- waiting, approved, refused, void, used
	reason        TEXT NOT NULL, -- of a refusal
	who           TEXT NOT NULL, -- of staff
	settlement_id TEXT NOT NULL, -- that used it, or ''
	asked_at_us   BIGINT NOT NULL,
	expires_at_us BIGINT NOT NULL,
	decided_at_us BIGINT,
	body          TEXT NOT NULL, -- JSON of payments.Confirmation
	PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX confirmations_live ON confirmations (merchant_id, bill_id) WHERE state IN ('waiting', 'approved');
CREATE INDEX confirmations_bill ON confirmations (bill_id, asked_at_us);
CREATE INDEX confirmations_waiting ON confirmations (place_id, asked_at_us) WHERE state = 'waiting';
CREATE INDEX confirmations_approved ON confirmations (decided_at_us) WHERE state = 'approved';
