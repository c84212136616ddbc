package store_test

import (
	"errors"
	"testing"

	"voicetill/accounts"
	"voicetill/store"
)

func TestTheFirstMerchantIsMadeOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context() // the demo shop does not count
		token, err := s.SetUpToken(ctx)
		if err != nil || len(token) < 20 {
			t.Fatalf("got %q, %v", token, err)
		}
		if again, err := s.SetUpToken(ctx); err != nil || again != token {
			t.Errorf("asked again: got %q, %v", again, err)
		}
		corner := store.Place{ID: "corner", Merchant: "corner", Name: "Corner", Payee: "Corner", Currency: "EUR"}
		login := accounts.Account{Email: "Owner@example.com", Name: "Corner", Kind: accounts.Merchant, Merchant: "corner"}
		taken := corner
		taken.ID = "demo"
		for _, tt := range []struct {
			name, token string
			place       store.Place
			login       accounts.Account
			want        error
		}{
			{"another token", "guessed", corner, login, store.ErrSetUp},
			{"no token", "", corner, login, store.ErrSetUp},
			{"a place that is there", token, taken, login, store.ErrPlaceTaken},
			{"an address that is there", token, corner, accounts.Account{Email: "ada@example.com", Kind: accounts.Merchant, Merchant: "corner"}, store.ErrAccountTaken},
			{"the right one, after what failed", token, corner, login, nil},
			{"the right one again", token, store.Place{ID: "b", Merchant: "b", Name: "b", Payee: "b", Currency: "EUR"}, login, store.ErrSetUp},
			{"no token after it was spent", "", store.Place{ID: "b", Merchant: "b", Name: "b", Payee: "b", Currency: "EUR"}, login, store.ErrSetUp},
		} {
			if err := s.SetUp(ctx, tt.token, tt.place, tt.login, "hash"); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
		if places, err := s.Places(ctx, "corner"); err != nil || len(places) != 1 {
			t.Errorf("got %v, %v", places, err)
		}
		if a, err := s.Account(ctx, "owner@example.com"); err != nil || a.Merchant != "corner" {
			t.Errorf("got %+v, %v", a, err)
		}
		if token, err := s.SetUpToken(ctx); err != nil || token != "" {
			t.Errorf("set up, and yet: %q, %v", token, err)
		}
	})
}
