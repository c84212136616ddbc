package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"voicetill/server"
)

// What a provider's callback was refused for is shown where the merchant looks, and
// nothing of what it said.
func TestRefusedCallbacksAreShown(t *testing.T) {
	answer := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := r.URL.Query().Get("n"); n != "" {
				body = "unknown serial " + n
			}
			if status != http.StatusNoContent {
				http.Error(w, body, status)
				return
			}
			w.WriteHeader(status)
		})
	}
	x := newTill(t, func(c *server.Config) {
		c.Callbacks = map[string]http.Handler{
			"stripe":       answer(400, "the event is of another account"),
			"wechat":       answer(401, `{"code": "FAIL", "message": "the signature is not WeChat Pay's"}`),
			"alipay":       answer(403, "fail: the callback is about a payment of another provider"),
			"other/paynow": answer(204, ""),
			"other/late":   answer(503, "not settled yet"),
		}
	})
	m := x.merchant()
	tell := func(path string) {
		t.Helper()
		r, err := x.http.Client().Post(x.http.URL+"/v1/callbacks/"+path, "application/json", strings.NewReader(`{"key": "secret"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
	shown := func() (list []string) {
		t.Helper()
		status, body := x.call(m, "GET", "/v1/merchant/unsettled", "")
		if status != 200 {
			t.Fatalf("got %d %v", status, body)
		}
		for _, row := range body["callbacks"].([]any) {
			r := row.(map[string]any)
			if r["first"] == "" || r["last"] == "" {
				t.Errorf("got %v", r)
			}
			list = append(list, fmt.Sprintf("%v %v %v: %v", r["count"], r["provider"], r["status"], r["reason"]))
		}
		return list
	}
	if got := shown(); len(got) != 0 {
		t.Errorf("before: got %q", got)
	}
	for _, path := range []string{"stripe", "wechat", "other/paynow", "other/late", "alipay", "stripe"} {
		tell(path)
	}
	want := []string{"2 stripe 400: the event is of another account",
		"1 alipay 403: the callback is about a payment of another provider", "1 wechat 401: the signature is not WeChat Pay's"}
	if got := shown(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	for n := range 30 { // a stranger drives out no other provider's
		tell(fmt.Sprintf("wechat?n=%d", n))
	}
	if got := shown(); len(got) != 12 || got[0] != "1 wechat 401: unknown serial 29" || got[11] != want[1] {
		t.Errorf("got %q", got)
	}
}
