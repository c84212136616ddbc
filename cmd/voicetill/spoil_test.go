package main

import (
	"database/sql"
	"testing"
)

// spoil changes a database behind the till's back.
func spoil(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}
