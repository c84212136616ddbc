package parser_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/speech"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestSentences reads every sentence of the golden files: of English in the demo
// shop and its coffee bar, of Mandarin in the demo shop and a Chinese one. Below
// a sentence stands its best reading, an intent a line.
func TestSentences(t *testing.T) {
	for golden, p := range map[string]*parser.Parser{
		"testdata/sentences.golden":    shop(t, "catalog", "coffee"),
		"testdata/sentences.zh.golden": chineseShop(t),
	} {
		t.Run(golden, func(t *testing.T) { readGolden(t, golden, p) })
	}
}

func readGolden(t *testing.T, golden string, p *parser.Parser) {
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	sentences := 0
	for _, line := range strings.Split(strings.TrimSuffix(string(want), "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "\t"):
			continue
		case line == "" || line[0] == '#':
			fmt.Fprintln(&got, line)
			continue
		}
		sentences++
		fmt.Fprintln(&got, line)
		for _, meant := range describe(p.Parse(speech.TypedWords(line))) {
			fmt.Fprintln(&got, "\t"+meant)
		}
	}
	if sentences == 0 {
		t.Fatalf("%s holds no sentence", golden)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	g, w := blocks(got.String()), blocks(string(want))
	for i := range w {
		if g[i] != w[i] {
			t.Errorf("got\n%s\nwant\n%s", g[i], w[i])
		}
	}
}

// blocks are the sentences, each with what stands below it.
func blocks(text string) []string {
	var list []string
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "\t") && len(list) > 0 {
			list[len(list)-1] += "\n" + line
			continue
		}
		list = append(list, line)
	}
	return list
}

// describe writes the best reading as in the golden file.
func describe(readings []parser.Reading) []string {
	if len(readings) == 0 {
		return []string{"not understood"}
	}
	if len(readings[0].Intents) == 0 {
		return []string{"nothing asked"}
	}
	var lines []string
	for _, in := range readings[0].Intents {
		lines = append(lines, intentLine(in))
	}
	if n := readings[0].Dropped; n > 0 {
		lines = append(lines, fmt.Sprintf("left over: %d", n))
	}
	return lines
}

func intentLine(in parser.Intent) string {
	line := string(in.Do)
	put := func(key, value string) {
		if value != "" {
			line += " " + key + "=" + value
		}
	}
	put("item", in.Ref.Code)
	put("name", quoted(in.Ref.Name))
	if in.Ref.Last {
		put("item", "last")
	}
	if in.Milli > 0 {
		put("quantity", catalog.Qty(in.Milli).String())
	}
	put("unit", in.Unit)
	put("instead-of", cmp.Or(in.Other.Code, quoted(in.Other.Name)))
	if in.Corrects {
		put("corrects", "yes")
	}
	if in.HowMany {
		put("quantity", "?")
	}
	if in.N > 0 {
		put("n", fmt.Sprint(in.N))
	}
	put("method", in.Method)
	for _, group := range slices.Sorted(maps.Keys(in.Options)) {
		put(group, quoted(in.Options[group]))
	}
	return line
}

func quoted(s string) string {
	if strings.Contains(s, " ") {
		return `"` + s + `"`
	}
	return s
}
