package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"voicetill/payments/money"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

func TestTimes(t *testing.T) {
	tests := []struct {
		name  string
		price int64
		milli int64
		want  int64
	}{
		{"three pieces", 249, 3000, 747},
		{"half a kilo rounds up", 299, 500, 150},
		{"a third of a cent rounds down", 1, 333, 0},
		{"half a cent rounds up", 1, 500, 1},
		{"below zero it rounds away from zero", -1, 500, -1},
		{"nothing", 249, 0, 0},
		{"the most there is", math.MaxInt64, 1000, math.MaxInt64},
	}
	for _, tt := range tests {
		if got, err := money.Of(tt.price, "EUR").Times(tt.milli); err != nil || got != money.Of(tt.want, "EUR") {
			t.Errorf("%s: got %v, %v, want %d", tt.name, got, err, tt.want)
		}
	}
	if _, err := money.Of(math.MaxInt64, "EUR").Times(1001); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("too much: got %v, want %v", err, money.ErrOverflow)
	}
}

// Times agrees with arbitrary-precision decimals.
func TestTimesIsExact(t *testing.T) {
	exact := apd.BaseContext.WithPrecision(60)
	exact.Rounding = apd.RoundHalfUp
	rapid.Check(t, func(t *rapid.T) {
		price, milli := rapid.Int64().Draw(t, "price"), rapid.Int64Range(-1e9, 1e9).Draw(t, "milli")
		var want apd.Decimal
		if _, err := exact.Mul(&want, apd.New(price, 0), apd.New(milli, -3)); err != nil {
			t.Fatal(err)
		}
		if _, err := exact.Quantize(&want, &want, 0); err != nil {
			t.Fatal(err)
		}
		got, err := money.Of(price, "EUR").Times(milli)
		wantMinor, tooBig := want.Int64()
		switch {
		case tooBig != nil && !errors.Is(err, money.ErrOverflow):
			t.Fatalf("got %v, %v, want overflow for %s", got, err, &want)
		case tooBig == nil && wantMinor != math.MinInt64 && (err != nil || got.Minor != wantMinor):
			t.Fatalf("got %v, %v, want %s", got, err, &want)
		}
	})
}

func TestAddIsExactOrOverflows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := money.Of(a, "EUR").Add(money.Of(b, "EUR"))
		if !want.IsInt64() {
			if !errors.Is(err, money.ErrOverflow) {
				t.Fatalf("got %v, %v, want overflow", got, err)
			}
			return
		}
		if err != nil || got.Minor != want.Int64() {
			t.Fatalf("got %v, %v, want %s", got, err, want)
		}
		if b == math.MinInt64 {
			return
		}
		if back, err := got.Sub(money.Of(b, "EUR")); err != nil || back.Minor != a {
			t.Fatalf("taken off again: got %v, %v, want %d", back, err, a)
		}
	})
}

func TestCurrenciesDoNotMix(t *testing.T) {
	if _, err := money.Of(1, "EUR").Add(money.Of(1, "JPY")); !errors.Is(err, money.ErrMixed) {
		t.Errorf("got %v, want %v", err, money.ErrMixed)
	}
	if _, err := money.Sum("EUR", money.Of(1, "EUR"), money.Of(1, "USD")); !errors.Is(err, money.ErrMixed) {
		t.Errorf("got %v, want %v", err, money.ErrMixed)
	}
}

func TestSplitTax(t *testing.T) {
	tests := []struct{ gross, rate, net, tax int64 }{
		{1190, 1900, 1000, 190},
		{747, 700, 698, 49},
		{1, 1900, 1, 0},
		{500, 0, 500, 0},
	}
	for _, tt := range tests {
		net, tax, err := money.Of(tt.gross, "EUR").SplitTax(int(tt.rate))
		if err != nil || net.Minor != tt.net || tax.Minor != tt.tax {
			t.Errorf("%d at %d: got %v and %v, %v, want %d and %d", tt.gross, tt.rate, net, tax, err, tt.net, tt.tax)
		}
	}
	if _, _, err := money.Of(1, "EUR").SplitTax(-1); err == nil {
		t.Error("a negative rate was taken")
	}
}

// Net and tax add up to what was paid, and the tax is within half a cent of
// the rate on the net.
func TestSplitTaxAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gross := rapid.Int64Range(0, 1e12).Draw(t, "gross")
		rate := rapid.Int64Range(0, 10_000).Draw(t, "rate")
		net, tax, err := money.Of(gross, "EUR").SplitTax(int(rate))
		if err != nil || net.Minor+tax.Minor != gross {
			t.Fatalf("got %v and %v, %v, want a sum of %d", net, tax, err, gross)
		}
		// tax − gross×rate/(10000+rate) lies in (−½, ½].
		twice := 2 * (tax.Minor*(10_000+rate) - gross*rate)
		if twice <= -(10_000+rate) || twice > 10_000+rate {
			t.Fatalf("tax of %d at %d: got %v", gross, rate, tax)
		}
	})
}

func TestDecimal(t *testing.T) {
	for want, a := range map[string]money.Amount{
		"7.47": money.Of(747, "EUR"), "0.05": money.Of(5, "EUR"), "-0.05": money.Of(-5, "EUR"), "0.00": money.Of(0, "EUR"),
		"500": money.Of(500, "JPY"), "1.234": money.Of(1234, "KWD"), "-92233720368547758.08": money.Of(math.MinInt64, "EUR"),
	} {
		if got := a.Decimal(); got != want {
			t.Errorf("%d %s: got %s, want %s", a.Minor, a.Currency, got, want)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ locale, want string }{{"en", "€7.47"}, {"de", "7,47\u00a0€"}, {"zh", "€7.47"}, {"", "€7.47"}} {
		if got := money.Of(747, "EUR").Format(tt.locale); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.locale, got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, bad := range []string{"", "-", ".5", "5.", "1.234", "+1", "1e3", "1,50", " 1", "١", "0x1", "1.2.3", "--1", "99999999999999999999"} {
		if got, err := money.Parse(bad, "EUR"); err == nil {
			t.Errorf("%q: got %v, want an error", bad, got)
		}
	}
	for in, want := range map[string]int64{"7.47": 747, "7.4": 740, "7": 700, "-0.05": -5, "007.00": 700} {
		if got, err := money.Parse(in, "EUR"); err != nil || got.Minor != want {
			t.Errorf("%q: got %v, %v, want %d", in, got, err, want)
		}
	}
	if _, err := money.Parse("1.5", "JPY"); err == nil {
		t.Error("half a yen was taken")
	}
	if _, err := money.Parse("1", "XYZ"); err == nil {
		t.Error("a currency that is none was taken")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"7.47", "-0.05", "0", "9223372036854775807", "1.", "１"} {
		f.Add(s, "EUR")
	}
	f.Fuzz(func(t *testing.T, s, c string) {
		a, err := money.Parse(s, money.Currency(c))
		if err != nil {
			return
		}
		again, err := money.Parse(a.Decimal(), a.Currency)
		if err != nil || again != a {
			t.Errorf("%q: %v written as %s is read as %v, %v", s, a, a.Decimal(), again, err)
		}
	})
}
