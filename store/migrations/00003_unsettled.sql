-- A settlement that is being reversed will never be booked, so its bill can be
-- paid in another way meanwhile: it no longer counts as the live one. What a
-- machine cannot settle is listed for the merchant until it is dismissed.

-- +goose Up
DROP INDEX settlements_one_live;
CREATE UNIQUE INDEX settlements_one_live ON settlements (merchant_id, bill_id) WHERE state IN ('reserved', 'charged', 'booked');
CREATE INDEX settlements_due ON settlements (next_at_us) WHERE state IN ('reserved', 'charged', 'reversing');

ALTER TABLE refunds ADD COLUMN dismissed_at_us BIGINT;
CREATE INDEX refunds_listed ON refunds (merchant_id, started_at_us) WHERE state IN ('open', 'refused') AND dismissed_at_us IS NULL;

CREATE INDEX stock_moves_ref ON stock_moves (merchant_id, place_id, ref);
