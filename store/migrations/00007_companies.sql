-- Companies that are billed by the month, what their members may charge, what
-- was charged, and the bills. Limits are read in the transaction that charges,
-- so that two at once keep to one limit.

-- +goose Up
CREATE TABLE companies (
	merchant_id TEXT NOT NULL,
	id          TEXT NOT NULL,
	name        TEXT NOT NULL,
	email       TEXT NOT NULL,
	currency    TEXT NOT NULL,
	limit_minor BIGINT NOT NULL, -- that may be owed
	due_days    BIGINT NOT NULL, -- from a bill's issue
	PRIMARY KEY (merchant_id, id)
);

CREATE TABLE company_members (
	merchant_id TEXT NOT NULL,
	company_id  TEXT NOT NULL,
	account_id  TEXT NOT NULL,
	once_minor  BIGINT, -- of one purchase; NULL: no limit of its own
	month_minor BIGINT, -- of a calendar month in UTC; NULL: likewise
	PRIMARY KEY (merchant_id, company_id, account_id)
);

CREATE TABLE company_charges (
	merchant_id  TEXT NOT NULL,
	id           TEXT NOT NULL,   -- key of the settlement or refund
	company_id   TEXT NOT NULL,
	account_id   TEXT NOT NULL,   -- the member
	charge_id    TEXT NOT NULL,   -- key of the settlement, also of a refund
	amount_minor BIGINT NOT NULL, -- below zero: given back
	currency     TEXT NOT NULL,
	at_us        BIGINT NOT NULL,
	month        TEXT,            -- of the bill that lists it; NULL: none yet
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX company_charges_open ON company_charges (merchant_id, company_id, at_us);

CREATE TABLE company_bills (
	merchant_id  TEXT NOT NULL,
	company_id   TEXT NOT NULL,
	month        TEXT NOT NULL,   -- 2026-10
	total_minor  BIGINT NOT NULL,
	currency     TEXT NOT NULL,
	issued_at_us BIGINT NOT NULL,
	due_at_us    BIGINT NOT NULL,
	paid_at_us   BIGINT,
	body         TEXT NOT NULL,   -- JSON of store.CompanyBill
	PRIMARY KEY (merchant_id, company_id, month)
);
