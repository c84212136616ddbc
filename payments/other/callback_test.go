package other_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/other"
)

func TestCallback(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	const path, body = "/v1/callbacks/other/paynow", `{"key":"bill/1","status":"succeeded","ref":"r"}`
	for name, tt := range map[string]struct {
		body   string
		signed time.Time
		settle error
		want   int
		told   bool
	}{
		"settled":               {body, noon, nil, 204, true},
		"not settled yet":       {body, noon, other.ErrUnknown, 503, true},
		"of no payment here":    {body, noon, payments.ErrNotReserved, 404, true},
		"of another provider":   {body, noon, payments.ErrForeign, 403, true},
		"too old":               {body, noon.Add(-other.Tolerance - time.Second), nil, 401, false},
		"not signed":            {body, time.Time{}, nil, 401, false},
		"no key":                {`{"status":"succeeded"}`, noon, nil, 400, false},
		"no JSON":               {`key=bill/1`, noon, nil, 400, false},
		"more than is accepted": {strings.Repeat(" ", other.MaxBody) + body, noon, nil, 400, false},
	} {
		told := false
		h := other.Callback(secret, func() time.Time { return noon }, discard, func(_ context.Context, key string) error {
			told = key == "bill/1"
			return tt.settle
		})
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(tt.body))
		if !tt.signed.IsZero() {
			r.Header.Set(other.SignatureHeader, other.SignRequest(secret, tt.signed, http.MethodPost, path, []byte(tt.body)))
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want || told != tt.told {
			t.Errorf("%s: got %d, told %t, want %d, %t", name, w.Code, told, tt.want, tt.told)
		}
	}
}

// FuzzCallback signs what strangers can only guess, so that the body is read.
func FuzzCallback(f *testing.F) {
	f.Add([]byte(`{"key":"bill/1","status":"succeeded"}`))
	f.Add([]byte(`{"key":1}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		settled := ""
		h := other.Callback(secret, time.Now, discard, func(_ context.Context, key string) error { settled = key; return errors.New("busy") })
		r := httptest.NewRequest(http.MethodPost, "/x", bytes.NewReader(body))
		r.Header.Set(other.SignatureHeader, other.SignRequest(secret, time.Now(), http.MethodPost, "/x", body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if (settled != "") != (w.Code == 503) || settled == "" && w.Code != 400 {
			t.Errorf("%q: %d, settled %q", body, w.Code, settled)
		}
	})
}

// FuzzReply signs anything: nothing but a state of the key has an outcome.
func FuzzReply(f *testing.F) {
	f.Add(200, []byte(`{"key":"bill/1","status":"succeeded","ref":"r"}`))
	f.Add(200, []byte(`{"key":"bill/1","status":"declined","have_minor":-1}`))
	f.Add(409, []byte(`{"key":"bill/1","status":"pending","handoff":{}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 499 {
			return
		}
		server := roundTrip(func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			w.Header().Set(other.SignatureHeader, other.SignReply(secret, time.Now(), r.Header.Get(other.SignatureHeader), status, body))
			w.WriteHeader(status)
			_, _ = w.Write(body)
			return w.Result(), nil
		})
		g, err := other.New(other.Config{Name: "p", URL: "http://localhost", Secret: secret, Pause: 1, Client: &http.Client{Transport: server}})
		if err != nil {
			t.Fatal(err)
		}
		ref, err := g.Charge(t.Context(), chargeOf("bill/1", "anna", 250))
		if err == nil && (status != 200 || !bytes.Contains(body, []byte("succeeded")) || ref == "") {
			t.Errorf("%d %q is a charge with reference %q", status, body, ref)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
