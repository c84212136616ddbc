package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
)

// appendOnly is the version of the migration that makes the books append-only:
// the databases themselves refuse to change or delete an entry, a posting, a
// movement of stock, or what a receipt says. Their wordings of triggers differ,
// so it is written in Go.
const appendOnly = 4

// books are what is only ever added to, and the columns that never change;
// none: no column does.
var books = []struct{ table, columns string }{
	{"entries", ""},
	{"postings", ""},
	{"stock_moves", ""},
	{"receipts", " OF merchant_id, no, id, bill_id, link, total_minor, currency, paid_at_us, body"},
}

func (db *DB) appendOnly() *goose.Migration {
	statements := sqliteTriggers()
	if db.postgres() {
		statements = postgresTriggers()
	}
	return goose.NewGoMigration(appendOnly, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("make the books append-only: %w", err)
			}
		}
		return nil
	}}, nil)
}

func sqliteTriggers() (statements []string) {
	for _, b := range books {
		for name, event := range map[string]string{"update": "UPDATE" + b.columns, "delete": "DELETE"} {
			statements = append(statements, fmt.Sprintf(`CREATE TRIGGER %s_no_%s BEFORE %s ON %[1]s
				BEGIN SELECT RAISE(ABORT, '%[1]s are only ever added to'); END`, b.table, name, event))
		}
	}
	return statements
}

func postgresTriggers() []string {
	statements := []string{`CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION '% are only ever added to', TG_TABLE_NAME; END $$`}
	for _, b := range books {
		for name, event := range map[string]string{"update": "UPDATE" + b.columns, "delete": "DELETE"} {
			statements = append(statements, fmt.Sprintf(`CREATE TRIGGER %s_no_%s BEFORE %s ON %[1]s
				FOR EACH ROW EXECUTE FUNCTION refuse_change()`, b.table, name, event))
		}
		statements = append(statements, fmt.Sprintf(`CREATE TRIGGER %s_no_truncate BEFORE TRUNCATE ON %[1]s
			EXECUTE FUNCTION refuse_change()`, b.table))
	}
	return statements
}
