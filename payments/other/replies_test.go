package other_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/other"
)

var discard = slog.New(slog.DiscardHandler)

// A provider's reply is signed, and yet can be anything.
func TestRepliesThatAreNone(t *testing.T) {
	const key = "bill/1"
	sign := func(r *http.Request, status int, body string) string {
		return other.SignReply(secret, time.Now(), r.Header.Get(other.SignatureHeader), status, []byte(body))
	}
	for name, tt := range map[string]struct {
		status int
		body   string
		sign   func(*http.Request, int, string) string
		want   error // nil: any but a definite one
	}{
		"good":                {200, `{"key":"bill/1","status":"succeeded","ref":"r"}`, sign, nil},
		"no reference":        {200, `{"key":"bill/1","status":"succeeded"}`, sign, other.ErrReply},
		"another key":         {200, `{"key":"bill/2","status":"succeeded","ref":"r"}`, sign, other.ErrReply},
		"no status":           {200, `{"key":"bill/1"}`, sign, other.ErrReply},
		"its amount":          {200, `{"key":"bill/1","status":"succeeded","ref":"r","amount_minor":250,"currency":"EUR"}`, sign, nil},
		"another amount":      {200, `{"key":"bill/1","status":"succeeded","ref":"r","amount_minor":249,"currency":"EUR"}`, sign, payments.ErrAmount},
		"another currency":    {200, `{"key":"bill/1","status":"succeeded","ref":"r","amount_minor":250,"currency":"USD"}`, sign, payments.ErrAmount},
		"a status of its own": {200, `{"key":"bill/1","status":"ok","ref":"r"}`, sign, other.ErrReply},
		"no JSON":             {200, `<html>`, sign, other.ErrReply},
		"an empty body":       {200, ``, sign, other.ErrReply},
		"a conflict":          {409, `{"key":"bill/1","status":"declined"}`, sign, other.ErrReply},
		"a redirect":          {302, `{"key":"bill/1","status":"declined"}`, sign, other.ErrReply},
		"too long":            {200, `{"key":"bill/1","status":"declined","ref":"` + strings.Repeat("x", other.MaxBody) + `"}`, sign, other.ErrSignature},
		"not signed":          {200, `{"key":"bill/1","status":"declined"}`, func(*http.Request, int, string) string { return "" }, other.ErrSignature},
		"signed for another": {200, `{"key":"bill/1","status":"declined"}`, func(r *http.Request, s int, b string) string {
			return other.SignReply(secret, time.Now(), "x", s, []byte(b))
		}, other.ErrSignature},
		"signed by another": {200, `{"key":"bill/1","status":"declined"}`, func(r *http.Request, s int, b string) string {
			return other.SignReply([]byte("x"), time.Now(), r.Header.Get(other.SignatureHeader), s, []byte(b))
		}, other.ErrSignature},
		"unauthorised, not signed": {401, `no`, func(*http.Request, int, string) string { return "" }, other.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set(other.SignatureHeader, tt.sign(r, tt.status, tt.body))
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			_, err := gateway(t, server.URL).Charge(t.Context(), chargeOf(key, "anna", 250))
			if !errors.Is(err, tt.want) || errors.Is(err, payments.ErrNoCharge) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAProviderThatFailsIsAskedThreeTimes(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; r.Header.Get(other.KeyHeader) != "bill/1" {
			t.Errorf("the key of try %d is %q", asked, r.Header.Get(other.KeyHeader))
		}
		http.Error(w, "busy", http.StatusServiceUnavailable)
	}))
	defer server.Close()
	_, err := gateway(t, server.URL).Charge(t.Context(), chargeOf("bill/1", "anna", 250))
	if err == nil || errors.Is(err, payments.ErrNoCharge) || asked != 3 {
		t.Errorf("got %v after %d tries, want an unknown outcome after 3", err, asked)
	}
}
