package parser_test

import (
	"testing"

	"voicetill/models"
	"voicetill/parser"
)

func TestNoSentenceOfATillIsAmbiguous(t *testing.T) {
	for _, name := range []string{"en/grammar.txt", "zh/grammar.txt"} {
		g, err := parser.ReadGrammar(models.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Ambiguity(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
