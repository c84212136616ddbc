package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"voicetill/payments"
	"voicetill/payments/alipay"
	"voicetill/payments/alipay/alipaytest"
	"voicetill/payments/money"
	"voicetill/payments/wechat"
	"voicetill/payments/wechat/wechattest"
)

// appWorld is a WeChat Pay and an Alipay on this machine, and the files that
// set the till up for them.
type appWorld struct {
	wechat *wechattest.Server
	alipay *alipaytest.Server
	flags  gatewayFlags
}

func newAppWorld(t *testing.T) *appWorld {
	t.Helper()
	ours, theirs := newRSA(t), newRSA(t)
	secret := rand.Text() + rand.Text()[:6]
	w := &appWorld{alipay: alipaytest.New(alipaytest.App{ID: "2021", Seller: "2088", Key: &ours.PublicKey}, theirs, time.Now)}
	var err error
	w.wechat, err = wechattest.New(wechattest.Merchant{AppID: "wx1", ID: "1900", Serial: "3775", Key: &ours.PublicKey, APIv3: []byte(secret)}, theirs, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	wechatFront, alipayFront := httptest.NewServer(w.wechat), httptest.NewServer(w.alipay)
	t.Cleanup(wechatFront.Close)
	t.Cleanup(alipayFront.Close)
	dir := t.TempDir()
	der, err := x509.MarshalPKIXPublicKey(&theirs.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"ours.pem":   string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(ours)})),
		"theirs.pem": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"v3.txt":     secret,
		"wechat.json": fmt.Sprintf(`{"app_id": "wx1", "merchant_id": "1900", "serial": "3775", "private_key_file": "ours.pem", "api_v3_key_file": "v3.txt",
			"base_url": %q, "notify_url": "https://till.example.com/v1/callbacks/wechat"}`, wechatFront.URL),
		"alipay.json": fmt.Sprintf(`{"app_id": "2021", "seller_id": "2088", "private_key_file": "ours.pem", "alipay_public_key_file": "theirs.pem",
			"base_url": %q, "notify_url": "https://till.example.com/v1/callbacks/alipay"}`, alipayFront.URL+"/gateway.do"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.flags = gatewayFlags{wechat: filepath.Join(dir, "wechat.json"), alipay: filepath.Join(dir, "alipay.json")}
	return w
}

func newRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Both apps as serve makes them, over HTTP: a code that is shown, scanned and
// told, and a code that is scanned by the till.
func TestPaymentAppsAsServeMakesThem(t *testing.T) {
	w := newAppWorld(t)
	told := ""
	g := &gateways{by: map[payments.Method]payments.Gateway{}, callbacks: map[string]http.Handler{},
		settle: func(_ context.Context, by payments.Method, key string) error {
			told = string(by) + " " + key
			return nil
		}, log: slog.New(slog.DiscardHandler)}
	if err := w.flags.open(g); err != nil {
		t.Fatal(err)
	}
	for method, world := range map[payments.Method]struct {
		code    func() string
		scan    func(qr string) error
		notices func() []*http.Request
	}{
		"wechat": {func() string { return w.wechat.Code(wechattest.Shopper{}) }, w.wechat.Scan, w.wechat.Notices},
		"alipay": {func() string { return w.alipay.Code(alipaytest.Shopper{}) }, func(qr string) error { return w.alipay.Scan(qr, true) }, w.alipay.Notices},
	} {
		t.Run(string(method), func(t *testing.T) {
			charge := payments.Charge{Key: ulid.Make().String() + "/" + ulid.Make().String(), Merchant: "m1", Amount: money.Of(250, "CNY"), At: time.Now()}
			var hand *payments.HandoffError
			if _, err := g.by[method].Charge(t.Context(), charge); !errors.As(err, &hand) {
				t.Fatalf("got %v, want a code to scan", err)
			}
			if err := world.scan(hand.Handoff.QR); err != nil {
				t.Fatal(err)
			}
			for _, n := range world.notices() {
				rec := httptest.NewRecorder()
				g.callbacks[string(method)].ServeHTTP(rec, n)
				if rec.Code >= 300 {
					t.Errorf("a notification is answered with %d %s", rec.Code, rec.Body)
				}
			}
			if ref, err := g.by[method].Lookup(t.Context(), charge.Key, charge.Amount); told != string(method)+" "+charge.Key || ref == "" || err != nil {
				t.Errorf("told of %q, found %q, %v", told, ref, err)
			}
			charge.Key, charge.Code = ulid.Make().String()+"/"+ulid.Make().String(), world.code()
			if ref, err := g.by[method].Charge(t.Context(), charge); ref == "" || err != nil {
				t.Errorf("by code: got %q, %v", ref, err)
			}
		})
	}
}

func TestServeNamesAMistakeInAnAppsFile(t *testing.T) {
	w := newAppWorld(t)
	for _, file := range []string{w.flags.wechat, w.flags.alipay} {
		if err := os.WriteFile(file, []byte(`{"private_key_file": "none.pem"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []gatewayFlags{{wechat: w.flags.wechat}, {alipay: w.flags.alipay}, {wechat: "none.json"}} {
		if g, err := openGateways(f); !errors.Is(err, wechat.ErrConfig) && !errors.Is(err, alipay.ErrConfig) || len(g.callbacks) > 0 {
			t.Errorf("%+v: got %v, and callbacks %v", f, err, g.callbacks)
		}
	}
}
