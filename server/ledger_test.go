package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// csv sends a file.
func (x *till) csv(c *http.Client, path, file string) (int, map[string]any) {
	x.t.Helper()
	return x.call(c, "POST", path, file, "Content-Type", "text/csv")
}

func TestPayoutsAndReconciliation(t *testing.T) {
	x, c := counterTill(t)
	ada, merchant := x.shopperSignedIn(), x.merchant()
	body := topUpJSON("a long key 1", "20.00", "wechat", `,"code":"134567890123456789"`+mine)
	if _, paid := x.call(ada, "POST", "/v1/account/topups?place=demo", body); paid["state"] != "paid" {
		t.Fatalf("top up: %v", paid)
	}
	key := c.charged()[0].Key
	file := "payout,paid,transaction,reference,kind,gross,fee,currency\npo_1,2026-11-20,t1,ref-" + key + ",charge,20.00,0.50,EUR\npo_1,2026-11-20,t2,else,charge,1.00,0,EUR\n"
	const path = "/v1/merchant/payouts?place=demo&provider=counter"
	for _, want := range []float64{1, 0} {
		if status, got := x.csv(merchant, path, file); status != 200 || got["added"] != want || got["known"] != 1-want {
			t.Errorf("import: %d %v, want %v added", status, got, want)
		}
	}
	for name, tt := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"by hand":              {`{"provider":"counter","id":"po_2","paid":"2026-11-21","amount":"3.00","fee":"0.10"}`, 200, ""},
		"another amount":       {`{"provider":"counter","id":"po_1","paid":"2026-11-21","amount":"3.00"}`, 409, "other_payout"},
		"no such provider":     {`{"provider":"nobody","id":"po_1","paid":"2026-11-21","amount":"3.00"}`, 404, "no_provider"},
		"a day in words":       {`{"provider":"counter","id":"po_3","paid":"today","amount":"3.00"}`, 422, "bad_payout"},
		"a fraction of a cent": {`{"provider":"counter","id":"po_3","paid":"2026-11-21","amount":"3.001"}`, 422, "bad_payout"},
		"no JSON":              {`{`, 400, "bad_request"},
	} {
		status, got := x.call(merchant, "POST", "/v1/merchant/payouts?place=demo", tt.body)
		problem, _ := got["error"].(map[string]any)
		if status != tt.status || tt.code != "" && problem["code"] != tt.code {
			t.Errorf("%s: got %d %v, want %d %s", name, status, got, tt.status, tt.code)
		}
	}
	if status, got := x.csv(merchant, path, "payout,paid\n"); status != 422 || !strings.Contains(sprint(got), "line 1") {
		t.Errorf("a file without amounts: %d %v", status, got)
	}
	_, r := x.call(merchant, "GET", "/v1/merchant/reconciliation?place=demo&provider=counter", "")
	if r["owed"] != "-4.10" || len(r["unknown"].([]any)) != 1 || len(r["open"].([]any)) != 0 || r["untold"] != "3.10" || r["rest"] != "0.00" {
		t.Errorf("reconciliation: %v", r)
	}
	_, l := x.call(merchant, "GET", "/v1/merchant/ledger?place=demo", "")
	if text := sprint(l); !strings.Contains(text, "merchant:demo:bank") || !strings.Contains(text, "counter") {
		t.Errorf("ledger: %v", l)
	}
	if _, list := x.call(merchant, "GET", "/v1/merchant/payouts?place=demo", ""); len(list["payouts"].([]any)) != 2 {
		t.Errorf("payouts: %v", list)
	}
	for _, path := range []string{"/v1/merchant/ledger?place=demo", "/v1/merchant/payouts?place=demo", "/v1/merchant/reconciliation?place=demo&provider=counter"} {
		if status, _ := x.call(ada, "GET", path, ""); status != 401 {
			t.Errorf("%s for a shopper: %d", path, status)
		}
	}
	audit, err := x.db.Audit(t.Context())
	if err != nil || len(audit.Problems) > 0 {
		t.Errorf("audit: %v, %v", audit.Problems, err)
	}
}
