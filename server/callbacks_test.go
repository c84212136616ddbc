package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"voicetill/server"
)

func TestACallbackReachesItsProviderUnchanged(t *testing.T) {
	got := ""
	x := newTill(t, func(c *server.Config) {
		c.Callbacks = map[string]http.Handler{"other/paynow": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got = r.URL.RequestURI() + " " + r.Header.Get("Voicetill-Signature") + " " + string(body)
			w.WriteHeader(http.StatusNoContent)
		})}
	})
	for name, tt := range map[string]struct {
		method, path string
		want         int
		got          string
	}{
		"told":             {"POST", "/v1/callbacks/other/paynow?a=b", 204, "/v1/callbacks/other/paynow?a=b t=1,v1=2 {\"a\": 1}"},
		"another provider": {"POST", "/v1/callbacks/other/else", 404, ""},
		"looked at":        {"GET", "/v1/callbacks/other/paynow", 405, ""},
	} {
		got = ""
		r, err := http.NewRequest(tt.method, x.http.URL+tt.path, strings.NewReader(`{"a": 1}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Voicetill-Signature", "t=1,v1=2")
		resp, err := x.browser().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.want || got != tt.got {
			t.Errorf("%s: got %d, %q, want %d, %q", name, resp.StatusCode, got, tt.want, tt.got)
		}
	}
}
