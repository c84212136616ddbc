package receipts_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/quick"

	"voicetill/payments"
	"voicetill/payments/receipts"

	"golang.org/x/text/width"
)

func TestText(t *testing.T) {
	for name, tt := range map[string]struct {
		r payments.Receipt
		o receipts.Options
	}{
		"sale.en.txt":   {sale(), receipts.Options{Base: "https://till.example", Pass: true}},
		"sale.zh.txt":   {sale(), receipts.Options{Lang: "zh", Place: "苏黎世一号店"}},
		"copy.en.txt":   {sale(), receipts.Options{Lang: "en", Copy: true}},
		"refund.en.txt": {refund(), receipts.Options{}},
		"topup.en.txt":  {topUp(), receipts.Options{Base: "https://till.example"}},
		"topup.zh.txt":  {topUp(), receipts.Options{Lang: "zh"}},
		"refund.zh.txt": {refund(), receipts.Options{Lang: "zh", Copy: true}},
	} {
		golden(t, name, []byte(receipts.New(tt.r, tt.o).Text()))
	}
}

func TestTheLanguageIsTheBuyersUnlessAsked(t *testing.T) {
	r := sale()
	r.Buyer.Lang = "zh"
	for lang, want := range map[string]string{"": "收据 12", "en": "Receipt 12", "zh": "收据 12", "fr": "Receipt 12"} {
		if got := receipts.New(r, receipts.Options{Lang: lang}).Title; got != want {
			t.Errorf("%q: got %s, want %s", lang, got, want)
		}
	}
}

// No name breaks out of its line or off the paper.
func TestNoLineIsTooWide(t *testing.T) {
	check := func(shop, name, option, reason string) bool {
		r := refund()
		r.Payee, r.Reason = shop, reason
		r.Lines[0].Name, r.Lines[0].Options = name, map[string]string{"o": option}
		for line := range strings.Lines(receipts.New(r, receipts.Options{}).Text()) {
			n := 0
			for _, c := range strings.TrimSuffix(line, "\n") {
				if n++; width.LookupRune(c).Kind() == width.EastAsianWide || width.LookupRune(c).Kind() == width.EastAsianFullwidth {
					n++
				}
			}
			if n > 48 {
				t.Logf("%d columns: %q", n, line)
				return false
			}
		}
		return true
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
	long := strings.Repeat("长", 90)
	if !check(long, long+" "+long, strings.Repeat("x", 300), "\x1b@\n\n"+long) {
		t.Error("a long name")
	}
}

// The languages are of one type; none of their fields may be empty, and both
// name the same methods and factors.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	first := reflect.ValueOf(receipts.Languages[0])
	for _, l := range receipts.Languages {
		v := reflect.ValueOf(l)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s lacks %s", v.Field(0), v.Type().Field(i).Name)
			}
			if v.Field(i).Kind() == reflect.Map && !sameKeys(v.Field(i), first.Field(i)) {
				t.Errorf("%s has other %s", v.Field(0), v.Type().Field(i).Name)
			}
		}
	}
}

func sameKeys(a, b reflect.Value) bool {
	for _, k := range a.MapKeys() {
		if !b.MapIndex(k).IsValid() {
			return false
		}
	}
	return a.Len() == b.Len()
}
