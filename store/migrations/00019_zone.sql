-- A place's days and months begin by its own clock: limits of mandates and of
-- companies' members, statements and reports are counted by it. A use of a
-- mandate keeps its day, so that another clock later does not change what was
-- within a limit.

-- +goose Up
ALTER TABLE places ADD COLUMN zone TEXT NOT NULL DEFAULT ''; -- IANA name; '': the till's own
ALTER TABLE mandate_uses ADD COLUMN day TEXT NOT NULL DEFAULT ''; -- 2026-11-24; '': of before, counted in UTC
