package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

func euro(minor int64) money.Amount { return money.Of(minor, "EUR") }

var adaProof = accounts.Proof{Factor: accounts.Password, Secret: adaPassword}

// allow makes a mandate of Ada's: 10.00 a purchase, 20.00 a day, 30.00 a month,
// unless change says otherwise.
func (s *till) allow(t *testing.T, change func(*payments.Mandate)) (payments.Mandate, string) {
	t.Helper()
	m := payments.Mandate{Merchant: "demo", Account: "demo-ada", Method: payments.Prepaid, Once: euro(1000), Day: euro(2000), Month: euro(3000)}
	if change != nil {
		change(&m)
	}
	m, token, err := s.service.Allow(t.Context(), m, "demo", "phone", adaProof)
	if err != nil {
		t.Fatal(err)
	}
	return m, token
}

// deduct buys pieces of milk at 2.49 by mandate.
func (s *till) deduct(t *testing.T, cart string, pieces int64) error {
	t.Helper()
	b := s.freeze(t, cart, line(t, 1, "1203", pieces*1000))
	_, err := s.service.PayByMandate(t.Context(), b, payments.Payer{Account: "demo-ada"})
	return err
}

func TestAMandatePaysOnceAndSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		m, _ := s.allow(t, nil)
		b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
		ask := payments.Payer{Account: "demo-ada", Buyer: payments.Buyer{Account: "demo-ada"}}
		first, err := s.service.PayByMandate(t.Context(), b, ask)
		if err != nil || first.Proven != payments.ByMandate || first.Account != "demo-ada" {
			t.Fatalf("got %+v, %v", first, err)
		}
		if again, err := s.service.PayByMandate(t.Context(), b, ask); err != nil || again.ID != first.ID {
			t.Errorf("again: got %+v, %v", again, err)
		}
		if used, err := s.service.MandateUse(t.Context(), m, "demo"); err != nil || used.Today != euro(747) || used.Month != euro(747) {
			t.Errorf("used: got %+v, %v", used, err)
		}
		if got := s.balance(t, ada); got != "192.53" {
			t.Errorf("balance: got %s", got)
		}
		s.audited(t)
	})
}

func TestAMandateIsKeptToItsLimits(t *testing.T) {
	var limit *payments.MandateLimitError
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.clock.t = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		s.allow(t, nil)
		for i, step := range []struct {
			pieces int64
			what   string // limit that refuses; "": paid
			left   int64
			wait   time.Duration
		}{
			{pieces: 5, what: payments.LimitOnce, left: 1000},
			{pieces: 4}, // 9.96
			{pieces: 4}, // 19.92
			{pieces: 1, what: payments.LimitDay, left: 8},
			{pieces: 4, wait: 24 * time.Hour}, // 29.88
			{pieces: 1, what: payments.LimitMonth, left: 12},
			{pieces: 4, wait: 48 * time.Hour}, // the next month
		} {
			s.clock.add(step.wait)
			err := s.deduct(t, fmt.Sprint("cart ", i), step.pieces)
			switch {
			case step.what == "" && err != nil:
				t.Fatalf("step %d: %v", i, err)
			case step.what != "" && (!errors.As(err, &limit) || limit.What != step.what || limit.Left.Minor != step.left):
				t.Errorf("step %d: got %v, want %s with %d left", i, err, step.what, step.left)
			}
		}
		s.audited(t)
	})
}

// Two tills, and many more, keep to one limit, and a revocation in between ends
// it: what was taken is what was allowed before.
func TestRacingTillsKeepToOneMandate(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		other := newTill(t, dsn)
		m, _ := s.allow(t, nil)
		bills := make([]payments.Bill, 12)
		for i := range bills {
			bills[i] = s.freeze(t, fmt.Sprint("cart ", i), line(t, 1, "1203", 3000))
		}
		errs := make([]error, len(bills))
		together(len(bills), func(i int) {
			node := []*till{s, other}[i%2]
			_, errs[i] = node.service.PayByMandate(t.Context(), bills[i], payments.Payer{Account: "demo-ada"})
		})
		paid := 0
		for _, err := range errs {
			var limit *payments.MandateLimitError
			if err == nil {
				paid++
			} else if !errors.As(err, &limit) {
				t.Error(err)
			}
		}
		if got := s.balance(t, ada); paid != 2 || got != "185.06" {
			t.Errorf("%d of 7.47 were paid within 20.00 a day, %s are left", paid, got)
		}
		if used, err := s.service.MandateUse(t.Context(), m, "demo"); err != nil || used.Today != euro(1494) {
			t.Errorf("used: got %+v, %v", used, err)
		}
		s.audited(t)
	})
}

func TestNothingIsDeductedAfterARevocation(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		m, token := s.allow(t, func(m *payments.Mandate) { m.Day, m.Month, m.Plates = euro(0), euro(0), []string{"k-vt 123"} })
		bills := make([]payments.Bill, 10)
		for i := range bills {
			bills[i] = s.freeze(t, fmt.Sprint("cart ", i), line(t, 1, "1203", 1000))
		}
		errs := make([]error, len(bills))
		together(len(bills), func(i int) {
			if i == 5 {
				errs[i] = s.service.Revoke(t.Context(), "demo", "demo-ada", m.ID)
				return
			}
			_, errs[i] = s.service.PayByMandate(t.Context(), bills[i], payments.Payer{Account: "demo-ada"})
		})
		for i, err := range errs {
			if err != nil && (i == 5 || !errors.Is(err, payments.ErrNoMandate)) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if err := s.deduct(t, "after", 1); !errors.Is(err, payments.ErrNoMandate) {
			t.Errorf("after the revocation: got %v", err)
		}
		for _, tag := range []string{token, ""} {
			if _, err := s.service.MandateOf(t.Context(), "demo", tag, "KVT123"); !errors.Is(err, payments.ErrNoMandate) {
				t.Errorf("a gate still knows it: %v", err)
			}
		}
		if err := s.service.Revoke(t.Context(), "demo", "demo-ben", m.ID); !errors.Is(err, payments.ErrNoMandate) {
			t.Errorf("another's: got %v", err)
		}
		s.audited(t)
	})
}

// The mandate was in force when the till looked, and is not when it reserves.
func TestAMandateIsCheckedAgainWhenItIsUsed(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		m, _ := s.allow(t, nil)
		if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Always: true}); err != nil {
			t.Fatal(err)
		}
		b := s.freeze(t, "cart", line(t, 1, "1203", 1000))
		var waiting *payments.UnconfirmedError
		if _, err := s.service.PayByMandate(t.Context(), b, payments.Payer{Account: "demo-ada"}); !errors.As(err, &waiting) {
			t.Fatalf("got %v", err)
		}
		if err := s.decide(t, waiting.Confirmation.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.service.Revoke(t.Context(), "demo", "demo-ada", m.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.Confirmed(t.Context(), b.ID); !errors.Is(err, payments.ErrNoMandate) {
			t.Errorf("got %v, want %v", err, payments.ErrNoMandate)
		}
		s.untouched(t)
		s.audited(t)
	})
}

func TestWhichMandateFits(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		everywhere, _ := s.allow(t, nil)
		s.clock.add(time.Second)
		here, _ := s.allow(t, func(m *payments.Mandate) { m.Place = "demo" })
		s.clock.add(time.Second)
		s.allow(t, func(m *payments.Mandate) { m.Place = "elsewhere" })
		s.clock.add(time.Second)
		soon, _ := s.allow(t, func(m *payments.Mandate) { m.Until = s.clock.now().Add(time.Hour) })
		ask := payments.MandateAsk{Merchant: "demo", Place: "demo", Account: "demo-ada", Currency: "EUR", At: s.clock.now()}
		for _, tt := range []struct {
			name   string
			change func(*payments.MandateAsk)
			want   string
		}{
			{"one of the place first", func(*payments.MandateAsk) {}, here.ID},
			{"else the newest", func(a *payments.MandateAsk) { a.Place = "third" }, soon.ID},
			{"that has not ended", func(a *payments.MandateAsk) { a.Place, a.At = "third", a.At.Add(time.Hour) }, everywhere.ID},
			{"by the method that was asked for", func(a *payments.MandateAsk) { a.Method = payments.Card }, ""},
			{"in its currency", func(a *payments.MandateAsk) { a.Currency = "USD" }, ""},
			{"of the account", func(a *payments.MandateAsk) { a.Account = "demo-ben" }, ""},
		} {
			a := ask
			tt.change(&a)
			got, err := s.FindMandate(t.Context(), a)
			if got.ID != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("%s: got %q, %v, want %q", tt.name, got.ID, err, tt.want)
			}
		}
	})
}

func TestWhatCannotBeAllowed(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.allow(t, func(m *payments.Mandate) { m.Plates = []string{"B VT 1"} })
		for _, tt := range []struct {
			name   string
			change func(*payments.Mandate)
			proof  accounts.Proof
			want   error
		}{
			{"without a limit", func(m *payments.Mandate) { m.Once = euro(0) }, adaProof, payments.ErrMandate},
			{"with a day below a purchase", func(m *payments.Mandate) { m.Day = euro(999) }, adaProof, payments.ErrMandate},
			{"below zero", func(m *payments.Mandate) { m.Month = euro(-1) }, adaProof, payments.ErrMandate},
			{"that has ended", func(m *payments.Mandate) { m.Until = s.clock.now() }, adaProof, payments.ErrMandate},
			{"by a method that is not here", func(m *payments.Mandate) { m.Method = payments.Card }, adaProof, payments.ErrNotOffered},
			{"for a plate that is none", func(m *payments.Mandate) { m.Plates = []string{"!"} }, adaProof, payments.ErrPlate},
			{"for too many plates", func(m *payments.Mandate) { m.Plates = slices.Repeat([]string{"AB1"}, 21) }, adaProof, payments.ErrPlate},
			{"for a plate of another", func(m *payments.Mandate) { m.Plates = []string{"b-vt-1"} }, adaProof, payments.ErrPlateTaken},
			{"by who cannot prove it", nil, accounts.Proof{Factor: accounts.Password, Secret: "wrong"}, accounts.ErrWrongProof},
		} {
			m := payments.Mandate{Merchant: "demo", Account: "demo-ada", Method: payments.Prepaid, Once: euro(1000)}
			if tt.change != nil {
				tt.change(&m)
			}
			if _, _, err := s.service.Allow(t.Context(), m, "demo", "phone", tt.proof); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
		if list, err := s.service.Mandates(t.Context(), "demo", "demo-ada"); err != nil || len(list) != 1 || !slices.Equal(list[0].Plates, []string{"BVT1"}) {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestAuditNamesMandatesOutOfOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.allow(t, nil)
		for i := range 2 {
			s.clock.add(time.Second)
			if err := s.deduct(t, fmt.Sprint("cart ", i), 3); err != nil {
				t.Fatal(err)
			}
		}
		s.audited(t)
		spoiled := spoiler(t, dsn)
		for _, tt := range []struct{ name, spoil, want string }{
			{"the limit of a purchase was lowered", `UPDATE mandates SET once_minor = 746`, "(once): 7.47 EUR needed, 7.46 EUR left"},
			{"the limit of a day was lowered", `UPDATE mandates SET day_minor = 1493`, "(day): 7.47 EUR needed, 7.46 EUR left"},
			{"the limit of a month was lowered", `UPDATE mandates SET month_minor = 1493`, "(month): 7.47 EUR needed, 7.46 EUR left"},
			{"it was revoked before", `UPDATE mandates SET revoked_at_us = made_at_us + 1500000`, "when it was not in force"},
			{"it ended before", `UPDATE mandates SET until_us = made_at_us`, "when it was not in force"},
			{"it is another's", `UPDATE mandates SET account_id = 'demo-ben'`, "is not what mandate"},
			{"it is of another place", `UPDATE mandates SET place_id = 'elsewhere'`, "is not what mandate"},
			{"it is in another currency", `UPDATE mandates SET currency = 'USD'`, "is not what mandate"},
			{"it was used at another time", `UPDATE mandate_uses SET at_us = at_us + 1`, "is not what mandate"},
			{"it was made after its use", `UPDATE mandates SET made_at_us = made_at_us + 60000000`, "when it was not in force"},
			{"less was noted", `UPDATE mandate_uses SET amount_minor = 1`, "took 747 minor units by mandate"},
			{"a use was forgotten", `DELETE FROM mandate_uses WHERE id = (SELECT MIN(id) FROM mandate_uses)`, "without a proof, and without a mandate"},
			{"the mandate was deleted", `DELETE FROM mandates`, "one of the two is missing"},
		} {
			a := spoiled(tt.spoil)
			if len(a.Problems) == 0 || !strings.Contains(a.Problems[0], tt.want) {
				t.Errorf("%s: got %q, want %q first", tt.name, a.Problems, tt.want)
			}
		}
	})
}

// Limits of a day and a month are counted by the clock of the place: around its
// midnight, in the days of 23 and 25 hours, and at the end of a month.
func TestMandateLimitsByThePlacesClock(t *testing.T) {
	for _, tt := range []struct {
		name, zone, first, second string
		day, month                bool // the second purchase is on another day, in another month
	}{
		{"the same day in UTC, another here", "Europe/Berlin", "2026-11-24T22:59:00Z", "2026-11-24T23:01:00Z", true, false},
		{"another day in UTC, the same here", "Europe/Berlin", "2026-11-24T23:30:00Z", "2026-11-25T00:30:00Z", false, false},
		{"the day of 23 hours", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T21:59:00Z", false, false},
		{"after the day of 23 hours", "Europe/Berlin", "2026-03-29T21:59:00Z", "2026-03-29T22:00:00Z", true, false},
		{"the day of 25 hours", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z", false, false},
		{"after the day of 25 hours", "Europe/Berlin", "2026-10-25T22:59:00Z", "2026-10-25T23:00:00Z", true, false},
		{"a month that ends here first", "Asia/Shanghai", "2026-11-30T15:59:00Z", "2026-11-30T16:00:00Z", true, true},
		{"a month that ends here later", "America/Los_Angeles", "2026-12-01T00:30:00Z", "2026-12-01T07:59:00Z", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				s := newTill(t, dsn)
				if err := s.SetZone(t.Context(), "demo", tt.zone); err != nil {
					t.Fatal(err)
				}
				first, second := clockAt(t, tt.first), clockAt(t, tt.second)
				s.clock.add(first.Sub(s.clock.now()))
				for i, limit := range []payments.Mandate{{Day: euro(1000)}, {Day: euro(1000), Month: euro(1000)}} {
					m := payments.Mandate{Merchant: "demo", Account: "demo-ada", Method: payments.Prepaid, Once: euro(1000), Day: limit.Day, Month: limit.Month}
					s.clock.add(first.Sub(s.clock.now()))
					m, _, err := s.service.Allow(t.Context(), m, "demo", "kiosk 1", adaProof)
					if err != nil {
						t.Fatal(err)
					}
					allowed := tt.day && i == 0 || tt.month
					for n, at := range []time.Time{first, second} {
						s.clock.add(at.Sub(s.clock.now()))
						b := s.freeze(t, fmt.Sprint("cart ", i, " ", n), line(t, 1, "1203", 3000)) // 7.47
						_, err := s.service.PayByMandate(t.Context(), b, payments.Payer{Account: "demo-ada"})
						var over *payments.MandateLimitError
						if want := n == 0 || allowed; (err == nil) != want || err != nil && !errors.As(err, &over) {
							t.Errorf("limits %d, purchase %d: %v", i, n, err)
						}
					}
					if err := s.service.Revoke(t.Context(), "demo", "demo-ada", m.ID); err != nil {
						t.Fatal(err)
					}
				}
				s.audited(t)
				if err := s.SetZone(t.Context(), "demo", "Pacific/Kiritimati"); err != nil { // what was within a limit stays so
					t.Fatal(err)
				}
				s.audited(t)
			})
		})
	}
}

func clockAt(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestPlacesHaveClocks(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, bad := range []string{"Local", "Berlin", "+01:00"} {
			if err := s.SetZone(t.Context(), "demo", bad); !errors.Is(err, payments.ErrZone) {
				t.Errorf("%s: got %v", bad, err)
			}
		}
		if err := s.SetZone(t.Context(), "nowhere", "Europe/Berlin"); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("no place: got %v", err)
		}
		for _, tt := range []struct{ set, want string }{{"", "Local"}, {"Europe/Berlin", "Europe/Berlin"}, {"", "Local"}} {
			if err := s.SetZone(t.Context(), "demo", tt.set); err != nil {
				t.Fatal(err)
			}
			if p, err := s.Place(t.Context(), "demo"); err != nil || s.ZoneOf(p).String() != tt.want {
				t.Errorf("%q: got %s, %v, want %s", tt.set, s.ZoneOf(p), err, tt.want)
			}
		}
	})
}
