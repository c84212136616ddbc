-- Bills that nobody paid are purged: each batch is found without reading all
-- bills, and that no payment was ever begun for one without reading all payments.

-- +goose Up
CREATE INDEX bills_unpaid ON bills (expires_at_us) WHERE state IN ('open', 'void');
CREATE INDEX settlements_bill ON settlements (merchant_id, bill_id);
