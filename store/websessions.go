package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"voicetill/accounts"
)

// WebSessions keeps sign-in sessions for alexedwards/scs (scs.CtxStore). Of
// the cookie's token only a hash is stored.
type WebSessions struct{ db *DB }

// WebSessions is the database's store of sign-in sessions.
func (db *DB) WebSessions() *WebSessions { return &WebSessions{db} }

// FindCtx is part of scs.CtxStore. Expired sessions are not found.
func (w *WebSessions) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	var data string
	err = w.db.get(ctx, &data, `SELECT data FROM web_sessions WHERE hash = ? AND expires_at_us > ?`,
		accounts.TokenHash(token), micros(w.db.now()))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find web session: %w", err)
	}
	b, err = base64.StdEncoding.DecodeString(data)
	return b, err == nil, err
}

// CommitCtx is part of scs.CtxStore. It forgets the sessions that expired.
func (w *WebSessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return w.db.tx(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM web_sessions WHERE expires_at_us <= ?`, micros(w.db.now())); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO web_sessions (hash, data, expires_at_us) VALUES (?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires_at_us = excluded.expires_at_us`,
			accounts.TokenHash(token), base64.StdEncoding.EncodeToString(b), micros(expiry))
		return err
	})
}

// endSignIns looks into each: whose it is stands in its data alone.
func (t *tx) endSignIns(keep string, its func(signIn []byte) bool) error {
	var rows []struct {
		Hash string `db:"hash"`
		Data string `db:"data"`
	}
	if err := t.all(&rows, `SELECT hash, data FROM web_sessions WHERE hash <> ?`, accounts.TokenHash(keep)); err != nil {
		return err
	}
	for _, r := range rows {
		data, err := base64.StdEncoding.DecodeString(r.Data)
		if err != nil {
			return err
		}
		if !its(data) {
			continue
		}
		if _, err := t.exec(`DELETE FROM web_sessions WHERE hash = ?`, r.Hash); err != nil {
			return err
		}
	}
	return nil
}

// DeleteCtx is part of scs.CtxStore.
func (w *WebSessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := w.db.exec(ctx, `DELETE FROM web_sessions WHERE hash = ?`, accounts.TokenHash(token))
	return err
}

// Find is FindCtx without a context, part of scs.Store.
func (w *WebSessions) Find(token string) ([]byte, bool, error) {
	return w.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, part of scs.Store.
func (w *WebSessions) Commit(token string, b []byte, expiry time.Time) error {
	return w.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context, part of scs.Store.
func (w *WebSessions) Delete(token string) error { return w.DeleteCtx(context.Background(), token) }
