package server_test

import (
	"sync"
	"testing"
)

func TestAClerkPaysInOncePerKey(t *testing.T) {
	x := newTill(t)
	clerk := x.merchant()
	for _, c := range []struct {
		name, body string
		status     int
		balance    any
	}{
		{"the first time", `{"account":"1002","amount":"10.00","key":"voucher 7"}`, 200, "15.00"},
		{"the same again", `{"account":"1002","amount":"10.00","key":"voucher 7"}`, 200, "15.00"},
		{"another amount under the key", `{"account":"1002","amount":"11.00","key":"voucher 7"}`, 409, nil},
		{"another account under the key", `{"account":"1001","amount":"10.00","key":"voucher 7"}`, 409, nil},
		{"another key", `{"account":"ben@example.com","amount":"0.50","key":"voucher 8"}`, 200, "15.50"},
		{"no key", `{"account":"1002","amount":"10.00"}`, 400, nil},
		{"nothing", `{"account":"1002","amount":"0","key":"k"}`, 400, nil},
		{"less than nothing", `{"account":"1002","amount":"-3","key":"k"}`, 400, nil},
		{"a fraction of a cent", `{"account":"1002","amount":"1.005","key":"k"}`, 400, nil},
		{"no amount", `{"account":"1002","amount":"ten","key":"k"}`, 400, nil},
		{"a merchant's account", `{"account":"merchant@example.com","amount":"1","key":"k"}`, 400, nil},
		{"nobody", `{"account":"9999","amount":"1","key":"k"}`, 404, nil},
	} {
		if status, body := x.call(clerk, "POST", "/v1/merchant/topup?place=demo", c.body); status != c.status || body["balance"] != c.balance {
			t.Errorf("%s: got %d %v, want %d and %v", c.name, status, body, c.status, c.balance)
		}
	}
	if status, _ := x.call(x.shopperSignedIn(), "POST", "/v1/merchant/topup?place=demo", `{"account":"1001","amount":"99","key":"mine"}`); status != 401 {
		t.Errorf("a shopper pays in: %d", status)
	}
	var wg sync.WaitGroup
	for range 8 { // a clerk who taps again and again
		wg.Go(func() {
			if status, body := x.call(clerk, "POST", "/v1/merchant/topup?place=demo", `{"account":"1002","amount":"1","key":"taps"}`); status != 200 {
				t.Errorf("got %d %v", status, body)
			}
		})
	}
	wg.Wait()
	if _, body := x.call(clerk, "POST", "/v1/merchant/topup?place=demo", `{"account":"1002","amount":"1","key":"taps"}`); body["balance"] != "16.50" {
		t.Errorf("after eight taps: %v", body)
	}
	audit, err := x.db.Audit(t.Context())
	if err != nil || len(audit.Problems) > 0 {
		t.Errorf("audit: %v, %v", audit.Problems, err)
	}
}
