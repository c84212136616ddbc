package provider_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/payments/provider"
)

func TestOnlyThisMachineIsTalkedToInClear(t *testing.T) {
	for address, want := range map[string]bool{
		"https://pay.example.com":   true,
		"http://localhost:8080/pay": true,
		"http://127.0.0.1":          true,
		"http://[::1]:80":           true,
		"http://pay.example.com":    false,
		"http://localhost.evil.com": false,
		"ftp://localhost":           false,
		"https://":                  false,
		"pay.example.com":           false,
		"":                          false,
		"http://%zz":                false,
	} {
		if got := provider.Secure(address); got != want {
			t.Errorf("%q: got %v, want %v", address, got, want)
		}
	}
}

func TestAConfigurationFileHasTheFieldsThatItMayHave(t *testing.T) {
	for name, c := range map[string]struct{ text, wrong string }{
		"good":              {`{"a": "b"}`, ""},
		"no JSON":           {`a = b`, "no JSON object"},
		"an unknown field":  {`{"a": "b", "c": 1}`, `unknown field "c"`},
		"of the wrong kind": {`{"a": 1}`, "no JSON object"},
	} {
		file := filepath.Join(t.TempDir(), "pay.json")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var got struct {
			A string `json:"a"`
		}
		err := provider.ReadFile(file, &got)
		if c.wrong == "" && (err != nil || got.A != "b") || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	if err := provider.ReadFile(filepath.Join(t.TempDir(), "none"), &struct{}{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}
