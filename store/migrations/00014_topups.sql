-- A shopper pays into the own balance: a settlement without goods. What is on
-- its way into a balance counts towards its ceiling, so that two payments at
-- once keep to it.

-- +goose Up
ALTER TABLE settlements ADD COLUMN into_account TEXT NOT NULL DEFAULT '';  -- ledger account and currency that is paid into; '': a sale
ALTER TABLE settlements ADD COLUMN amount_minor BIGINT NOT NULL DEFAULT 0; -- of the bill; 0: of before
CREATE INDEX settlements_into ON settlements (merchant_id, into_account) WHERE into_account <> '' AND state = 'reserved';
