package parser_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"voicetill/parser"
)

// TestEverySampleIsReadBack: whatever biases the recogniser can be read. The
// intent that a sentence was made from must be among its readings, and be the
// best one or as good, but for the share of sentences that mean two things.
func TestEverySampleIsReadBack(t *testing.T) {
	for name, p := range map[string]*parser.Parser{
		"catalog":            shop(t, "catalog"),
		"coffee":             shop(t, "coffee"),
		"catalog and coffee": shop(t, "catalog", "coffee"),
		"mandarin":           chineseShop(t),
	} {
		t.Run(name, func(t *testing.T) { samplesAreReadBack(t, p) })
	}
}

func samplesAreReadBack(t *testing.T, p *parser.Parser) {
	const mostAmbiguous = 0.01
	total, other := 0, map[string]string{}
	for seed := range uint64(3) {
		samples := p.Samples(700, seed+10)
		if len(samples) < 650 {
			t.Fatalf("only %d samples", len(samples))
		}
		for _, s := range samples {
			total++
			best, among, got := readBack(p, s)
			if !among {
				t.Errorf("%q has no reading %s", s.Text, intentLine(s.Intent))
			}
			if !best {
				other[s.Text] = "made from: " + intentLine(s.Intent) + "\n\tread as:   " + got
			}
		}
	}
	share := float64(len(other)) / float64(total)
	t.Logf("%.2f %% of %d sampled sentences have a better reading than their own", 100*share, total)
	if share <= mostAmbiguous {
		return
	}
	for i, text := range slices.Sorted(maps.Keys(other)) {
		if i < 10 {
			t.Errorf("%s\n\t%s", text, other[text])
		}
	}
}

// readBack reports whether the sample's intent is the best reading or as good,
// whether it is among the readings, and which the best one is.
func readBack(p *parser.Parser, s parser.Sample) (best, among bool, got string) {
	readings := p.Parse(strings.Fields(s.Text))
	want := s.Intent.Key()
	for i, r := range readings {
		if i == 0 {
			got = strings.Join(describe(readings), "; ")
		}
		if len(r.Intents) == 1 && r.Dropped == 0 && r.Intents[0].Key() == want {
			return r.Score >= readings[0].Score, true, got
		}
	}
	return false, false, got
}

func TestSamplesAreTheSameForTheSameSeed(t *testing.T) {
	p := shop(t, "catalog", "coffee")
	a, b, c := p.Samples(200, 1), p.Samples(200, 1), p.Samples(200, 2)
	if text(a) != text(b) {
		t.Error("the same seed gave other sentences")
	}
	if text(a) == text(c) {
		t.Error("another seed gave the same sentences")
	}
}

func text(samples []parser.Sample) string {
	var b strings.Builder
	for _, s := range samples {
		b.WriteString(s.Text + "\n")
	}
	return b.String()
}

func TestSamplesSayOnlyWhatCanBeHeard(t *testing.T) {
	p := parser.New(english(t), []parser.Entry{{Number: "1203", Phrases: []parser.Phrase{
		{Text: "chobani", Spoken: false}, {Text: "yogurt", Spoken: true}}}})
	samples := p.Samples(500, 1)
	if !strings.Contains(text(samples), "yogurt") || strings.Contains(text(samples), "chobani") {
		t.Error("yogurt must be said and chobani not")
	}
	if r := p.Parse([]string{"chobani"}); len(r) == 0 || len(r[0].Intents) != 1 || r[0].Intents[0].Ref.Name != "chobani" {
		t.Errorf("chobani is read as %+v: what cannot be heard can still be typed", r)
	}
}

func TestAnEmptyShopStillSpeaks(t *testing.T) {
	p := parser.New(english(t), nil)
	for _, s := range p.Samples(200, 1) {
		if s.Intent.Ref.Code != "" || s.Intent.Ref.Name != "" {
			t.Errorf("%q names an item of a shop without any", s.Text)
		}
	}
	if r := p.Parse([]string{"checkout"}); len(r) == 0 || len(r[0].Intents) != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestReadingsAreOrderedBoundedAndDistinct(t *testing.T) {
	p := shop(t, "catalog", "coffee")
	for _, s := range p.Samples(500, 77) {
		readings := p.Parse(strings.Fields(s.Text + " and " + s.Text))
		if len(readings) > 24 {
			t.Fatalf("%q has %d readings", s.Text, len(readings))
		}
		seen := map[string]bool{}
		for i, r := range readings {
			if i > 0 && r.Score > readings[i-1].Score {
				t.Fatalf("%q: reading %d is better than the one before", s.Text, i)
			}
			key := ""
			for _, in := range r.Intents {
				key += in.Key() + ";"
			}
			if seen[key] {
				t.Fatalf("%q has the reading %s twice", s.Text, key)
			}
			seen[key] = true
		}
	}
}

// manyWords are utterances of 80 words that have as many readings as can be.
func manyWords() map[string][]string {
	list := map[string][]string{}
	for _, piece := range []string{"one", "twenty one hundred and two", "a latte with milk and sugar and soy milk", "milk",
		"item one two zero three times", "two of the", "and", "half a kilo of", "um", "and then remove", "double one",
		"i would like to have", "a large latte with", "[unk] one"} {
		list[piece] = strings.Fields(strings.Repeat(piece+" ", 80))[:80]
	}
	return list
}

// slow is far over what a phrase of 80 words takes, even with the race detector
// on a busy machine, and far under what a search without bounds would.
const slow = 20 * time.Second

func TestEightyWordsAreReadInBoundedTimeAndMoreNotAtAll(t *testing.T) {
	p := shop(t, "catalog", "coffee")
	for piece, words := range manyWords() {
		start := time.Now()
		p.Parse(words)
		took := time.Since(start)
		t.Logf("80 words of %q: %v", piece, took)
		if took > slow {
			t.Errorf("80 words of %q took %v", piece, took)
		}
		if r := p.Parse(append(words, "milk")); len(r) > 0 {
			t.Errorf("81 words of %q have %d readings", piece, len(r))
		}
	}
	if r := p.Parse(nil); r != nil {
		t.Errorf("nothing is read as %+v", r)
	}
}

func TestNoiseAlone(t *testing.T) {
	p := shop(t, "catalog")
	for _, said := range []string{"[unk]", "[unk] [unk] [unk]", "um", "um [unk] please"} {
		for _, r := range p.Parse(strings.Fields(said)) {
			if len(r.Intents) > 0 {
				t.Errorf("%q is read as %+v", said, r.Intents)
			}
		}
	}
	if r := p.Parse(strings.Fields("[unk] three bagels")); len(r) == 0 || len(r[0].Intents) != 1 || r[0].Dropped != 1 {
		t.Errorf("a sentence after noise is read as %+v", r)
	}
}

// FuzzParse: whatever the words, no panic, and readings in order and bounded.
func FuzzParse(f *testing.F) {
	p := shop(f, "catalog", "coffee")
	for _, s := range []string{"item one two zero three times three", "a large latte with soy milk and sugar", "1203 3", "[unk] and and a half",
		"half a kilo of", "double double triple", "no no four", "300g 1.5kg 0.kg .5l 999999g", "with with milk", "\x00 \xff", "item 99999999999999999999",
		strings.Repeat("one ", 80)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Fields(text)
		readings := p.Parse(words)
		if len(words) > 80 && len(readings) > 0 {
			t.Errorf("%d words have readings", len(words))
		}
		for i, r := range readings {
			if i > 0 && r.Score > readings[i-1].Score {
				t.Errorf("%q: readings out of order", text)
			}
			for _, in := range r.Intents {
				if in.Do == "" || in.Milli < 0 || len(in.Ref.Code) > 14 {
					t.Errorf("%q: %+v", text, in)
				}
			}
		}
	})
}
