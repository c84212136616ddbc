package respell

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata")

// realDictionary is where make puts the dictionary.
const realDictionary = "../../models/vosk/cmudict/cmudict.dict"

var readReal = sync.OnceValues(func() (*Dictionary, error) {
	f, err := os.Open(realDictionary)
	if err != nil {
		return nil, fmt.Errorf("%w: make models fetches the dictionary", err)
	}
	defer f.Close()
	return ReadDictionary(f)
})

func dictionary(t testing.TB) *Dictionary {
	t.Helper()
	d, err := readReal()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// short has the words that begin with letters of "haribo", to be quick.
func short(word string) bool { return strings.Contains("harbo", word[:1]) }

func every(string) bool { return true }
func none(string) bool  { return false }

// TestSpellingsOfBrands reads "name: phones: spellings", the phones as espeak-ng
// says them. The brands themselves are taken out of the lexicon.
func TestSpellingsOfBrands(t *testing.T) {
	const golden = "testdata/spellings.golden"
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	brands := map[string]bool{}
	for _, line := range strings.Split(string(data), "\n") {
		name, _, _ := strings.Cut(line, ":")
		brands[name] = true
	}
	d := dictionary(t)
	l := NewLexicon(d, func(w string) bool { return !brands[w] }, func(w string) bool { return w == "two" || w == "the" || w == "sea" })
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(string(data)))
	for lines.Scan() {
		parts := strings.Split(lines.Text(), ": ")
		if len(parts) < 2 {
			t.Fatalf("%q", lines.Text())
		}
		var texts []string
		for _, sp := range l.Spell(phonesOf(t, parts[1]), Best, limit(phonesOf(t, parts[1]))) {
			texts = append(texts, fmt.Sprintf("%s %.2f", sp.Words, sp.Cost))
		}
		fmt.Fprintf(&out, "%s: %s: %s\n", parts[0], parts[1], strings.Join(texts, ", "))
	}
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, want := strings.Split(out.String(), "\n"), strings.Split(string(data), "\n")
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("got  %s\nwant %s", got[min(i, len(got)-1)], want[i])
		}
	}
}

func TestALexiconHasNoCommandsAndOneWordForASound(t *testing.T) {
	d, err := ReadDictionary(strings.NewReader("two T UW1\ntoo T UW1\nto T UW1\nto(2) T IH0\nbeau B OW1\nbow B AW1\nbow(2) B OW1\nbo B OW1\nmilk M IH1 L K\nmilk's M IH1 L K S\nb B IY1\nhmm HH M\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := NewLexicon(d, func(w string) bool { return w != "milk" }, func(w string) bool { return w == "two" })
	if got := strings.Join(l.words, " "); got != "bo bow" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsTooShortOrTooLongIsNotSpelled(t *testing.T) {
	l := NewLexicon(dictionary(t), short, none)
	for _, ps := range []Phones{nil, {AA}, slices.Repeat(Phones{B, AA}, maxPhones)} {
		if got := l.Spell(ps, 3, 5); got != nil {
			t.Errorf("%v: got %v", ps, got)
		}
	}
	if got := l.Spell(Phones{ZH, ZH, ZH, ZH}, 3, 1); got != nil {
		t.Errorf("got %v, want nothing that cheap", got)
	}
}

// pronouncer says what it was told and counts the words it was asked for.
type pronouncer struct {
	said  map[string][]Phones
	asked []string
	err   error
}

func (p *pronouncer) Pronounce(_ context.Context, words []string) (map[string][]Phones, error) {
	p.asked = append(p.asked, words...)
	return p.said, p.err
}

func TestASpellerAsksForAWordOnce(t *testing.T) {
	d := dictionary(t)
	voice := &pronouncer{said: map[string][]Phones{"haribo": {phonesOf(t, "HH AA R IY B OW")}}}
	s := NewSpeller(d, NewLexicon(d, short, none), voice)
	for range 2 {
		got, err := s.Spell(t.Context(), []string{"haribo", "robot", "xqzt", "haribo"})
		if err != nil {
			t.Fatal(err)
		}
		if len(got["haribo"]) != Best || got["haribo"][0].Cost > 0.6 {
			t.Errorf("haribo: %v", got["haribo"])
		}
		if len(got["robot"]) == 0 || len(got["xqzt"]) != 0 {
			t.Errorf("got %v", got)
		}
	}
	if got := strings.Join(voice.asked, " "); got != "haribo xqzt" {
		t.Errorf("asked for %q", got)
	}
	voice.err = errors.New("no voice today")
	if _, err := s.Spell(t.Context(), []string{"oatly"}); !errors.Is(err, voice.err) {
		t.Errorf("got %v", err)
	}
	if got, err := NewSpeller(d, s.lexicon, nil).Spell(t.Context(), []string{"oatly"}); err != nil || len(got["oatly"]) > 0 {
		t.Errorf("without a voice: %v, %v", got, err)
	}
}

func TestASpellerStopsWhenItIsTold(t *testing.T) {
	d := dictionary(t)
	s := NewSpeller(d, NewLexicon(d, short, none), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Spell(ctx, []string{"milk"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestEspeakSaysManyWordsAtOnce(t *testing.T) {
	e, err := FindEspeak()
	if err != nil {
		t.Fatalf("%v; make test installs it", err)
	}
	var words []string
	for i := range espeakWords + 20 {
		words = append(words, "haribo", fmt.Sprintf("oatly%c", 'a'+i%20))
	}
	said, err := e.Pronounce(t.Context(), words)
	if err != nil {
		t.Fatal(err)
	}
	if got := said["haribo"]; len(got) == 0 || got[0].String() != "HH AA R IY B OW" {
		t.Errorf("haribo: %v", got)
	}
	for _, w := range words {
		if len(said[w]) == 0 {
			t.Errorf("%s is not said", w)
		}
	}
}

func TestEspeakThatIsNotThere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := FindEspeak(); !errors.Is(err, ErrNoEspeak) {
		t.Errorf("got %v", err)
	}
	if _, err := (&Espeak{path: "/nowhere/espeak-ng"}).Pronounce(t.Context(), []string{"haribo"}); err == nil {
		t.Error("a program that is not there said something")
	}
}

func BenchmarkSpell(b *testing.B) {
	l := NewLexicon(dictionary(b), every, none)
	ps := phonesOf(b, "L IH R D AE M ER")
	for b.Loop() {
		l.Spell(ps, Best, limit(ps))
	}
}
