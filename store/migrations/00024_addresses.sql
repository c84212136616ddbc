-- An address that somebody typed may be another person's: it is written to once its
-- reader has opened the link that was sent there. A row is an address that waits for
-- that; addresses from before are not asked.

-- +goose Up
CREATE TABLE address_checks (
	account_id TEXT PRIMARY KEY,
	token      TEXT NOT NULL UNIQUE, -- in the link
	sent_at_us BIGINT NOT NULL
);
