package alipay_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"voicetill/payments"
	"voicetill/payments/alipay"
	"voicetill/payments/alipay/alipaytest"
	"voicetill/payments/money"
	"voicetill/payments/rsakey"
)

// told is the notification of a paid order of 500 fen, as a form.
func told(t testing.TB, s *shop) (key string, form url.Values) {
	t.Helper()
	c := s.NewCharge(500, "")
	_, err := s.Charge(context.Background(), c)
	var hand *payments.HandoffError
	if !errors.As(err, &hand) || s.server.Scan(hand.Handoff.QR, true) != nil {
		t.Fatalf("got %v, want a handoff that can be scanned", err)
	}
	n := s.server.Notices()
	text, err := io.ReadAll(n[len(n)-1].Body)
	if err != nil {
		t.Fatal(err)
	}
	if form, err = url.ParseQuery(string(text)); err != nil {
		t.Fatal(err)
	}
	return c.Key, form
}

func post(s *shop, body string, fails error) (status int, answer string, settled []string) {
	w := httptest.NewRecorder()
	s.Callback(quiet, func(_ context.Context, key string) error {
		settled = append(settled, key)
		return fails
	}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, notifyURL, strings.NewReader(body)))
	return w.Code, w.Body.String(), settled
}

// signed is the form with a value changed and Alipay's signature over it.
func signed(t *testing.T, form url.Values, name, value string) string {
	t.Helper()
	form.Set(name, value)
	signature, err := rsakey.Sign(keys()[1], alipaytest.Text(form, "sign", "sign_type"))
	if err != nil {
		t.Fatal(err)
	}
	form.Set("sign", signature)
	return form.Encode()
}

func TestNotification(t *testing.T) {
	sign := func(name, value string) func(*testing.T, url.Values) string {
		return func(t *testing.T, f url.Values) string { return signed(t, f, name, value) }
	}
	forge := func(name, value string) func(*testing.T, url.Values) string {
		return func(_ *testing.T, f url.Values) string {
			f.Set(name, value)
			return f.Encode()
		}
	}
	for name, tt := range map[string]struct {
		body   func(*testing.T, url.Values) string
		fails  error
		status int
		calls  bool
	}{
		"settles its order":                       {body: sign("x", ""), status: 200, calls: true},
		"of no settlement is taken":               {body: sign("x", ""), fails: payments.ErrNotReserved, status: 200, calls: true},
		"comes again when settling fails":         {body: sign("x", ""), fails: errors.New("unknown"), status: 503, calls: true},
		"of another way to pay is refused":        {body: sign("x", ""), fails: payments.ErrForeign, status: 403, calls: true},
		"with further parameters settles":         {body: sign("new_parameter", "a=b&c"), status: 200, calls: true},
		"of a closed order is looked up":          {body: sign("trade_status", "TRADE_CLOSED"), status: 200, calls: true},
		"of a scanned code is taken":              {body: sign("trade_status", "WAIT_BUYER_PAY"), status: 200},
		"is refused over another amount":          {body: sign("total_amount", "0.01"), status: 400},
		"is refused over no amount":               {body: sign("total_amount", "x"), status: 400},
		"is refused for another application":      {body: sign("app_id", "2021"), status: 400},
		"is refused for another account":          {body: sign("seller_id", "2088"), status: 400},
		"is refused for another's order":          {body: sign("out_trade_no", "20260520-1"), status: 400},
		"is refused with a forged amount":         {body: forge("total_amount", "5.01"), status: 401},
		"is refused with a forged order":          {body: forge("out_trade_no", "a_b"), status: 401},
		"is refused with a parameter too many":    {body: forge("x", "y"), status: 401},
		"is refused with another signature type":  {body: forge("sign_type", "RSA"), status: 401},
		"is refused without signature":            {body: forge("sign", ""), status: 401},
		"is refused with a parameter given twice": {body: func(_ *testing.T, f url.Values) string { return f.Encode() + "&out_trade_no=a_b" }, status: 401},
		"is refused when it is no form":           {body: func(*testing.T, url.Values) string { return "%zz" }, status: 401},
		"is refused when it is too long":          {body: func(_ *testing.T, f url.Values) string { return f.Encode() + strings.Repeat("&", 1<<17) }, status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			key, form := told(t, s)
			status, answer, settled := post(s, tt.body(t, form), tt.fails)
			if status != tt.status || (answer == "success") != (status == 200) || (len(settled) == 1) != tt.calls || tt.calls && settled[0] != key {
				t.Errorf("got %d %q, settled %q, want %d", status, answer, settled, tt.status)
			}
		})
	}
}

// What a line between can do to an answer changes nothing but that it is
// unknown.
func TestAnswersThatAreNotSigned(t *testing.T) {
	for name, spoil := range map[string]func(string) string{
		"no signature":      func(s string) string { return s[:strings.Index(s, `,"sign"`)] + "}" },
		"a space within":    func(s string) string { return strings.Replace(s, `{"`, `{ "`, 2) },
		"another amount":    func(s string) string { return strings.Replace(s, "12.34", "12.35", 1) },
		"slashes as such":   func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "Success", `S\/`), `\/`, "/") },
		"another method's":  func(s string) string { return strings.Replace(s, "_trade_", "_fund_", 1) },
		"a page of a proxy": func(string) string { return "<html>" },
		"nothing":           func(string) string { return "" },
		"an endless body":   func(s string) string { return s + strings.Repeat(" ", 1<<17) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			good := s.Line.Handler
			s.Line.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				good.ServeHTTP(rec, r)
				_, _ = io.WriteString(w, spoil(rec.Body.String()))
			})
			c := s.NewCharge(1234, s.server.Code(alipaytest.Shopper{}))
			if ref, err := s.Charge(t.Context(), c); !errors.Is(err, alipay.ErrUnknown) {
				t.Errorf("got %q, %v, want ErrUnknown", ref, err)
			}
			if err := s.Reverse(t.Context(), c.Key); err == nil {
				t.Error("it counts as reversed")
			}
		})
	}
}

func FuzzNotification(f *testing.F) {
	s := newShop(f)
	_, good := told(f, s)
	f.Add(good.Encode())
	f.Add("sign=&sign_type=RSA2")
	f.Add("sign_type=RSA2&sign=%00&sign=a")
	f.Fuzz(func(t *testing.T, body string) {
		v, err := url.ParseQuery(body)
		same := err == nil && v.Encode() == good.Encode()
		if status, _, settled := post(s, body, nil); (status == 200 || len(settled) > 0) && !same {
			t.Errorf("%q is taken for a notification", body)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	s := newShop(f)
	var node []byte
	s.Line.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signature, err := rsakey.Sign(keys()[1], node)
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(w, `{"alipay_trade_query_response":`+string(node)+`,"sign":"`+signature+`"}`)
	})
	key := s.Till.Begin()
	f.Add([]byte(`{"code":"10000","trade_no":"1","trade_status":"TRADE_SUCCESS","out_trade_no":"` + number(key) + `"}`))
	f.Add([]byte(`{"code":"10000","trade_status":"TRADE_SUCCESS"}`))
	f.Add([]byte(`{},"sign":""`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		node = b
		ref, err := s.Lookup(t.Context(), key, money.Of(500, "CNY"))
		if err == nil && (ref == "" || !bytes.Contains(b, []byte("TRADE_")) && !bytes.Contains(b, []byte(`\u00`))) {
			t.Errorf("%q is read as paid under %q", b, ref)
		}
	})
}

func FuzzOutTradeNo(f *testing.F) {
	f.Add("01J8ZQ4K5N6P7R8S9T0V1W2X3Y/01J8ZQ4K5N6P7R8S9T0V1W2X3Z")
	f.Add("bill_7/1")
	f.Fuzz(func(t *testing.T, key string) {
		no, err := alipay.OutTradeNo(key)
		if err != nil {
			return
		}
		if back, err := alipay.Key(no); err != nil || back != key || len(no) > 64 || strings.ContainsAny(no, "/-. ") {
			t.Errorf("%q has the number %q, and that is of %q, %v", key, no, back, err)
		}
	})
}
