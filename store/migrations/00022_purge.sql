-- What is old and no book is purged in small batches; each of these finds a
-- batch without reading the whole table.

-- +goose Up
CREATE INDEX deliveries_finished ON deliveries (finished_at_us) WHERE state <> 'waiting';
CREATE INDEX gate_events_at ON gate_events (at_us);
CREATE INDEX gate_releases_at ON gate_releases (at_us);
CREATE INDEX checks_at ON checks (at_us);
CREATE INDEX staff_calls_at ON staff_calls (at_us);
CREATE INDEX confirmations_asked ON confirmations (asked_at_us) WHERE state IN ('waiting', 'refused', 'void');
CREATE INDEX sessions_updated ON sessions (updated_at_us);
CREATE INDEX heard_at ON heard (at_us);
CREATE INDEX moves_expires ON moves (expires_at_us);
