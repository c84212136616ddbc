package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"testing"

	"voicetill/catalog"
	"voicetill/payments/money"
)

func TestTariffAndPlansAreSetByCommand(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	if err := Main(t.Context(), []string{"place", "add", "--db", dsn, "deck"}); err != nil {
		t.Fatal(err)
	}
	var items []catalog.Item
	for _, number := range []string{"9001", "9002", "9100"} {
		items = append(items, catalog.Item{Number: number, Name: "item " + number, Price: money.Of(100, "EUR"), Unit: catalog.Each})
	}
	db := openTill(t, dsn)
	if _, err := db.ReplaceCatalog(t.Context(), "deck", items); err != nil {
		t.Fatal(err)
	}
	type do func(context.Context, []string, io.Writer) error
	const byTime = "deck: each started 30 minutes cost item 9001, the first 15 minutes nothing, 24 hours item 9002 at most\n"
	const ten = "deck: item 9100 is 10 visits within 90 days\n"
	for _, tt := range []struct {
		run  do
		args []string
		want string // "": an error
	}{
		{placeTariff, nil, "deck: visits are not paid for\n"},
		{placeTariff, []string{"--item", "9001", "--unit", "30m", "--free", "15m", "--day-item", "9002"}, byTime},
		{placeTariff, []string{"--item", "9001", "--unit", "90s"}, ""},
		{placeTariff, []string{"--item", "1", "--unit", "30m"}, ""},
		{placeTariff, []string{"--unit", "30m"}, ""},
		{placeTariff, []string{"--item", "9001", "--none"}, ""},
		{placeTariff, nil, byTime},
		{placeTariff, []string{"--item", "9001"}, "deck: a visit costs item 9001\n"},
		{placeTariff, []string{"--none"}, "deck: visits are not paid for\n"},
		{placePlan, nil, "deck: no item is sold for visits\n"},
		{placePlan, []string{"--item", "9100", "--visits", "10", "--days", "90"}, ten},
		{placePlan, []string{"--item", "9100"}, ""},
		{placePlan, []string{"--visits", "10"}, ""},
		{placePlan, []string{"--item", "1", "--days", "1"}, ""},
		{placePlan, nil, ten},
		{placePlan, []string{"--item", "9002", "--days", "30"}, ten + "deck: item 9002 is any number of visits within 30 days\n"},
		{placePlan, []string{"--item", "9002", "--remove"}, ten},
	} {
		var out bytes.Buffer
		err := tt.run(t.Context(), append(append([]string{"--db", dsn}, tt.args...), "deck"), &out)
		if (err == nil) != (tt.want != "") || out.String() != tt.want {
			t.Errorf("%v: got %q, %v, want %q", tt.args, out.String(), err, tt.want)
		}
	}
}
