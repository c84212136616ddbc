package receipts_test

import (
	"bytes"
	"encoding/csv"
	"os/exec"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/receipts"
)

func statement() payments.Statement {
	day := func(d int) time.Time { return time.Date(2026, 10, d, 9, 30, 0, 0, time.UTC) }
	s := payments.Statement{Account: "demo-ada", Merchant: "demo", From: day(1).Truncate(24 * time.Hour), To: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Currency: "EUR", Opening: eur(500), Rows: []payments.StatementRow{
			{At: day(2), What: payments.MovedTopUp, Receipt: 12, Method: payments.Card, Amount: eur(2000)},
			{At: day(3), What: payments.MovedPurchase, Receipt: 13, Method: payments.Prepaid, Amount: eur(-747)},
			{At: day(4), What: payments.PaidElsewhere, Receipt: 14, Method: payments.WeChat, Amount: eur(360)},
			{At: day(5), What: payments.MovedTopUp, Amount: eur(1000)},
		}}
	s.Balance()
	return s
}

func TestAStatementAsCSV(t *testing.T) {
	data, err := receipts.Statement(statement(), "Café", "1001", "en", nil, time.Time{}).CSV()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []string{"Time|What|Receipt|Paid with|Amount|Balance", "2026-10-02 09:30|Top-up|12|Card|20.00|25.00",
		"2026-10-03 09:30|Purchase|13|Prepaid balance|-7.47|17.53", "2026-10-04 09:30|Paid in another way|14|WeChat Pay|3.60|",
		"2026-10-05 09:30|Top-up||At the desk|10.00|27.53"} {
		if got := strings.Join(rows[i], "|"); got != want {
			t.Errorf("row %d: got %s, want %s", i, got, want)
		}
	}
}

// A name is no formula to a spreadsheet.
func TestNoCellIsAFormula(t *testing.T) {
	l := receipts.List{Head: []string{"a", "b", "c", "d", "e"}, Rows: [][]string{{"=1+1", "+1", "@x", "-x", "-7.47"}}}
	data, err := l.CSV()
	if err != nil || !strings.HasSuffix(string(data), "'=1+1,'+1,'@x,'-x,-7.47\n") {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestListsAsPDF(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("needs poppler-utils")
	}
	long := statement()
	for range 200 { // several pages
		long.Rows = append(long.Rows, long.Rows[1])
	}
	long.Balance()
	bill := receipts.CompanyBill{Shop: "Café", Company: "Acme 公司", Month: "2026-10", Rows: []receipts.CompanyRow{{Receipt: 7, Place: "demo", Member: "Ada", Tax: payments.Tax{RateBP: 700, Net: eur(698), Tax: eur(49), Gross: eur(747)}}},
		Tax: []payments.Tax{{RateBP: 700, Net: eur(698), Tax: eur(49), Gross: eur(747)}}, Total: "7.47", Paid: "5.00", Left: "2.47", Currency: "EUR"}
	for name, tt := range map[string]struct {
		list receipts.List
		want []string
	}{
		"a statement":            {receipts.Statement(statement(), "Café", "1001", "en", nil, time.Time{}), []string{"Statement of the prepaid balance", "Top-up", "17.53", "Balance after", "EUR 27.53"}},
		"a statement in Chinese": {receipts.Statement(statement(), "小店", "1001", "zh", nil, time.Time{}), []string{"预付余额对账单", "充值", "微信支付"}},
		"a long statement":       {receipts.Statement(long, "Café", "1001", "en", nil, time.Time{}), []string{"Balance after"}},
		"a company's bill":       {bill.List("en", nil), []string{"Bill for 2026-10", "Acme 公司", "7.47", "To be paid", "EUR 2.47"}},
	} {
		data, err := tt.list.PDF()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cmd := exec.Command("pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(data)
		text, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q in\n%s", name, want, text[:min(len(text), 2000)])
			}
		}
	}
}
