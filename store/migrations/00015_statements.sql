-- Statements of an account read its postings by account. One member or more of
-- a company see its bills.

-- +goose Up
CREATE INDEX postings_from ON postings (merchant_id, from_account, seq);
CREATE INDEX postings_to ON postings (merchant_id, to_account, seq);

ALTER TABLE company_members ADD COLUMN manager SMALLINT NOT NULL DEFAULT 0;
