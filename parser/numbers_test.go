package parser

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// whole are the values that all the words may have, each once.
func whole[T comparable](ends []ending[T], length int) []T {
	var values []T
	for _, e := range ends {
		if e.end == length && !slices.Contains(values, e.value) {
			values = append(values, e.value)
		}
	}
	return values
}

// wholeCodes are the item numbers that take all words.
func wholeCodes(ends []ending[figures], length int) []string {
	var codes []string
	for _, f := range whole(ends, length) {
		codes = append(codes, f.digits)
	}
	return codes
}

// What is one number together is hardly two, one behind the other.
func TestNumbersThatAreOneTogether(t *testing.T) {
	for said, want := range map[string]map[string]int{
		"thirty three hundred two":              {"3302": 0, "30302": 1, "33002": 1},
		"one thousand two hundred and thirteen": {"1213": 0, "1000213": 1},
		"thirty three":                          {"33": 0, "303": 1},
		"twenty thirteen":                       {"2013": 0},
		"forty four seventeen":                  {"4417": 0, "40417": 1},
		"one two oh three":                      {"1203": 0},
	} {
		words := strings.Fields(said)
		splits := map[string]int{}
		for _, f := range whole(codes(words, 0), len(words)) {
			splits[f.digits] = f.splits
		}
		for code, n := range want {
			if got, ok := splits[code]; !ok || got != n {
				t.Errorf("%q as %s: splits %d, %v; want %d", said, code, got, ok, n)
			}
		}
	}
}

func TestCardinals(t *testing.T) {
	for said, want := range map[string]int64{
		"zero": 0, "oh": 0, "one": 1, "nine": 9, "ten": 10, "thirteen": 13, "nineteen": 19, "twenty": 20, "twenty one": 21,
		"forty": 40, "fourty two": 42, "ninety nine": 99, "a hundred": 100, "one hundred": 100, "one hundred and five": 105,
		"one hundred five": 105, "two hundred and fifty": 250, "nine hundred ninety nine": 999, "one thousand": 1000,
		"two thousand and three": 2003, "one thousand two hundred and three": 1203, "twelve thousand": 12000,
		"nine thousand nine hundred and ninety nine": 9999, "0": 0, "7": 7, "12": 12, "9999": 9999,
	} {
		words := strings.Fields(said)
		if got := whole(cardinals(words, 0), len(words)); !slices.Equal(got, []int64{want}) {
			t.Errorf("%q: got %d, want only %d", said, got, want)
		}
	}
}

func TestWhatIsNoCardinal(t *testing.T) {
	for _, said := range []string{"", "and", "hundred", "thousand", "zero hundred", "zero thousand", "one two", "twenty zero",
		"twenty eleven", "thirteen one", "one hundred and", "hundred and one", "one hundred zero", "double one", "12033", "1.5",
		"three point five", "milk", "-3", "one hundred one hundred"} {
		words := strings.Fields(said)
		if got := whole(cardinals(words, 0), len(words)); len(got) > 0 {
			t.Errorf("%q: got %d", said, got)
		}
	}
}

func TestEveryCardinalThatIsSaidIsReadBack(t *testing.T) {
	for n := range int64(10000) {
		words := strings.Fields(SayCardinal(n))
		if got := whole(cardinals(words, 0), len(words)); !slices.Equal(got, []int64{n}) {
			t.Fatalf("%q: got %d, want %d", SayCardinal(n), got, n)
		}
	}
}

func TestCardinalsOfferEveryPrefix(t *testing.T) {
	words := strings.Fields("one hundred and twenty three apples")
	var got []string
	for _, e := range cardinals(words, 0) {
		got = append(got, fmt.Sprintf("%d=%d", e.end, e.value))
	}
	if want := "1=1 2=100 4=120 5=123"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		said string
		want []string // every reading of all the words, in any order
	}{
		{"one two zero three", []string{"1203"}},
		{"one two oh three", []string{"1203"}},
		{"one two o three", []string{"1203"}},
		{"one two nought three", []string{"1203"}},
		{"twelve oh three", []string{"1203"}},
		{"twelve hundred and three", []string{"1203"}},
		{"one thousand two hundred and three", []string{"1203", "1000203"}},
		{"twelve thirty", []string{"1230"}},
		{"twenty one", []string{"21", "201"}},
		{"double one", []string{"11"}},
		{"triple zero", []string{"000"}},
		{"treble nine five", []string{"9995"}},
		{"one double two three", []string{"1223"}},
		{"1203", []string{"1203"}},
		{"12 03", []string{"1203"}},
		{"twelve 03", []string{"1203"}},
		{"double", nil},
		{"double twelve", nil},
		{"hundred", nil},
		{"one and two", nil},
		{"milk", nil},
		{"", nil},
	} {
		words := strings.Fields(c.said)
		got := wholeCodes(codes(words, 0), len(words))
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: got %v, want %s among them", c.said, got, w)
			}
		}
		if len(c.want) < 2 && len(got) != len(c.want) {
			t.Errorf("%q: got %v, want only %v", c.said, got, c.want)
		}
	}
}

func TestEveryCodeIsReadBackHoweverItIsSaid(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 5000 {
		length := 1 + rng.IntN(8)
		code := ""
		for range length {
			code += strconv.Itoa(rng.IntN(10))
		}
		said := sayCode(code, rng)
		words := strings.Fields(said)
		if got := wholeCodes(codes(words, 0), len(words)); !slices.Contains(got, code) {
			t.Fatalf("%q was said as %q, which is read as %v", code, said, got)
		}
	}
}

func TestCodesAreBounded(t *testing.T) {
	words := strings.Fields(strings.Repeat("twenty one hundred and two ", 20))
	ends := codes(words, 0)
	if len(ends) == 0 || len(ends) > 500 {
		t.Errorf("%d readings", len(ends))
	}
	for _, e := range ends {
		if len(e.value.digits) > maxCode {
			t.Fatalf("%q has %d digits", e.value.digits, len(e.value.digits))
		}
	}
	if got := wholeCodes(codes([]string{strings.Repeat("1", maxCode+1)}, 0), 1); len(got) > 0 {
		t.Errorf("got %v for %d typed digits", got, maxCode+1)
	}
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		said string
		want []int64 // thousandths
	}{
		{"zero point three", []int64{300}},
		{"point five", []int64{500}},
		{"one point two five", []int64{1250}},
		{"one point oh five", []int64{1050}},
		{"three point one four one", []int64{3141}},
		{"three point one four one five", nil},
		{"one and a half", []int64{1500}},
		{"twenty two and a half", []int64{22500}},
		{"two", []int64{2000}},
		{"two hundred and fifty", []int64{250000}},
		{"2.5", []int64{2500}},
		{"0.125", []int64{125}},
		{"1.2345", nil},
		{"12345.1", nil},
		{".5", nil},
		{"5.", nil},
		{"1.2.3", nil},
		{"300", []int64{300000}},
		{"point", nil},
		{"one point", nil},
		{"one point twelve", nil},
		{"and a half", nil},
		{"milk", nil},
		{"", nil},
	} {
		words := strings.Fields(c.said)
		if got := whole(decimals(words, 0), len(words)); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %d, want %d", c.said, got, c.want)
		}
	}
}

func TestNumberWord(t *testing.T) {
	for _, w := range strings.Fields("zero oh one nine ten nineteen twenty ninety hundred thousand double triple 7 1203") {
		if !NumberWord(w) {
			t.Errorf("%q is part of a number", w)
		}
	}
	for _, w := range []string{"", "and", "times", "milk", "1.5", "item", "a"} {
		if NumberWord(w) {
			t.Errorf("%q is no part of a number", w)
		}
	}
}
