package conform_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments/other"
	"voicetill/payments/other/conform"
	"voicetill/payments/other/othertest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("a secret of thirty-two bytes....")

// failures are the sentences that a provider does not keep.
func failures(t *testing.T, h http.Handler) []string {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	var failed []string
	tried := 0
	c := conform.Config{URL: server.URL, Secret: secret, Payer: "anna", Poor: "ben", Currency: "EUR", AmountMinor: 250, Client: server.Client()}
	n, err := conform.Run(t.Context(), c, func(r conform.Result) {
		tried++
		if r.Err != nil {
			failed = append(failed, r.Sentence+": "+r.Err.Error())
		}
	})
	if err != nil || n != len(failed) || tried != 13 {
		t.Fatalf("got %d of %d, %v, want %d of 13", n, tried, err, len(failed))
	}
	return failed
}

func provider() *othertest.Provider {
	return othertest.New(secret, time.Now, map[string]int64{"anna": 100_000, "ben": 3})
}

func TestTheProviderToCopyFromConforms(t *testing.T) {
	for _, f := range failures(t, provider().Handler()) {
		t.Error(f)
	}
}

// Each flaw must be found by the check that is there for it.
func TestEachCheckCanFail(t *testing.T) {
	reply := func(change func(*http.Request, *other.State, *int)) othertest.Flaw {
		return othertest.Flaw{Reply: func(r *http.Request, s other.State, status int) (other.State, int) {
			change(r, &s, &status)
			return s, status
		}}
	}
	for name, tt := range map[string]struct {
		flaw othertest.Flaw
		want string // a part of the sentence
	}{
		"takes what is not signed": {othertest.Flaw{Accept: func(r *http.Request, _ []byte) bool { return r.Header.Get(other.SignatureHeader) == "" }}, "without a signature"},
		"takes any signature":      {othertest.Flaw{Accept: func(r *http.Request, _ []byte) bool { return r.Header.Get(other.SignatureHeader) != "" }}, "by another secret"},
		"takes an old signature": {othertest.Flaw{Accept: func(r *http.Request, body []byte) bool {
			then := time.Now().Add(-other.Tolerance - 10*time.Second)
			return other.CheckRequest(secret, then, r.Header.Get(other.SignatureHeader), r.Method, r.URL.RequestURI(), body) == nil
		}}, "older or newer"},
		"finds another reference": {reply(func(r *http.Request, s *other.State, _ *int) {
			if r.Method == http.MethodGet && s.Ref != "" {
				s.Ref += "x"
			}
		}), "its key finds it"},
		"charges again":            {othertest.ChargesAgain(), "once per key"},
		"sees no conflict":         {reply(func(_ *http.Request, _ *other.State, status *int) { *status = http.StatusOK }), "409"},
		"says declined for none":   {othertest.Answers(http.MethodGet, "/v1/charges", other.None, other.Declined), "never arrived is none"},
		"reverses nothing":         {othertest.ReversesNothing(), "stays so"},
		"charges what it reversed": {othertest.Answers(http.MethodPost, "/v1/charges", other.Reversed, other.Succeeded), "after its reversal"},
		"refunds again":            {othertest.RefundsAgain(), "a refund of a part"},
		"refunds too much":         {othertest.Answers(http.MethodPost, "/v1/refunds", other.Declined, other.Succeeded), "never more"},
		"refunds what was never":   {othertest.Answers(http.MethodPost, "/v1/refunds", other.Declined, other.Succeeded), "never charged"},
		"says not what there is":   {reply(func(_ *http.Request, s *other.State, _ *int) { s.HaveMinor = nil }), "too little"},
	} {
		t.Run(name, func(t *testing.T) {
			found := failures(t, othertest.Tamper(provider().Handler(), secret, tt.flaw))
			if !strings.Contains(strings.Join(found, "\n"), tt.want) {
				t.Errorf("got %q, want one with %q", found, tt.want)
			}
		})
	}
}

func TestRepliesWithoutSignatureFail(t *testing.T) {
	h := provider().Handler()
	found := failures(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		w.WriteHeader(out.Code)
		_, _ = w.Write(out.Body.Bytes())
	}))
	if len(found) < 10 {
		t.Errorf("only %q", found)
	}
}

func TestConfigsThatCannotBe(t *testing.T) {
	good := conform.Config{URL: "http://localhost:1", Secret: secret, Payer: "anna", Currency: "EUR", AmountMinor: 250}
	for name, change := range map[string]func(*conform.Config){
		"no payer":       func(c *conform.Config) { c.Payer = "" },
		"a tiny amount":  func(c *conform.Config) { c.AmountMinor = 3 },
		"no currency":    func(c *conform.Config) { c.Currency = "" },
		"a short secret": func(c *conform.Config) { c.Secret = nil },
		"no address":     func(c *conform.Config) { c.URL = "" },
	} {
		c := good
		change(&c)
		if _, err := conform.Run(t.Context(), c, func(conform.Result) {}); !errors.Is(err, other.ErrConfig) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
