package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/accounts"

	"github.com/oklog/ulid/v2"
)

// ErrAccountTaken says that the number or e-mail has an account already.
var ErrAccountTaken = errors.New("an account with this number or e-mail exists already")

type accountRow struct {
	ID       string  `db:"id"`
	Number   *string `db:"number"`
	Email    string  `db:"email"`
	Name     string  `db:"name"`
	Kind     string  `db:"kind"`
	Merchant string  `db:"merchant_id"`
	Demo     int     `db:"demo"`
	Unproved int     `db:"unproved"`
}

func (r accountRow) account() accounts.Account {
	a := accounts.Account{ID: r.ID, Email: r.Email, Name: r.Name, Kind: accounts.Kind(r.Kind), Merchant: r.Merchant, Demo: r.Demo == 1, Unproved: r.Unproved > 0}
	if r.Number != nil {
		a.Number = *r.Number
	}
	if a.Email == a.ID {
		a.Email = ""
	}
	return a
}

// findAccount has one plan for three keys. An id holds no "@" and a number
// only digits, so at most one row fits. Who has no e-mail has the id in its
// place.
const findAccount = `SELECT id, number, email, name, kind, merchant_id, demo,
	(SELECT COUNT(*) FROM address_checks c WHERE c.account_id = accounts.id) AS unproved FROM accounts WHERE id = ? OR number = ? OR email = ?`

// CreateAccount adds an account with a password hash made by accounts.Hash and
// returns its id. ErrAccountTaken if number or e-mail are in use. To an address that
// is Unproved goes the letter that asks for it.
func (db *DB) CreateAccount(ctx context.Context, a accounts.Account, passwordHash string) (string, error) {
	if a.ID == "" {
		a.ID = ulid.Make().String()
	}
	err := db.tx(ctx, func(t *tx) error { return t.createAccount(a, passwordHash, db.now()) })
	return a.ID, err
}

func (t *tx) createAccount(a accounts.Account, passwordHash string, at time.Time) error {
	if a.ID == "" {
		a.ID = ulid.Make().String()
	}
	var number *string
	if a.Number != "" {
		number = &a.Number
	}
	email := strings.ToLower(a.Email)
	if email == "" {
		email = a.ID
	}
	if err := t.releaseAddress(email, at); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO accounts (id, number, email, name, kind, merchant_id, demo) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.ID, number, email, a.Name, a.Kind, a.Merchant, flag(a.Demo))
	if isTaken(err) {
		return ErrAccountTaken
	}
	if err == nil {
		_, err = t.exec(`INSERT INTO credentials (account_id, factor, hash, failures, tried_at_us) VALUES (?, ?, ?, 0, 0)`,
			a.ID, accounts.Password, passwordHash)
	}
	if err == nil && a.Unproved && a.Email != "" {
		err = t.askAddress(a, at)
	}
	if err != nil {
		return fmt.Errorf("create account: %w", err)
	}
	return nil
}

// SetPassword gives an account another password, made by accounts.Hash, and
// forgives failures. In the same transaction every sign-in ends whose data are
// its, but the one of the cookie's token keep ("": none is kept), and so do proofs
// of the old password that are being checked. accounts.ErrNoAccount if there is none.
func (db *DB) SetPassword(ctx context.Context, account, hash, keep string, its func(signIn []byte) bool) error {
	return db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE credentials SET hash = ?, failures = 0 WHERE account_id = ? AND factor = ?`, hash, account, accounts.Password)
		if err == nil && n == 0 {
			return accounts.ErrNoAccount
		}
		if err == nil {
			_, err = t.exec(`DELETE FROM tries WHERE account_id = ? AND factor = ?`, account, accounts.Password)
		}
		if err == nil {
			err = t.endSignIns(keep, its)
		}
		if err != nil {
			return fmt.Errorf("set password: %w", err)
		}
		return nil
	})
}

// Account finds one by id, number or e-mail, or returns accounts.ErrNoAccount.
func (db *DB) Account(ctx context.Context, ref string) (accounts.Account, error) {
	var row accountRow
	err := db.get(ctx, &row, findAccount, ref, ref, strings.ToLower(ref))
	return row.account(), none(err, accounts.ErrNoAccount)
}

// DemoAccounts counts the accounts whose password is published.
func (db *DB) DemoAccounts(ctx context.Context) (n int, err error) {
	err = db.get(ctx, &n, `SELECT COUNT(*) FROM accounts WHERE demo = 1`)
	return n, err
}

// TakeTry is part of accounts.Book.
func (db *DB) TakeTry(ctx context.Context, ref, factor string, at time.Time) (try accounts.Try, err error) {
	err = db.tx(ctx, func(t *tx) error {
		var row accountRow
		if err := t.get(&row, findAccount, ref, ref, strings.ToLower(ref)); err != nil {
			return none(err, accounts.ErrNoAccount)
		}
		try = accounts.Try{ID: ulid.Make().String(), Account: row.account(), Factor: factor}
		try.Hash, err = t.lendTry(try, at)
		return err
	})
	return try, err
}

// lendTry takes one of the account's tries unless it is locked, or all that it
// has are being checked: accounts.ErrChecking.
func (t *tx) lendTry(try accounts.Try, at time.Time) (hash string, err error) {
	id, factor := try.Account.ID, try.Factor
	var c struct {
		Hash     string `db:"hash"`
		Failures int    `db:"failures"`
		TriedAt  int64  `db:"tried_at_us"`
	}
	// The update takes the row first, so that tries of one moment queue up.
	err = t.get(&c, `UPDATE credentials SET failures = failures WHERE account_id = ? AND factor = ?
		RETURNING hash, failures, tried_at_us`, id, factor)
	if err != nil {
		return "", none(err, accounts.ErrNoAccount)
	}
	wait, forever := accounts.Wait(c.Failures)
	if forever {
		return "", &accounts.LockedError{}
	}
	if until := fromMicros(c.TriedAt).Add(wait); wait > 0 && at.Before(until) {
		return "", &accounts.LockedError{Until: until}
	}
	if err := t.freeTry(id, factor, c.Failures, at); err != nil {
		return "", err
	}
	_, err = t.exec(`INSERT INTO tries (account_id, factor, id, at_us) VALUES (?, ?, ?, ?)`, id, factor, try.ID, micros(at))
	return c.Hash, err
}

// freeTry returns accounts.ErrChecking where as many proofs are being checked
// as may be at once. What was lent for too long is given back.
func (t *tx) freeTry(id, factor string, failures int, at time.Time) error {
	_, err := t.exec(`DELETE FROM tries WHERE account_id = ? AND factor = ? AND at_us <= ?`, id, factor, micros(at.Add(-accounts.TryLease)))
	if err != nil {
		return err
	}
	var lent int
	err = t.get(&lent, `SELECT COUNT(*) FROM tries WHERE account_id = ? AND factor = ?`, id, factor)
	if err == nil && lent >= accounts.AtOnce(failures) {
		err = accounts.ErrChecking
	}
	return err
}

// Judge is part of accounts.Book.
func (db *DB) Judge(ctx context.Context, try accounts.Try, v accounts.Verdict, terminal string, at time.Time) error {
	id, factor := try.Account.ID, try.Factor
	return db.tx(ctx, func(t *tx) error {
		if _, err := t.exec(`UPDATE credentials SET failures = failures WHERE account_id = ? AND factor = ?`, id, factor); err != nil {
			return err
		}
		n, err := t.exec(`DELETE FROM tries WHERE account_id = ? AND factor = ? AND id = ?`, id, factor, try.ID)
		switch {
		case err != nil:
			return err
		case v == accounts.Right && n == 0:
			return accounts.ErrTryOver
		case v == accounts.Right:
			_, err = t.exec(`UPDATE credentials SET failures = 0 WHERE account_id = ? AND factor = ?`, id, factor)
			return err
		case v == accounts.Wrong:
			_, err = t.exec(`UPDATE credentials SET failures = failures + 1, tried_at_us = ? WHERE account_id = ? AND factor = ?`, micros(at), id, factor)
			if err != nil {
				return err
			}
			return t.terminalFailed(terminal, at)
		}
		return nil
	})
}

// Proved is part of accounts.Book.
func (db *DB) Proved(ctx context.Context, id, factor string) error {
	return db.tx(ctx, func(t *tx) error {
		if _, err := t.exec(`UPDATE credentials SET failures = 0 WHERE account_id = ? AND factor = ?`, id, factor); err != nil {
			return err
		}
		_, err := t.exec(`DELETE FROM tries WHERE account_id = ? AND factor = ?`, id, factor)
		return err
	})
}

// TerminalFailures is part of accounts.Book.
func (db *DB) TerminalFailures(ctx context.Context, terminal string, since time.Time) (n int, err error) {
	err = db.get(ctx, &n, `SELECT COUNT(*) FROM terminal_failures WHERE terminal = ? AND at_us >= ?`, terminal, micros(since))
	return n, err
}

// terminalKept is how long a terminal's failures are of interest.
const terminalKept = time.Hour

// TerminalFailed is part of accounts.Book. It forgets what is older than an hour.
func (db *DB) TerminalFailed(ctx context.Context, terminal string, at time.Time) error {
	return db.tx(ctx, func(t *tx) error { return t.terminalFailed(terminal, at) })
}

func (t *tx) terminalFailed(terminal string, at time.Time) error {
	_, err := t.exec(`DELETE FROM terminal_failures WHERE terminal = ? AND at_us < ?`, terminal, micros(at.Add(-terminalKept)))
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO terminal_failures (id, terminal, at_us) VALUES (?, ?, ?)`, ulid.Make().String(), terminal, micros(at))
	return err
}
