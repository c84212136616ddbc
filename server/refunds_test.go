package server_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/server"
	"voicetill/server/records"
)

// silent is a provider that charges and then says nothing, or refuses refunds.
type silent struct {
	payments.Gateway
	answers bool
	refuses bool
}

var errSilent = errors.New("the provider does not answer")

func (g *silent) Clearing() string { return "clearing:card" }

func (g *silent) ask() error {
	if g.answers {
		return nil
	}
	return errSilent
}

func (g *silent) Charge(_ context.Context, c payments.Charge) (string, error) {
	return "c" + c.Key, g.ask()
}

func (g *silent) Lookup(_ context.Context, key string, _ money.Amount) (string, error) {
	return "c" + key, g.ask()
}

func (g *silent) Reverse(context.Context, string) error { return g.ask() }

func (g *silent) Refund(_ context.Context, r payments.Refund) (string, error) {
	if g.refuses {
		return "", payments.ErrNoRefund
	}
	return "r" + r.Key, g.ask()
}

// withCard adds a way to pay that goes through g.
func withCard(g *silent, now func() time.Time, cashier **payments.Service) func(*server.Config) {
	return func(c *server.Config) {
		db := c.Records.(records.Records).DB
		key, err := db.PassKey(context.Background())
		if err != nil {
			panic(err)
		}
		*cashier = payments.New(payments.Config{Store: db, Verifier: c.Verifier, PassKey: key, Now: now, Log: slog.New(slog.DiscardHandler),
			Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: db.Prepaid(), "card": g}})
		c.Cashier = *cashier
	}
}

func payByCard(t *testing.T, s *payments.Service, cart string) (payments.Receipt, error) {
	t.Helper()
	price := money.Of(249, "EUR")
	b, err := s.Freeze(t.Context(), payments.Order{Cart: cart, Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Lines: []payments.Line{
		{Line: 1, Item: "1203", Name: "oat milk", Milli: 3000, Unit: catalog.Each, Price: price, Total: money.Of(747, "EUR"), TaxBP: 700}}})
	if err != nil {
		t.Fatal(err)
	}
	return s.Pay(t.Context(), b, payments.Payer{Account: "1001", Method: "card", Terminal: "kiosk",
		Proof: accounts.Proof{Factor: accounts.Password, Secret: "till-demo-1"}})
}

func TestRefundsOverHTTP(t *testing.T) {
	var cashier *payments.Service
	g := &silent{answers: true}
	x := newTill(t, withCard(g, time.Now, &cashier))
	if _, err := payByCard(t, cashier, "cart"); err != nil {
		t.Fatal(err)
	}
	m := x.merchant()
	for _, tt := range []struct {
		name, path, body string
		status           int
		want             string // total, or the error's code
	}{
		{"a part of a line", "1", `{"key": "a", "lines": [{"line": 1, "quantity": "1"}], "reason": "sour", "restock": true}`, 201, "-2.49"},
		{"the same again", "1", `{"key": "a", "lines": [{"line": 1, "quantity": "1"}], "reason": "sour", "restock": true}`, 201, "-2.49"},
		{"the key for something else", "1", `{"key": "a"}`, 409, "key_used"},
		{"an amount", "1", `{"key": "b", "amount": "1.00"}`, 201, "-1.00"},
		{"too much", "1", `{"key": "c", "amount": "4.00"}`, 409, "too_much"},
		{"no key", "1", `{}`, 400, "bad_refund"},
		{"an amount in words", "1", `{"key": "d", "amount": "two"}`, 400, "bad_refund"},
		{"a quantity of nothing", "1", `{"key": "d", "lines": [{"line": 1, "quantity": "0"}]}`, 400, "bad_refund"},
		{"no line of those", "1", `{"key": "d", "lines": []}`, 400, "bad_refund"},
		{"a text that ends in the middle", "1", `{"key": "d\u0000", "amount": "1.00"}`, 400, "bad_request"},
		{"a quantity in words", "1", `{"key": "d", "lines": [{"line": 1, "quantity": "one"}]}`, 400, "bad_refund"},
		{"no JSON", "1", `key=d`, 400, "bad_request"},
		{"a refund's receipt", "2", `{"key": "d"}`, 400, "bad_refund"},
		{"no receipt", "99", `{"key": "d"}`, 404, "no_receipt"},
		{"no number", "one", `{"key": "d"}`, 404, "no_receipt"},
		{"all the rest", "1", `{"key": "e"}`, 201, "-3.98"},
	} {
		status, body := x.call(m, "POST", "/v1/merchant/receipts/"+tt.path+"/refund", tt.body)
		got := body["total"]
		if e, ok := body["error"].(map[string]any); ok {
			got = e["code"]
		}
		if status != tt.status || got != tt.want {
			t.Errorf("%s: got %d %v, want %d %s", tt.name, status, body, tt.status, tt.want)
		}
	}
	_, left := x.call(m, "GET", "/v1/merchant/receipts/1/refund", "")
	if left["left"] != "0.00" || len(left["refunds"].([]any)) != 3 {
		t.Errorf("left: got %v", left)
	}
	if status, _ := x.call(x.browser(), "POST", "/v1/merchant/receipts/1/refund", `{"key": "x"}`); status != 401 {
		t.Errorf("a stranger: got %d, want 401", status)
	}
}

func TestUnsettledOverHTTP(t *testing.T) {
	var cashier *payments.Service
	g := &silent{}
	ahead := time.Duration(0)
	x := newTill(t, withCard(g, func() time.Time { return time.Now().Add(ahead) }, &cashier))
	if _, err := payByCard(t, cashier, "cart"); !errors.Is(err, errSilent) {
		t.Fatalf("got %v, want %v", err, errSilent)
	}
	m := x.merchant()
	list := func() []any {
		t.Helper()
		status, body := x.call(m, "GET", "/v1/merchant/unsettled", "")
		if status != 200 {
			t.Fatalf("list: got %d %v", status, body)
		}
		return body["unsettled"].([]any)
	}
	if got := list(); len(got) != 0 {
		t.Errorf("at once: got %v, want nothing yet", got)
	}
	ahead += payments.Patience
	got := list()
	if len(got) != 1 {
		t.Fatalf("got %v, want one payment", got)
	}
	row := got[0].(map[string]any)
	if row["todo"] != payments.TodoWait || row["amount"] != "7.47" || row["method"] != "card" || row["trouble"] == "" {
		t.Errorf("got %v", row)
	}
	key := fmt.Sprintf(`{"key": %q}`, row["key"])
	ahead += payments.ReverseAfter
	if status, _ := x.call(m, "POST", "/v1/merchant/unsettled/retry", key); status != 204 {
		t.Errorf("try again: got %d", status)
	}
	if row := list()[0].(map[string]any); row["todo"] != payments.TodoReversed {
		t.Errorf("after the window: got %v", row)
	}
	g.answers = true
	x.call(m, "POST", "/v1/merchant/unsettled/retry", key)
	if got := list(); len(got) != 0 {
		t.Errorf("after the provider's answer: got %v", got)
	}
	if status, _ := x.call(m, "POST", "/v1/merchant/unsettled/retry", `{"key": "unknown"}`); status != 404 {
		t.Errorf("an unknown key: got %d", status)
	}
}

func TestARefusedRefundOverHTTP(t *testing.T) {
	var cashier *payments.Service
	g := &silent{answers: true}
	x := newTill(t, withCard(g, time.Now, &cashier))
	for i := range 2 {
		if _, err := payByCard(t, cashier, fmt.Sprint("cart ", i)); err != nil {
			t.Fatal(err)
		}
	}
	m := x.merchant()
	g.refuses = true
	for no := 1; no <= 2; no++ {
		if status, body := x.call(m, "POST", fmt.Sprintf("/v1/merchant/receipts/%d/refund", no), fmt.Sprintf(`{"key": "%d"}`, no)); status != 409 {
			t.Fatalf("got %d %v", status, body)
		}
	}
	_, body := x.call(m, "GET", "/v1/merchant/unsettled", "")
	rows := body["unsettled"].([]any)
	if len(rows) != 2 || rows[0].(map[string]any)["todo"] != payments.TodoByHand {
		t.Fatalf("got %v", rows)
	}
	for i, given := range []bool{true, false} {
		in := fmt.Sprintf(`{"key": %q, "given": %v}`, rows[i].(map[string]any)["key"], given)
		if status, body := x.call(m, "POST", "/v1/merchant/unsettled/close", in); status != 204 {
			t.Errorf("close: got %d %v", status, body)
		}
	}
	if _, body := x.call(m, "GET", "/v1/merchant/unsettled", ""); len(body["unsettled"].([]any)) != 0 {
		t.Errorf("still listed: %v", body)
	}
	for no, want := range map[int]string{1: "0.00", 2: "7.47"} {
		if _, left := x.call(m, "GET", fmt.Sprintf("/v1/merchant/receipts/%d/refund", no), ""); left["left"] != want {
			t.Errorf("left of receipt %d: got %v, want %s", no, left["left"], want)
		}
	}
	if a, err := x.db.Audit(t.Context()); err != nil || len(a.Problems) != 0 {
		t.Errorf("audit: %v %v", a.Problems, err)
	}
}
