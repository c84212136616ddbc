package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

func TestARuleForConfirmationsIsSetByCommand(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	if err := Main(t.Context(), []string{"place", "add", "--db", dsn, "corner"}); err != nil {
		t.Fatal(err)
	}
	const limits = "corner: staff confirms payments of 100.00 EUR or more; what has an age limit; items 6001, 6002\n"
	for _, tt := range []struct {
		args []string
		want string // "": an error
	}{
		{nil, "corner: staff confirms no payment\n"},
		{[]string{"--from", "100.00", "--age", "--items", "6001,6002"}, limits},
		{nil, limits},
		{[]string{"--from", "0"}, ""},
		{[]string{"--from", "much"}, ""},
		{[]string{"--items", "1,,2"}, ""},
		{[]string{"--always", "--age"}, ""},
		{[]string{"--never", "--always"}, ""},
		{nil, limits},
		{[]string{"--always"}, "corner: staff confirms all payments\n"},
		{[]string{"--never"}, "corner: staff confirms no payment\n"},
	} {
		var out bytes.Buffer
		err := placeConfirm(t.Context(), append(append([]string{"--db", dsn}, tt.args...), "corner"), &out)
		if (err == nil) != (tt.want != "") || out.String() != tt.want {
			t.Errorf("%v: got %q, %v, want %q", tt.args, out.String(), err, tt.want)
		}
	}
}
