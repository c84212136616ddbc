package checkout_test

import (
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/speech"
)

func TestAGuessedSpellingIsAskedUnlessItIsInTheBestAlternative(t *testing.T) {
	items := []catalog.Item{
		{Number: "11", Name: "haribo", Unit: catalog.Each, Respelled: []string{"hari beau"}},
		{Number: "12", Name: "oatly", Unit: catalog.Each, Taught: []string{"oat lee"}, Respelled: []string{"oat lay"}},
		{Number: "13", Name: "milk", Unit: catalog.Each},
	}
	u := understander(t, "en", catalog.NewIndex(items))
	for name, test := range map[string]struct {
		alternatives []string // best first, 1.25 units apart
		item         string
		ask          checkout.Ask
	}{
		"in the best alternative":                   {[]string{"two hari beau", "two milk hari"}, "11", ""},
		"in a lower one alone":                      {[]string{"two harry [unk]", "two hari beau"}, "11", checkout.AskAlike},
		"the name alone is in the best alternative": {[]string{"hari beau the", "add two hari beau"}, "11", ""},
		"the plural in a lower one":                 {[]string{"two harry [unk]", "two hari beaus"}, "11", checkout.AskAlike},
		"taught, in a lower one":                    {[]string{"two oat the", "two oat lee"}, "12", ""},
		"a real name, in a lower one":               {[]string{"two mill", "two milk"}, "13", ""},
		"a real name, behind a stranger":            {[]string{"two [unk]", "two milk"}, "13", checkout.AskAlike},
		"a number, behind a stranger":               {[]string{"[unk] times two", "item one three times two"}, "13", checkout.AskAlike},
		"a guess that a stranger is close to":       {[]string{"two hari beau", "two [unk] please"}, "11", checkout.AskAlike},
		"a guess whose quantity may be lost":        {[]string{"hari beau", "hari beau", "the hari beau", "two hari beau"}, "11", checkout.AskChoice},
		"a guess far before a stranger":             {[]string{"two hari beau", "two hairy", "two harry", "two [unk]"}, "11", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := hears(1.25, test.alternatives...)
			for _, a := range h.Alternatives {
				for i := range a.Words {
					if a.Words[i].Text == "unk" { // its brackets are no words
						a.Words[i].Text = speech.Unknown
					}
				}
			}
			got := u.Understand(h, checkout.Situation{}).Commands
			if len(got) != 1 || got[0].Item != test.item || got[0].Ask != test.ask {
				t.Errorf("got %+v, want item %s, ask %q", got, test.item, test.ask)
			}
		})
	}
}
