package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"voicetill/server"
	"voicetill/store"
)

// strangersTill has a shop "corner" that takes no anonymous carts.
func strangersTill(t *testing.T, change ...func(*server.Config)) *till {
	t.Helper()
	x := newTill(t, change...)
	if err := x.db.AddPlace(t.Context(), store.Place{ID: "corner", Merchant: "corner", Name: "Corner", Payee: "Corner Ltd", Currency: "EUR"}); err != nil {
		t.Fatal(err)
	}
	return x
}

func codeOf(body map[string]any) string {
	if e, ok := body["error"].(map[string]any); ok {
		return fmt.Sprint(e["code"])
	}
	return ""
}

func TestAStrangerRegistersAndShops(t *testing.T) {
	x := strangersTill(t, func(c *server.Config) { c.Delivering.Mail = true })
	c := x.browser()
	if status, body := x.call(c, "GET", "/v1/register?place=corner", ""); status != 200 || fmt.Sprint(body) != "map[mail:true name:Corner Ltd open:true]" {
		t.Fatalf("got %d %v", status, body)
	}
	if _, body := x.call(c, "GET", "/v1/checkout?place=corner", ""); codeOf(body) != "sign_in" {
		t.Fatalf("before: %v", body)
	}
	status, body := x.call(c, "POST", "/v1/register?place=corner", `{"name": " Cleo ", "email": "Cleo@Example.com", "password": "long enough"}`)
	shopper, _ := body["shopper"].(map[string]any)
	number := fmt.Sprint(shopper["account"])
	if status != 201 || shopper["name"] != "Cleo" || len(number) != 6 {
		t.Fatalf("got %d %v", status, body)
	}
	if status, body := x.call(c, "GET", "/v1/account?place=corner", ""); status != 200 || body["balance"] != "0.00" || body["email"] != "cleo@example.com" {
		t.Errorf("the account: %d %v", status, body)
	}
	conn, _, err := x.dial("/v1/checkout?place=corner", x.cookies(c))
	if err != nil {
		t.Fatalf("the registered shopper's basket: %v", err)
	}
	conn.Close()
	for _, ref := range []string{number, "cleo@example.com"} {
		login := fmt.Sprintf(`{"role": "shopper", "account": %q, "password": "long enough"}`, ref)
		if status, body := x.call(x.browser(), "POST", "/v1/session", login); status != 200 {
			t.Errorf("signing in as %s: %d %v", ref, status, body)
		}
	}
}

func TestWhatIsWrongWithARegistration(t *testing.T) {
	x := strangersTill(t)
	for _, tt := range []struct{ name, place, body, code string }{
		{"no name", "corner", `{"name": " ", "password": "long enough"}`, "bad_name"},
		{"a name without end", "corner", `{"name": "` + strings.Repeat("x", 61) + `", "password": "long enough"}`, "bad_name"},
		{"a name of two lines", "corner", `{"name": "a\nb", "password": "long enough"}`, "bad_name"},
		{"no address", "corner", `{"name": "A", "email": "here", "password": "long enough"}`, "bad_email"},
		{"a taken address", "corner", `{"name": "A", "email": "ADA@example.com", "password": "long enough"}`, "account_taken"},
		{"a short password", "corner", `{"name": "A", "password": "1234567"}`, "short_password"},
		{"an endless password", "corner", `{"name": "A", "password": "` + strings.Repeat("x", 257) + `"}`, "short_password"},
		{"no such shop", "nowhere", `{"name": "A", "password": "long enough"}`, "no_place"},
		{"no JSON", "corner", `{`, "bad_request"},
	} {
		if _, body := x.call(x.browser(), "POST", "/v1/register?place="+tt.place, tt.body); codeOf(body) != tt.code {
			t.Errorf("%s: got %v, want %s", tt.name, body, tt.code)
		}
	}
}

func TestWhereTheDeskRegisters(t *testing.T) {
	x := strangersTill(t)
	clerk := x.merchant()
	const at = "?place=demo"
	for _, tt := range []struct {
		who    *http.Client
		method string
		status int
	}{{x.browser(), "GET", 401}, {x.browser(), "PUT", 401}, {clerk, "GET", 200}, {clerk, "PUT", 204}} {
		if status, body := x.call(tt.who, tt.method, "/v1/merchant/registration"+at, `{"open": false}`); status != tt.status {
			t.Errorf("%s: got %d %v, want %d", tt.method, status, body, tt.status)
		}
	}
	if status, _ := x.call(clerk, "PUT", "/v1/merchant/registration?place=corner", `{"open": false}`); status != 403 {
		t.Errorf("another merchant's place: got %d", status)
	}
	const who = `{"name": "Cleo", "password": "long enough"}`
	stranger := x.browser()
	if _, body := x.call(stranger, "GET", "/v1/register"+at, ""); body["open"] != false {
		t.Errorf("a stranger: %v", body)
	}
	if status, body := x.call(stranger, "POST", "/v1/register"+at, who); status != 403 || codeOf(body) != "no_registration" {
		t.Errorf("a stranger registers: %d %v", status, body)
	}
	if _, body := x.call(clerk, "GET", "/v1/register"+at, ""); body["open"] != true {
		t.Errorf("staff: %v", body)
	}
	if status, body := x.call(clerk, "POST", "/v1/register"+at, who); status != 201 || body["merchant"] == nil {
		t.Errorf("staff registers a shopper: %d %v", status, body)
	}
}

func TestOneAddressDoesNotRegisterWithoutEnd(t *testing.T) {
	x := strangersTill(t)
	handler, err := x.server.Handler()
	if err != nil {
		t.Fatal(err)
	}
	post := func(from string) (int, string) {
		r := httptest.NewRequest("POST", "/v1/register?place=corner", strings.NewReader(`{"name": "A", "password": "long enough"}`))
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for n := range 20 {
		if status, body := post("192.0.2.7:99"); status != 201 {
			t.Fatalf("account %d: %d %s", n+1, status, body)
		}
	}
	if status, body := post("192.0.2.7:99"); status != 429 || !strings.Contains(body, "registered_often") {
		t.Errorf("one more: %d %s", status, body)
	}
	for _, from := range []string{"192.0.2.8:99", "127.0.0.1:99"} {
		if status, body := post(from); status != 201 {
			t.Errorf("from %s: %d %s", from, status, body)
		}
	}
}
