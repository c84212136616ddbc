package alipaytest_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"voicetill/payments/alipay/alipaytest"
)

const (
	appID    = "2021000122671080"
	sellerID = "2088102175794899"
)

// The fake is proven by Alipay's own SDK for Node.
func TestAlipaysSDKUnderstandsTheFake(t *testing.T) {
	library, err := filepath.Abs("../../../.test/alipay")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(library, "node_modules/alipay-sdk")); err != nil {
		t.Skip("alipay-sdk is not installed: .ci/counterparties installs it")
	}
	w := newWorld(t)
	front := httptest.NewServer(w)
	defer front.Close()
	got := w.drive(t, front.URL, library)

	want := map[string]any{
		"precreate": []any{"10000", "https://qr.alipay.com/"}, "unscanned": []any{"40004", "ACQ.TRADE_NOT_EXIST"},
		"scanned": []any{"10000", "WAIT_BUYER_PAY"}, "paid": []any{"10000", "TRADE_SUCCESS", "12.34"},
		"other amount": []any{"40004", "ACQ.CONTEXT_INCONSISTENT"},
		"notice":       []any{true, "TRADE_SUCCESS", "qr_1", "12.34", sellerID}, "changed notice": false,
		"refund": []any{"10000", "Y"}, "refund again": []any{"10000", "N"}, "refund too much": []any{"40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"},
		"query refund": []any{"10000", "REFUND_SUCCESS"}, "no refund": []any{"10000", ""},
		"code": []any{"10000", ""}, "bad code": []any{"40004", "ACQ.PAYMENT_AUTH_CODE_INVALID"}, "typing": []any{"10003", ""},
		"cancel unpaid": []any{"10000", "close"}, "cancelled": []any{"10000", "TRADE_CLOSED"}, "cancel paid": []any{"10000", "refund"},
		"nothing":             []any{"40004", "ACQ.TRADE_NOT_EXIST"},
		"strange application": []any{"40002", "isv.invalid-signature"}, "strange platform": "验签失败",
	}
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s: got %v, want %v", name, got[name], want[name])
		}
	}
	if kept := w.server.Kept("qr_1"); kept != 1000 {
		t.Errorf("the fake keeps %d, want 1000", kept)
	}
}

// world is the fake, and what happens outside of its API.
type world struct {
	server               *alipaytest.Server
	app, alipay, strange *rsa.PrivateKey
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	for _, k := range []**rsa.PrivateKey{&w.app, &w.alipay, &w.strange} {
		var err error
		if *k, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			t.Fatal(err)
		}
	}
	w.server = alipaytest.New(alipaytest.App{ID: appID, Seller: sellerID, Key: &w.app.PublicKey}, w.alipay, time.Now)
	return w
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch r.URL.Path {
	case "/gateway.do":
		w.server.ServeHTTP(rw, r)
	case "/test/scan":
		if err := w.server.Scan(q.Get("qr"), q.Get("pays") != ""); err != nil {
			http.Error(rw, err.Error(), http.StatusConflict)
		}
	case "/test/code":
		fmt.Fprint(rw, w.server.Code(alipaytest.Shopper{Never: q.Get("never") != ""}))
	case "/test/notice":
		n := w.server.Notices()
		if len(n) != 1 {
			http.Error(rw, fmt.Sprintf("there are %d notifications", len(n)), http.StatusConflict)
			return
		}
		if _, err := io.Copy(rw, n[0].Body); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
		}
	default:
		http.NotFound(rw, r)
	}
}

func (w *world) drive(t *testing.T, url, library string) (result map[string]any) {
	t.Helper()
	setup, err := json.Marshal(map[string]string{"url": url, "app": appID, "notify": "https://till.example.com/v1/callbacks/alipay",
		"key": private(t, w.app), "strange_key": private(t, w.strange), "public_key": public(t, w.alipay), "strange_public_key": public(t, w.strange)})
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), "node", "testdata/sdk.mjs")
	cmd.Env = append(os.Environ(), "SDK="+library, "NO_PROXY=127.0.0.1")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(setup), &stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &result)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return result
}

func private(t *testing.T, k *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func public(t *testing.T, k *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
