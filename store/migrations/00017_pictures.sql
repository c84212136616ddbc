-- Items are shown with small pictures, which a till serves from its own books:
-- no shopper's page fetches anything from elsewhere.

-- +goose Up
CREATE TABLE pictures (
	merchant_id TEXT NOT NULL,
	hash        TEXT NOT NULL,   -- of the bytes: the same picture is kept once
	body        BYTEA NOT NULL,  -- JPEG
	made_at_us  BIGINT NOT NULL, -- an upload that is under way has made it, but names it later
	PRIMARY KEY (merchant_id, hash)
);
CREATE INDEX pictures_hash ON pictures (hash);
ALTER TABLE items ADD COLUMN shown TEXT NOT NULL DEFAULT ''; -- hash of the item's picture, or ''
CREATE INDEX items_shown ON items (merchant_id, shown);
