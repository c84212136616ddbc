package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/gatewaytest"
	"voicetill/payments/money"
	"voicetill/payments/wechat"
	"voicetill/payments/wechat/wechattest"
)

// told is the notification of a paid order of 500 fen.
func told(t testing.TB, s *shop) (key string, notice *http.Request) {
	t.Helper()
	c := s.NewCharge(500, "")
	_, err := s.Charge(context.Background(), c)
	if err == nil || s.server.Scan(codeOf(err)) != nil {
		t.Fatalf("got %v, want a handoff that can be scanned", err)
	}
	return c.Key, s.server.Notices()[0]
}

// post delivers a notification and returns the status and the keys settled.
func post(s *shop, r *http.Request, fails error) (status int, settled []string) {
	w := httptest.NewRecorder()
	s.Callback(quiet, func(_ context.Context, key string) error {
		settled = append(settled, key)
		return fails
	}).ServeHTTP(w, r)
	return w.Code, settled
}

// elsewhere is what WeChat Pay tells of an order of another merchant's.
func elsewhere(t *testing.T, change func(*wechattest.Merchant)) *http.Request {
	t.Helper()
	m := wechattest.Merchant{AppID: appID, ID: merchantID, Serial: serial, Key: &keys()[0].PublicKey, APIv3: []byte(apiV3)}
	change(&m)
	s := newShop(t, nil)
	server, err := wechattest.New(m, keys()[1], s.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	s.server, s.Line.Handler = server, server
	c := config(s)
	c.AppID, c.Merchant, c.APIv3 = m.AppID, m.ID, m.APIv3
	if s.Gateway, err = wechat.New(c); err != nil {
		t.Fatal(err)
	}
	_, notice := told(t, s)
	return notice
}

func TestNotification(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(t *testing.T, s *shop, r *http.Request) *http.Request
		fails  error
		status int
		calls  bool
	}{
		"settles its order":                   {status: 204, calls: true},
		"of no settlement is taken":           {fails: payments.ErrNotReserved, status: 204, calls: true},
		"comes again when settling fails":     {fails: errors.New("unknown"), status: 503, calls: true},
		"of another way to pay is refused":    {fails: payments.ErrForeign, status: 403, calls: true},
		"is refused after five minutes":       {change: later(5*time.Minute + time.Second), status: 401},
		"is taken after almost five minutes":  {change: later(4*time.Minute + 50*time.Second), status: 204, calls: true},
		"is refused with another body":        {change: body(func(b string) string { return strings.Replace(b, "TRANSACTION", "REFUND", 1) }), status: 401},
		"is refused with another nonce":       {change: header("Wechatpay-Nonce", "x"), status: 401},
		"is refused without nonce":            {change: header("Wechatpay-Nonce", ""), status: 401},
		"is refused with another time":        {change: header("Wechatpay-Timestamp", "1779249601"), status: 401},
		"is refused with no time":             {change: header("Wechatpay-Timestamp", "noon"), status: 401},
		"is refused with another serial":      {change: header("Wechatpay-Serial", "10000000099"), status: 401},
		"is refused with no serial":           {change: header("Wechatpay-Serial", ""), status: 401},
		"is refused with an unknown key's id": {change: header("Wechatpay-Serial", "PUB_KEY_ID_1"), status: 401},
		"is refused with another algorithm":   {change: header("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"), status: 401},
		"is refused with WeChat Pay's probe":  {change: header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/aGVsbG8="), status: 401},
		"is refused with no signature":        {change: header("Wechatpay-Signature", ""), status: 401},
		"is refused when it is too long":      {change: body(func(b string) string { return b + strings.Repeat(" ", 1<<17) }), status: 400},
		"is refused for another application": {change: func(t *testing.T, _ *shop, _ *http.Request) *http.Request {
			return elsewhere(t, func(m *wechattest.Merchant) { m.AppID = "wx1" })
		}, status: 400},
		"is refused for another merchant": {change: func(t *testing.T, _ *shop, _ *http.Request) *http.Request {
			return elsewhere(t, func(m *wechattest.Merchant) { m.ID = "1900000001" })
		}, status: 400},
		"is refused when it is encrypted otherwise": {change: func(t *testing.T, _ *shop, _ *http.Request) *http.Request {
			return elsewhere(t, func(m *wechattest.Merchant) { m.APIv3 = bytes.Repeat([]byte("k"), 32) })
		}, status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			key, r := told(t, s)
			if tt.change != nil {
				r = tt.change(t, s, r)
			}
			status, settled := post(s, r, tt.fails)
			if status != tt.status || (len(settled) == 1 && settled[0] == key) != tt.calls || !tt.calls && len(settled) > 0 {
				t.Errorf("got %d, settled %q, want %d", status, settled, tt.status)
			}
		})
	}
}

type change = func(t *testing.T, s *shop, r *http.Request) *http.Request

func later(d time.Duration) change {
	return func(t *testing.T, s *shop, r *http.Request) *http.Request {
		s.Clock.Wait(t.Context(), d)
		return r
	}
}

func header(name, value string) change {
	return func(_ *testing.T, _ *shop, r *http.Request) *http.Request {
		r.Header.Set(name, value)
		return r
	}
}

func body(edit func(string) string) change {
	return func(t *testing.T, _ *shop, r *http.Request) *http.Request {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		r.Body = io.NopCloser(strings.NewReader(edit(string(text))))
		return r
	}
}

// Certificates are fetched when one is new, checked against the answer's own
// signature, and not asked for again and again by forged serials.
func TestPlatformCertificates(t *testing.T) {
	s := newShop(t, func(c *wechat.Config) { c.PublicKey, c.PublicKeyID = nil, "" })
	asked := &counter{next: s.server}
	s.Line.Handler = asked
	if _, notice := told(t, s); notice == nil || asked.certificates != 1 {
		t.Fatalf("the first answer fetched certificates %d times", asked.certificates)
	}
	if err := s.server.Rotate(keys()[2]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lookup(t.Context(), s.Till.Begin(), money.Of(500, "CNY")); !errors.Is(err, wechat.ErrSignature) {
		t.Errorf("a new serial within the minute: got %v, want ErrSignature", err)
	}
	s.Clock.Wait(t.Context(), time.Minute)
	if _, err := s.Lookup(t.Context(), s.Till.Begin(), money.Of(500, "CNY")); errors.Is(err, wechat.ErrSignature) || asked.certificates != 2 {
		t.Errorf("a minute later: got %v, %d fetches", err, asked.certificates)
	}
	for range 50 {
		_, r := told(t, s)
		r.Header.Set("Wechatpay-Serial", "DEADBEEF")
		post(s, r, nil)
	}
	if asked.certificates > 2 {
		t.Errorf("forged serials made %d fetches", asked.certificates-2)
	}
	s.Clock.Wait(t.Context(), 13*time.Hour)
	if told(t, s); asked.certificates != 3 {
		t.Errorf("after half a day: %d fetches, want 3", asked.certificates)
	}
}

func TestCertificatesByAnotherKeyAreRefused(t *testing.T) {
	s := newShop(t, func(c *wechat.Config) {
		c.PublicKey, c.PublicKeyID = nil, ""
		c.APIv3 = bytes.Repeat([]byte("k"), 32)
	})
	if _, err := s.Lookup(t.Context(), s.Till.Begin(), money.Of(500, "CNY")); !errors.Is(err, wechat.ErrSignature) || !strings.Contains(err.Error(), "api_v3_key_file") {
		t.Errorf("got %v, want ErrSignature that names the key file", err)
	}
}

type counter struct {
	next         http.Handler
	certificates int
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v3/certificates" {
		c.certificates++
	}
	c.next.ServeHTTP(w, r)
}

// What a line between can do to an answer changes nothing but that it is
// unknown.
func TestAnswersThatAreNotSigned(t *testing.T) {
	for name, spoil := range map[string]func(http.ResponseWriter, *httptest.ResponseRecorder){
		"no signature":     func(w http.ResponseWriter, r *httptest.ResponseRecorder) { w.Header().Del("Wechatpay-Signature") },
		"another body":     func(w http.ResponseWriter, r *httptest.ResponseRecorder) { r.Body.WriteString(" ") },
		"another platform": func(w http.ResponseWriter, r *httptest.ResponseRecorder) { w.Header().Set("Wechatpay-Serial", "1") },
		"a page of a proxy": func(w http.ResponseWriter, r *httptest.ResponseRecorder) {
			r.Code = http.StatusForbidden
			r.Body.Reset()
			r.Body.WriteString("<html>")
		},
		"an endless body": func(w http.ResponseWriter, r *httptest.ResponseRecorder) {
			r.Body.WriteString(strings.Repeat(" ", 1<<17))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			good := s.Line.Handler
			s.Line.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				good.ServeHTTP(rec, r)
				for n, v := range rec.Header() {
					w.Header()[n] = v
				}
				spoil(w, rec)
				w.WriteHeader(rec.Code)
				_, _ = w.Write(rec.Body.Bytes())
			})
			c := s.NewCharge(1234, s.server.Code(wechattest.Shopper{}))
			if ref, err := s.Charge(t.Context(), c); !errors.Is(err, wechat.ErrUnknown) {
				t.Errorf("got %q, %v, want ErrUnknown", ref, err)
			}
			if err := s.Reverse(t.Context(), c.Key); err == nil {
				t.Error("it counts as reversed")
			}
		})
	}
}

func FuzzNotification(f *testing.F) {
	s := newShop(f, nil)
	_, good := told(f, s)
	text, err := io.ReadAll(good.Body)
	if err != nil {
		f.Fatal(err)
	}
	h := good.Header
	f.Add(text, h.Get("Wechatpay-Timestamp"), h.Get("Wechatpay-Nonce"), h.Get("Wechatpay-Signature"), h.Get("Wechatpay-Serial"))
	f.Add([]byte("{}"), "0", "", "", "PUB_KEY_ID_")
	f.Add([]byte(`{"resource":{"nonce":"0"}}`), "-1", "\n", "====", "0")
	f.Fuzz(func(t *testing.T, b []byte, at, nonce, signature, serial string) {
		r := httptest.NewRequest(http.MethodPost, notifyURL, bytes.NewReader(b))
		for name, value := range map[string]string{"Timestamp": at, "Nonce": nonce, "Signature": signature, "Serial": serial} {
			r.Header.Set("Wechatpay-"+name, value)
		}
		if status, settled := post(s, r, nil); (status == 204 || len(settled) > 0) && !bytes.Equal(b, text) {
			t.Errorf("%q is taken for a notification", b)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	s := newShop(f, nil)
	var answer []byte
	s.Line.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range wechattest.Sign(keys()[1], wechattest.PublicKeyID, s.Clock.Now(), answer) {
			w.Header().Set(name, value)
		}
		_, _ = w.Write(answer)
	})
	key := s.Till.Begin()
	f.Add([]byte(`{"trade_state":"SUCCESS"}`))
	f.Add([]byte(`{"out_trade_no":"` + number(key) + `","mchid":"` + merchantID + `","trade_state":"REFUND","amount":{"total":-1}}`))
	f.Add([]byte(`{"data":[{"encrypt_certificate":{}}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		answer = b
		if ref, err := s.Lookup(t.Context(), key, money.Of(500, "CNY")); err == nil && (ref == "" || !bytes.Contains(b, []byte("SUCCESS")) && !bytes.Contains(b, []byte(`\u00`))) {
			t.Errorf("%q is read as paid under %q", b, ref)
		}
	})
}

func FuzzOutTradeNo(f *testing.F) {
	clock := gatewaytest.NewClock(noon)
	f.Add((&gatewaytest.Till{Clock: clock}).Begin())
	f.Add("bill-7/1")
	f.Add("a/b/c*d")
	f.Fuzz(func(t *testing.T, key string) {
		no, err := wechat.OutTradeNo(key)
		if err != nil {
			return
		}
		if len(no) < 6 || len(no) > 32 || strings.Trim(no, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-*") != "" {
			t.Errorf("%q has the number %q", key, no)
		}
		if !strings.HasSuffix(key, "/"+no) && strings.ReplaceAll(no, "*", "/") != key {
			t.Errorf("%q cannot be told from %q", key, no)
		}
	})
}

// codeOf is the QR code of a handoff.
func codeOf(err error) string {
	var hand *payments.HandoffError
	if errors.As(err, &hand) {
		return hand.Handoff.QR
	}
	return ""
}
