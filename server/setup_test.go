package server_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"testing"

	"voicetill/catalog"
	"voicetill/catalog/pictures"
	"voicetill/models"
	"voicetill/server"
)

func TestTheFirstMerchantIsSetUpOnce(t *testing.T) {
	x := newTill(t)
	token, err := x.db.SetUpToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, body := x.call(x.browser(), "GET", "/v1/setup", ""); body["open"] != true {
		t.Errorf("got %v", body)
	}
	ask := func(token, shop, currency, email, password string) string {
		return fmt.Sprintf(`{"token": %q, "shop": %q, "currency": %q, "email": %q, "password": %q}`, token, shop, currency, email, password)
	}
	for _, tt := range []struct{ name, body, code string }{
		{"no shop", ask(token, " ", "EUR", "a@example.com", "long enough"), "bad_shop"},
		{"no currency", ask(token, "Corner", "euro", "a@example.com", "long enough"), "bad_currency"},
		{"no address", ask(token, "Corner", "EUR", "a example.com", "long enough"), "bad_email"},
		{"a short password", ask(token, "Corner", "EUR", "a@example.com", "1234567"), "short_password"},
		{"another token", ask("guessed", "Corner", "EUR", "a@example.com", "long enough"), "set_up"},
		{"an address that is taken", ask(token, "Corner", "EUR", "ada@example.com", "long enough"), "account_taken"},
		{"no JSON", "{", "bad_request"},
	} {
		if _, body := x.call(x.browser(), "POST", "/v1/setup", tt.body); fmt.Sprint(body["error"].(map[string]any)["code"]) != tt.code {
			t.Errorf("%s: got %v, want %s", tt.name, body, tt.code)
		}
	}
	m := x.browser()
	status, body := x.call(m, "POST", "/v1/setup", ask(token, "Änne's Corner Shop", "EUR", "a@example.com", "long enough"))
	if status != 201 || fmt.Sprint(body["merchant"]) != "map[id:anne-s-corner-shop name:Änne's Corner Shop place:anne-s-corner-shop places:[map[id:anne-s-corner-shop name:Änne's Corner Shop]]]" {
		t.Fatalf("got %d %v", status, body)
	}
	if status, body := x.call(m, "GET", "/v1/merchant/items?place=anne-s-corner-shop&limit=1", ""); status != 200 || body["all"] != 0.0 {
		t.Errorf("the new shop: %d %v", status, body)
	}
	if status, _ := x.call(m, "GET", "/v1/merchant/items?place=demo", ""); status != 403 {
		t.Errorf("the demo shop: %d", status)
	}
	if status, _ := x.call(x.browser(), "POST", "/v1/setup", ask(token, "Other", "EUR", "b@example.com", "long enough")); status != 403 {
		t.Errorf("a second time: %d", status)
	}
	status, trial := x.call(m, "POST", "/v1/merchant/trial?place=anne-s-corner-shop", "{}")
	if status != 201 || trial["balance"] != "50.00" {
		t.Fatalf("got %d %v", status, trial)
	}
	login := fmt.Sprintf(`{"role": "shopper", "account": %q, "password": %q}`, trial["number"], trial["password"])
	if status, body := x.call(x.browser(), "POST", "/v1/session", login); status != 200 {
		t.Errorf("the trial shopper signs in: %d %v", status, body)
	}
	if status, _ := x.call(x.browser(), "POST", "/v1/merchant/trial?place=anne-s-corner-shop", "{}"); status != 401 {
		t.Errorf("a stranger's trial: %d", status)
	}
}

func TestTheSampleIsAGoodUpload(t *testing.T) {
	sample, err := fs.Sub(models.FS, "demo")
	if err != nil {
		t.Fatal(err)
	}
	x := newTill(t, func(c *server.Config) { c.Sample = sample })
	r, err := x.browser().Get(x.http.URL + "/v1/sample")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	csv, _, err := pictures.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if items, err := catalog.ReadCSV(bytes.NewReader(csv), "EUR"); err != nil || len(items) != 52 {
		t.Errorf("got %d items, %v", len(items), err)
	}
}
