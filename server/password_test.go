package server_test

import (
	"fmt"
	"net/http"
	"testing"
)

// whoIs is who a browser is signed in as: "shopper", "merchant" or "".
func (x *till) whoIs(c *http.Client) string {
	x.t.Helper()
	_, body := x.call(c, "GET", "/v1/session", "")
	for _, role := range []string{"shopper", "merchant"} {
		if body[role] != nil {
			return role
		}
	}
	return ""
}

// change asks for another password, and returns status, code and field of the answer.
func (x *till) change(c *http.Client, role, old, next string) string {
	x.t.Helper()
	status, body := x.call(c, "PUT", "/v1/session/password", fmt.Sprintf(`{"role": %q, "old": %q, "new": %q}`, role, old, next))
	e, _ := body["error"].(map[string]any)
	if e == nil {
		return fmt.Sprint(status)
	}
	return fmt.Sprint(status, " ", e["code"], " ", e["field"])
}

func TestAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	for role, p := range map[string]struct{ account, old string }{"shopper": {"1001", "till-demo-1"}, "merchant": {"merchant@example.com", "shop-demo-1"}} {
		t.Run(role, func(t *testing.T) {
			x := newTill(t)
			others := map[string]*http.Client{"shopper": x.shopper(), "merchant": x.merchant()}
			here := map[string]*http.Client{"shopper": x.shopper(), "merchant": x.merchant()}[role]
			for _, c := range []struct {
				old, new, want string
			}{
				{"wrong-wrong", "long enough", "401 wrong_password old"},
				{p.old, "short", "400 short_password new"},
				{p.old, "", "400 short_password new"},
				{p.old, "密码密码密码密码", "204"},
				{p.old, "long enough", "401 wrong_password old"},
				{"密码密码密码密码", "long enough", "204"},
			} {
				if got := x.change(here, role, c.old, c.new); got != c.want {
					t.Errorf("from %s to %s: got %s, want %s", c.old, c.new, got, c.want)
				}
			}
			if got := x.whoIs(here); got != role {
				t.Errorf("here is %q", got)
			}
			for whose, c := range others {
				want := whose
				if whose == role {
					want = "" // ended
				}
				if got := x.whoIs(c); got != want {
					t.Errorf("elsewhere the %s is %q, want %q", whose, got, want)
				}
			}
			login := `{"role": %q, "account": %q, "password": %q}`
			for password, want := range map[string]int{p.old: 401, "long enough": 200} {
				if status, body := x.call(x.browser(), "POST", "/v1/session", fmt.Sprintf(login, role, p.account, password)); status != want {
					t.Errorf("%s: %d %v", password, status, body)
				}
			}
		})
	}
}

func TestAPasswordIsNotChangedByAStranger(t *testing.T) {
	x := newTill(t)
	if got := x.change(x.browser(), "shopper", "till-demo-1", "long enough"); got != "401 sign_in <nil>" {
		t.Errorf("nobody: %s", got)
	}
	if got := x.change(x.shopper(), "merchant", "shop-demo-1", "long enough"); got != "401 sign_in <nil>" {
		t.Errorf("a shopper as the merchant: %s", got)
	}
	c, got := x.shopper(), ""
	for range 6 {
		got = x.change(c, "shopper", "wrong-wrong", "long enough")
	}
	if got != "429 locked <nil>" {
		t.Errorf("after guesses: %s", got)
	}
}
