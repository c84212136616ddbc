package respell

import (
	"strings"
	"testing"
)

func TestReadDictionary(t *testing.T) {
	d, err := ReadDictionary(strings.NewReader(";;; old style comment\n\nmilk M IH1 L K\nMILK(2)  M EH1 L K # as some say\naalborg AO1 L B AO0 R G # place, danish\na.m. EY2 EH1 M\nempty\n"))
	if err != nil {
		t.Fatal(err)
	}
	if said := d.Pronounce("milk"); len(said) != 2 || said[1].String() != "M EH L K" {
		t.Errorf("milk: %v", said)
	}
	if d.Len() != 2 || d.Pronounce("a.m.") != nil || d.Pronounce("empty") != nil {
		t.Errorf("%d words", d.Len())
	}
	if ps, ok := d.Say("milk milk"); !ok || len(ps) != 8 {
		t.Errorf("got %v, %v", ps, ok)
	}
	if _, ok := d.Say("oat milk"); ok {
		t.Error("oat is said")
	}
	for text, want := range map[string]string{"milk M IH1 L K\noat OW1 QQ\n": "line 2", strings.Repeat("a", 2*maxLine): "too long"} {
		if _, err := ReadDictionary(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func FuzzReadDictionary(f *testing.F) {
	for _, seed := range []string{"milk M IH1 L K\n", "a(2) EY1\n", "x # y", ";;;", "(2) AA", "oat OW1 QQ", "\xff\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadDictionary(strings.NewReader(text))
		if err != nil {
			return
		}
		l := NewLexicon(d, func(string) bool { return true }, func(string) bool { return false })
		for w, said := range d.words {
			for _, ps := range said {
				if len(ps) == 0 {
					t.Fatalf("%q has an empty pronunciation", w)
				}
				l.Spell(ps[:min(len(ps), 12)], 3, 1)
			}
		}
	})
}
