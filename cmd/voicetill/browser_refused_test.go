package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheConsoleShowsRefusedCallbacks: whoever set up a wrong secret sees it where
// what is unsettled is shown, and what to do.
func TestTheConsoleShowsRefusedCallbacks(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "paynow.secret")
	if err := os.WriteFile(secret, []byte("0123456789abcdef0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	till := startBrowserTill(t, "--typed-only", "--provider", "paynow=http://localhost:1/till,"+secret)
	r, err := http.Post("http://"+till.address+"/v1/callbacks/other/paynow", "application/json", strings.NewReader(`{"key": "a", "status": "succeeded"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	s := openScreen(t, openBrowser(t), till.address, "/merchant#unsettled", desktop)
	enterConsole(t, s)
	s.sees(".unsettled", "Everything is settled")
	s.sees(`.unsettled [data-provider="other/paynow"]`, "signature")
	s.sees(".unsettled", "No payment is lost")
	s.view("merchant-refused-callbacks")
}
