-- An account holder lets a merchant deduct without a proof each time, within
-- limits. What was deducted is read in the transaction that reserves, with the
-- mandate's row held, so that two tills keep to one limit. A mandate is never
-- changed but by its revocation. A gate knows its holder by a plate or a token.

-- +goose Up
CREATE TABLE mandates (
	merchant_id   TEXT NOT NULL,
	id            TEXT NOT NULL,
	account_id    TEXT NOT NULL,
	place_id      TEXT NOT NULL,   -- '': all places of the merchant
	method        TEXT NOT NULL,
	currency      TEXT NOT NULL,
	once_minor    BIGINT NOT NULL, -- of one purchase
	day_minor     BIGINT NOT NULL, -- of a day in UTC; 0: no limit of its own
	month_minor   BIGINT NOT NULL, -- of a calendar month in UTC; 0: likewise
	made_at_us    BIGINT NOT NULL,
	until_us      BIGINT,          -- NULL: until it is revoked
	revoked_at_us BIGINT,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX mandates_account ON mandates (merchant_id, account_id, made_at_us);

CREATE TABLE mandate_uses (
	merchant_id  TEXT NOT NULL,
	id           TEXT NOT NULL,   -- of the settlement; one that is released counts for nothing
	mandate_id   TEXT NOT NULL,
	amount_minor BIGINT NOT NULL,
	at_us        BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, id)
);
CREATE INDEX mandate_uses_mandate ON mandate_uses (merchant_id, mandate_id, at_us);

CREATE TABLE mandate_tags (
	merchant_id TEXT NOT NULL,
	tag         TEXT NOT NULL, -- 'plate:' and the plate, or 'token:' and the token's hash
	mandate_id  TEXT NOT NULL,
	PRIMARY KEY (merchant_id, tag)
);
CREATE INDEX mandate_tags_mandate ON mandate_tags (merchant_id, mandate_id);
