package receipts_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

var update = flag.Bool("update", false, "write golden files anew")

func eur(minor int64) money.Amount { return money.Of(minor, "EUR") }

// pass is as long as a real one.
var pass = "v4.public." + strings.Repeat("eyJqdGkiOiIwMUs5QzFYU", 18)

// sale is a receipt of two rates, with options, by weight, in two scripts.
func sale() payments.Receipt {
	return payments.Receipt{
		ID: "01K9C1XSALE", No: 12, Merchant: "demo", Place: "demo", Payee: "Café Zürich", Currency: "EUR", Account: "demo-ada",
		Lines: []payments.Line{
			{Line: 1, Item: "1203", Name: "oat milk", Milli: 3000, Unit: "each", Price: eur(249), Total: eur(747), TaxBP: 700},
			{Line: 2, Item: "3340", Name: "tomatoes", Milli: 500, Unit: "kg", Price: eur(299), Total: eur(150), TaxBP: 700},
			{Line: 3, Item: "8001", Name: "latte", Options: map[string]string{"size": "large", "milk": "soy"}, Milli: 1000, Unit: "each",
				Price: eur(360), Total: eur(360), TaxBP: 1900},
			{Line: 4, Item: "5102", Name: "乌龙茶 大红袍", Options: map[string]string{"糖": "半糖"}, Milli: 2000, Unit: "each",
				Price: eur(480), Total: eur(960), TaxBP: 700},
		},
		Tax: []payments.Tax{
			{RateBP: 700, Net: eur(1735), Tax: eur(122), Gross: eur(1857)},
			{RateBP: 1900, Net: eur(303), Tax: eur(57), Gross: eur(360)},
		},
		Total: eur(2217), Method: payments.Prepaid, Proven: "password", Link: "LINKOFTHERECEIPT", Pass: pass,
		Paid: time.Date(2026, 11, 27, 16, 54, 20, 0, time.UTC),
	}
}

// refund is of one piece of the sale.
func refund() payments.Receipt {
	r := sale()
	r.ID, r.No, r.RefundOf, r.Reason, r.Pass, r.PassID = "01K9C1XBACK", 13, 12, "spilt", "", ""
	r.Lines = []payments.Line{{Line: 1, Item: "1203", Name: "oat milk", Milli: -1000, Unit: "each", Price: eur(249), Total: eur(-249), TaxBP: 700}}
	r.Tax = []payments.Tax{{RateBP: 700, Net: eur(-233), Tax: eur(-16), Gross: eur(-249)}}
	r.Total = eur(-249)
	return r
}

// topUp is of a payment into a balance.
func topUp() payments.Receipt {
	r := sale()
	r.ID, r.No, r.Kind, r.Pass, r.PassID, r.Lines, r.Tax = "01K9C1XTOPUP", 14, payments.TopUp, "", "", nil, nil
	r.Total, r.Method = eur(2000), payments.Card
	return r
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s: got other than the file; -update writes it anew\n%s", name, got[:min(len(got), 2000)])
	}
}
