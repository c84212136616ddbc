package wechattest_test

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
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"voicetill/payments/wechat/wechattest"
)

const (
	appID      = "wxd678efh567hg6787"
	merchantID = "1900007291"
	serial     = "3775B6A45ACD588826D15E583A95F5DD"
	apiV3      = "0123456789abcdef0123456789ABCDEF"
)

// The fake is proven by an SDK that knows nothing of it: wechatpayv3 for Python.
func TestAnIndependentSDKUnderstandsTheFake(t *testing.T) {
	library, err := filepath.Abs("../../../.test/wechatpay")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(library, "wechatpayv3")); err != nil {
		t.Skip("wechatpayv3 is not installed: .ci/counterparties installs it")
	}
	w := newWorld(t)
	front := httptest.NewServer(w)
	defer front.Close()
	got := w.drive(t, front.URL, library)

	conversation := func(n string) map[string]any {
		return map[string]any{
			"native": []any{200.0, `{"code_url":"weixin://wxp`}, "waits": []any{200.0, "NOTPAY"}, "paid": []any{200.0, "SUCCESS"},
			"other amount": []any{400.0, "INVALID_REQUEST"},
			"notice":       []any{"TRANSACTION.SUCCESS", "native_" + n, "native/" + n, 100.0},
			"close paid":   []any{400.0, "ORDERPAID"}, "close": []any{204.0, ""}, "closed": []any{200.0, "CLOSED"},
			"refund": []any{200.0, "SUCCESS"}, "refund again": []any{200.0, "SUCCESS"}, "refund too much": []any{400.0, "INVALID_REQUEST"},
			"query refund": []any{200.0, "SUCCESS"}, "no refund": []any{404.0, "RESOURCE_NOT_EXISTS"},
			"code": []any{200.0, "SUCCESS"}, "code again": []any{400.0, "AUTH_CODE_INVALID"}, "typing": []any{400.0, "USERPAYING"},
			"reverse early": []any{400.0, "INVALID_REQUEST"}, "reverse": []any{200.0, ""}, "reversed": []any{200.0, "REVOKED"},
			"nothing": []any{404.0, "ORDER_NOT_EXIST"},
		}
	}
	want := map[string]any{"certificate": conversation("one"), "public key": conversation("two"),
		"strange merchant": []any{401.0, "SIGN_ERROR"}, "strange platform": "failed to verify the signature", "changed notice": "nothing"}
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s: got\n%v\nwant\n%v", name, got[name], want[name])
		}
	}
	if kept := w.server.Kept("native_one"); kept != 60 {
		t.Errorf("the fake keeps %d, want 60", kept)
	}
}

// world is the fake, and what happens outside of its API.
type world struct {
	server                      *wechattest.Server
	later                       atomic.Int64 // seconds
	merchant, platform, strange *rsa.PrivateKey
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	for _, k := range []**rsa.PrivateKey{&w.merchant, &w.platform, &w.strange} {
		var err error
		if *k, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			t.Fatal(err)
		}
	}
	now := func() time.Time { return time.Now().Add(time.Duration(w.later.Load()) * time.Second) }
	var err error
	w.server, err = wechattest.New(wechattest.Merchant{AppID: appID, ID: merchantID, Serial: serial, Key: &w.merchant.PublicKey, APIv3: []byte(apiV3)},
		w.platform, now)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch r.URL.Path {
	case "/test/scan":
		if err := w.server.Scan(q.Get("qr")); err != nil {
			http.Error(rw, err.Error(), http.StatusConflict)
		}
	case "/test/code":
		fmt.Fprint(rw, w.server.Code(wechattest.Shopper{Never: q.Get("never") != ""}))
	case "/test/later":
		seconds, err := strconv.ParseInt(q.Get("seconds"), 10, 64)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
		}
		w.later.Add(seconds)
	case "/test/notice":
		w.notice(rw, q.Get("no"))
	default:
		w.server.ServeHTTP(rw, r)
	}
}

// notice writes the next notification, or that of an order again.
func (w *world) notice(rw http.ResponseWriter, no string) {
	var r *http.Request
	if no != "" {
		r = w.server.Again(no)
	} else if n := w.server.Notices(); len(n) == 1 {
		r = n[0]
	}
	if r == nil {
		http.Error(rw, "there is not one notification", http.StatusConflict)
		return
	}
	body, err := io.ReadAll(r.Body)
	headers := map[string]string{}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	if err == nil {
		err = json.NewEncoder(rw).Encode(map[string]any{"headers": headers, "body": string(body)})
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
	}
}

func (w *world) drive(t *testing.T, url, library string) (result map[string]any) {
	t.Helper()
	setup, err := json.Marshal(map[string]string{"url": url, "mchid": merchantID, "serial": serial, "appid": appID, "apiv3": apiV3,
		"notify": "https://till.example.com/v1/callbacks/wechat", "key": private(t, w.merchant), "strange_key": private(t, w.strange),
		"public_key": public(t, w.platform), "strange_public_key": public(t, w.strange), "public_key_id": wechattest.PublicKeyID})
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), "python3", "testdata/sdk.py")
	cmd.Env = append(os.Environ(), "PYTHONPATH="+library, "PYTHONDONTWRITEBYTECODE=1", "NO_PROXY=127.0.0.1")
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
