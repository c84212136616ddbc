package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestATimeZoneIsSetByCommand(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	if err := Main(t.Context(), []string{"place", "add", "--db", dsn, "corner"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string // what the answer begins with; "": an error
	}{
		{nil, "corner: Local, this machine's; it is 2"},
		{[]string{"--zone", "Asia/Shanghai"}, "corner: Asia/Shanghai; it is 2"},
		{[]string{"--zone", "Shanghai"}, ""},
		{[]string{"--zone", "Local"}, ""},
		{nil, "corner: Asia/Shanghai; it is 2"},
		{[]string{"--tills"}, "corner: Local, this machine's; it is 2"},
	} {
		var out bytes.Buffer
		err := placeZone(t.Context(), append(append([]string{"--db", dsn}, tt.args...), "corner"), &out)
		if (err == nil) != (tt.want != "") || tt.want != "" && !strings.HasPrefix(out.String(), tt.want) {
			t.Errorf("%v: got %q, %v, want %q", tt.args, out.String(), err, tt.want)
		}
	}
}
