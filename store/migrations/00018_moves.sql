-- A conversation goes from a kiosk to its shopper's phone by a code that is good
-- once and for minutes. The kiosk's resume token ends with the move: nobody owns
-- a basket together with somebody else.

-- +goose Up
CREATE TABLE moves (
	merchant_id   TEXT NOT NULL,
	hash          TEXT NOT NULL,   -- of the code
	session_id    TEXT NOT NULL,   -- as it was before the move
	expires_at_us BIGINT NOT NULL,
	taken_at_us   BIGINT,          -- NULL: it waits
	PRIMARY KEY (merchant_id, hash)
);
CREATE INDEX moves_hash ON moves (hash);
CREATE INDEX moves_session ON moves (session_id);
