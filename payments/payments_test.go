package payments

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"voicetill/payments/money"

	"aidanwoods.dev/go-paseto"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// issuing is a store that issues every bill and finds every pass unspent.
type issuing struct{ Store }

func (issuing) IssueBill(_ context.Context, b Bill) (Bill, error) {
	b.Version = 1
	return b, nil
}

func (issuing) PassSpent(context.Context, string) error { return nil }

func newService(seed byte) *Service {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), ed25519.SeedSize)))
	return New(Config{Store: issuing{}, PassKey: key, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
}

func milk(n int, milli int64) Line {
	price := money.Of(249, "EUR")
	total, _ := price.Times(milli)
	return Line{Line: n, Item: "1203", Name: "oat milk", Milli: milli, Unit: "each", Price: price, Total: total, TaxBP: 700}
}

func TestFreezeRefusesWhatDoesNotAddUp(t *testing.T) {
	with := func(change func(*Line)) []Line {
		l := milk(1, 1000)
		change(&l)
		return []Line{l}
	}
	for name, lines := range map[string][]Line{
		"no lines":              nil,
		"no quantity":           with(func(l *Line) { l.Milli, l.Total.Minor = 0, 0 }),
		"a negative quantity":   with(func(l *Line) { l.Milli, l.Total.Minor = -1000, -249 }),
		"a negative price":      with(func(l *Line) { l.Price.Minor, l.Total.Minor = -249, -249 }),
		"a wrong total":         with(func(l *Line) { l.Total.Minor-- }),
		"another currency":      with(func(l *Line) { l.Price.Currency, l.Total.Currency = "USD", "USD" }),
		"more than there is":    with(func(l *Line) { l.Milli = math.MaxInt64 }),
		"a sum that overflows":  {huge(1), huge(2)},
		"a tax that is no rate": with(func(l *Line) { l.TaxBP = -1 }),
	} {
		o := Order{Cart: "cart", Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Lines: lines}
		if b, err := newService('k').Freeze(t.Context(), o); !errors.Is(err, ErrOrder) {
			t.Errorf("%s: got %+v, %v, want %v", name, b, err, ErrOrder)
		}
	}
}

func huge(n int) Line {
	l := milk(n, 1000)
	l.Price.Minor, l.Total.Minor = math.MaxInt64, math.MaxInt64
	return l
}

func freeze(t *testing.T, lines ...Line) Bill {
	t.Helper()
	b, err := newService('k').Freeze(t.Context(), Order{Cart: "cart", Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Lines: lines})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBillView(t *testing.T) {
	coffee := Line{Line: 2, Item: "8001", Name: "latte", Options: map[string]string{"milk": "soy"}, Milli: 500, Unit: "kg",
		Price: money.Of(1190, "EUR"), Total: money.Of(595, "EUR"), TaxBP: 1950, Evidence: []byte(`{"texts":["private"]}`)}
	b := freeze(t, milk(1, 3000), coffee)
	b.ID = "B1"
	got, err := json.Marshal(b.View())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"bill":"B1","version":1,"lines":[` +
		`{"line":1,"item":"1203","name":"oat milk","quantity":"3","unit":"each","price":"2.49","total":"7.47"},` +
		`{"line":2,"item":"8001","name":"latte","options":{"milk":"soy"},"quantity":"0.5","unit":"kg","price":"11.90","total":"5.95"}],` +
		`"tax":[{"rate":"7","net":"6.98","tax":"0.49","gross":"7.47"},{"rate":"19.5","net":"4.98","tax":"0.97","gross":"5.95"}],` +
		`"total":"13.42","currency":"EUR","payee":"Demo Shop","expires":"2026-11-24T12:10:00Z"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Postings of any bill move its total out of clearing, and nothing else.
func TestSalePostingsMoveTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Order{Currency: "EUR"}
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			l := milk(1, rapid.Int64Range(1, 99_000).Draw(t, "milli"))
			l.Price.Minor = rapid.Int64Range(0, 100_000).Draw(t, "price")
			l.Total, _ = l.Price.Times(l.Milli)
			l.TaxBP = rapid.SampledFrom([]int{0, 700, 1900, 250}).Draw(t, "rate")
			o.Lines = append(o.Lines, l)
		}
		b, err := newService('k').Freeze(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		postings, err := salePostings(b, "clearing")
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, p := range postings {
			if p.From != "clearing" || p.Amount.Minor <= 0 {
				t.Fatalf("got %+v", p)
			}
			sum += p.Amount.Minor
		}
		if sum != b.Total.Minor {
			t.Fatalf("postings move %d, the bill is %d", sum, b.Total.Minor)
		}
	})
}

func TestAnyChangeVoidsAConsent(t *testing.T) {
	b := freeze(t, milk(1, 3000))
	for name, change := range map[string]func(*Bill){
		"id":       func(b *Bill) { b.ID = "other" },
		"version":  func(b *Bill) { b.Version++ },
		"amount":   func(b *Bill) { b.Total.Minor++ },
		"currency": func(b *Bill) { b.Currency = "USD" },
		"payee":    func(b *Bill) { b.Payee = "Other Shop" },
		"merchant": func(b *Bill) { b.Merchant = "other" },
		"place":    func(b *Bill) { b.Place = "other" },
		"expiry":   func(b *Bill) { b.Expires = b.Expires.Add(time.Microsecond) },
		"nonce":    func(b *Bill) { b.Nonce = "other" },
		"item":     func(b *Bill) { b.Lines[0].Item = "1230" },
		"quantity": func(b *Bill) { b.Lines[0].Milli++ },
		"price":    func(b *Bill) { b.Lines[0].Price.Minor++ },
		"options":  func(b *Bill) { b.Lines[0].Options = map[string]string{"milk": "soy"} },
		"tax":      func(b *Bill) { b.Lines[0].TaxBP++ },
		"lines":    func(b *Bill) { b.Lines = append(b.Lines, milk(2, 1000)) },
	} {
		changed := b
		changed.Lines = append([]Line(nil), b.Lines...)
		change(&changed)
		if changed.Consent() == b.Consent() {
			t.Errorf("another %s has the same consent", name)
		}
	}
}

func TestAConsentSurvivesStorage(t *testing.T) {
	l := milk(1, 3000)
	l.Options = map[string]string{} // comes back as nil
	b := freeze(t, l)
	data, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var again Bill
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if again.Consent() != b.Consent() {
		t.Errorf("got another consent after JSON:\n%+v\n%+v", again, b)
	}
}

func receipt() Receipt {
	return Receipt{ID: "R1", No: 1, Place: "demo", Bill: "B1", Paid: noon.Add(-time.Minute), PassID: "P1"}
}

func TestAPassIsSignedTheSameEachTime(t *testing.T) {
	s := newService('k')
	first, err := s.withPass(receipt())
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.withPass(receipt())
	if err != nil || first.Pass != second.Pass {
		t.Errorf("got %s and %s, %v", first.Pass, second.Pass, err)
	}
	p, err := ReadPass(s.PassKey(), first.Pass)
	if want := passOf(receipt()); err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("got %+v, %v, want %+v", p, err, want)
	}
}

func TestTokensThatAreNoPasses(t *testing.T) {
	s, other := newService('k'), newService('x')
	foreign, err := other.withPass(receipt())
	if err != nil {
		t.Fatal(err)
	}
	key, err := paseto.NewV4AsymmetricSecretKeyFromEd25519(s.passKey)
	if err != nil {
		t.Fatal(err)
	}
	token := paseto.NewToken()
	token.SetJti("P1")
	token.SetExpiration(noon.Add(time.Hour))
	for name, tt := range map[string]string{
		"signed by another till":       foreign.Pass,
		"signed by us for another use": token.V4Sign(key, []byte("another use")),
		"claims are missing":           token.V4Sign(key, []byte(passUse)),
		"another version of PASETO":    strings.Replace(foreign.Pass, "v4", "v2", 1),
		"empty":                        "",
	} {
		if v, err := s.Look(t.Context(), tt, Gate{}); err != nil || v.Open || v.Reason != PassUnknown {
			t.Errorf("%s: got %+v, %v, want %q", name, v, err, PassUnknown)
		}
	}
}

func FuzzReadPass(f *testing.F) {
	s := newService('k')
	good, err := s.withPass(receipt())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Pass)
	f.Add("v4.public.")
	f.Add(good.Pass + ".footer")
	f.Add(good.Pass + ".")
	f.Add(good.Pass + "\n")
	f.Fuzz(func(t *testing.T, token string) {
		if p, err := ReadPass(s.PassKey(), token); err == nil && token != good.Pass {
			t.Errorf("%q is read as %+v", token, p)
		}
	})
}
