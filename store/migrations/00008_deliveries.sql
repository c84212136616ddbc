-- A receipt belongs to who bought and to who paid: their history is a look-up
-- of their own. What is to be mailed or printed is written in the transaction
-- that issues the receipt, so that a crash loses nothing and a mail server or
-- a printer that is down holds nobody up.

-- +goose Up
CREATE TABLE receipt_holders (
	merchant_id TEXT NOT NULL,
	receipt_id  TEXT NOT NULL,
	account_id  TEXT NOT NULL,
	paid_at_us  BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, receipt_id, account_id)
);
CREATE INDEX receipt_holders_account ON receipt_holders (account_id, paid_at_us, receipt_id);

-- Receipts so far: a JSON string never holds a bare quotation mark, so that the
-- pattern can only be the field. Both databases read it.
INSERT INTO receipt_holders (merchant_id, receipt_id, account_id, paid_at_us)
	SELECT r.merchant_id, r.id, a.id, r.paid_at_us FROM receipts r
	JOIN accounts a ON r.body LIKE '%"account":"' || a.id || '"%';

CREATE TABLE deliveries (
	merchant_id    TEXT NOT NULL,
	id             TEXT NOT NULL,
	receipt_id     TEXT NOT NULL,
	kind           TEXT NOT NULL,   -- mail, print
	recipient      TEXT NOT NULL,   -- account of a mail, place of a print
	nth            BIGINT NOT NULL, -- 1 is the original, later ones are copies
	state          TEXT NOT NULL,   -- waiting, sent, given up
	tries          BIGINT NOT NULL,
	trouble        TEXT NOT NULL,   -- what the last try said
	created_at_us  BIGINT NOT NULL,
	next_at_us     BIGINT NOT NULL, -- not to be tried before
	finished_at_us BIGINT,
	PRIMARY KEY (merchant_id, id),
	UNIQUE (merchant_id, receipt_id, kind, recipient, nth)
);
CREATE INDEX deliveries_id ON deliveries (id);
CREATE INDEX deliveries_receipt ON deliveries (receipt_id);
CREATE INDEX deliveries_waiting ON deliveries (kind, next_at_us) WHERE state = 'waiting';

ALTER TABLE places ADD COLUMN print TEXT NOT NULL DEFAULT 'never'; -- never, ask, always
