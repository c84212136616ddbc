package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments/money"
	"voicetill/speech/synth"
)

const digitsUsage = "[--sounds DIR] [--strings DIR] [--noise FILE.wav --snr DB,…]"

// digitsAbout is what the figures stand on.
const digitsAbout = "one woman's recorded words, 8 kHz, spliced into item numbers in every reading; " +
	"\"number\" and \"and\" are hers too, \"item\", \"times\", \"double\" and \"triple\" a synthetic voice's"

// digitsCondition is one line of the table of bench digits.
type digitsCondition struct {
	Digits int    `json:"digits"`      // of the item numbers
	Check  bool   `json:"check_digit"` // every number of the shop ends in its GS1 check digit
	InShop bool   `json:"in_shop"`     // the number is an item's; else it differs in one digit from one, and has none
	Items  int    `json:"items"`
	Source string `json:"source"` // words: spliced; strings: read in one go
	condition
}

type digitsReport struct {
	Bench      string             `json:"bench"`
	About      string             `json:"about"`
	Conditions []digitsCondition  `json:"conditions"`
	Readings   map[string]reading `json:"readings"` // of numbers that are items', in quiet
	Seed       uint64             `json:"seed"`
	Version    string             `json:"version"`
}

// reading is how one way to read numbers fared.
type reading struct {
	N     int     `json:"n"`
	Exact float64 `json:"exact"`
	Wrong float64 `json:"wrong_unasked"`
}

// digitsRun is what bench digits was told, and what it works with.
type digitsRun struct {
	sounds, strings string
	noise, snrs     string
	cache, model    string
	each            int
	seed            uint64
	verbose         bool
	splicer         *splicer
	whole           map[string][]float32
	noiseClip       clip
	ratios          []*float64
	readings        map[string][]outcome
}

// number is one spoken item number.
type number struct {
	code, kind, text string
	command          checkout.Command
	clip             clip
}

func benchDigits(ctx context.Context, args []string) error {
	r := &digitsRun{readings: map[string][]outcome{}}
	fs := flag.NewFlagSet("bench digits", flag.ContinueOnError)
	fs.StringVar(&r.sounds, "sounds", "/usr/share/asterisk/sounds/en_US_f_Allison", "`folder` of prompts laid out like Asterisk's")
	fs.StringVar(&r.strings, "strings", "/usr/share/pocketsphinx/test/data", "`folder` of pocketsphinx's test data, for two strings read in one go")
	fs.IntVar(&r.each, "each", 60, "`utterances` of each length, kind of number and noise")
	fs.StringVar(&r.noise, "noise", "", "`NOISE` to mix in: a FILE.wav, white or pink")
	fs.StringVar(&r.snrs, "snr", "", "ratios of voice to noise in `dB`, such as 6,12")
	fs.StringVar(&r.cache, "cache", voicesKept(), "`folder` that keeps what voices say")
	fs.Uint64Var(&r.seed, "seed", 1, "of numbers, readings and noise")
	fs.StringVar(&r.model, "model", "", "vosk model `folder`")
	fs.BoolVar(&r.verbose, "v", false, "print every number that was not exact")
	if err := parseFlags(fs, args, digitsUsage, 0, 0); err != nil {
		return err
	}
	if err := r.prepare(); err != nil {
		return err
	}
	out := digitsReport{Bench: "digits", About: digitsAbout, Seed: r.seed, Version: version()}
	for digits := 1; digits <= 8; digits++ {
		for _, check := range []bool{false, true} {
			if check && digits == 1 {
				continue // it would be a check digit of nothing
			}
			list, err := r.shop(ctx, digits, check)
			if err != nil {
				return err
			}
			out.Conditions = append(out.Conditions, list...)
		}
	}
	list, err := r.wholeStrings(ctx)
	if err != nil {
		return err
	}
	out.Conditions = append(out.Conditions, list...)
	out.Readings = map[string]reading{}
	for kind, outcomes := range r.readings {
		c := tally("", nil, outcomes)
		out.Readings[kind] = reading{c.N, c.Exact, c.WrongUnasked}
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

func (r *digitsRun) prepare() (err error) {
	if r.ratios, err = readSNRs(r.snrs, r.noise); err != nil {
		return err
	}
	if r.noise != "" {
		if r.noiseClip, err = readNoise(r.noise); err != nil {
			return err
		}
	}
	voices := findVoices("")
	if len(voices) == 0 {
		return errNoVoices
	}
	voice := voices[max(0, slices.IndexFunc(voices, func(v synth.Voice) bool { return v.Name == "flite slt 1.0" }))]
	if r.splicer, err = newSplicer(r.sounds, voice, synth.Studio{Dir: r.cache}.Say); err != nil {
		return err
	}
	if r.whole, err = readStrings(r.strings); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "strings read in one go: %d of %d found in %s\n", len(r.whole), len(wholeStrings), r.strings)
	return nil
}

// shop measures numbers of one length, some of them items', some not.
func (r *digitsRun) shop(ctx context.Context, digits int, check bool) ([]digitsCondition, error) {
	rng := rand.New(rand.NewPCG(r.seed, uint64(2*digits)))
	codes := shopCodes(digits, check, rng)
	ears, err := newEarsOf(numbered(codes), r.model)
	if err != nil {
		return nil, err
	}
	defer ears.Close()
	var list []digitsCondition
	for _, inShop := range []bool{true, false} {
		numbers, err := r.numbers(ctx, codes, inShop, rng)
		if err != nil || len(numbers) == 0 {
			return list, err
		}
		about := digitsCondition{Digits: digits, Check: check, InShop: inShop, Items: len(codes), Source: "words"}
		more, err := r.measure(ctx, ears, about, numbers)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// wholeStrings measures the numbers that were read in one go, among others.
func (r *digitsRun) wholeStrings(ctx context.Context) ([]digitsCondition, error) {
	if len(r.whole) == 0 {
		return nil, nil
	}
	item, err := r.splicer.utter(ctx, "item")
	if err != nil {
		return nil, err
	}
	var list []digitsCondition
	for _, code := range slices.Sorted(maps.Keys(r.whole)) {
		codes := append(shopCodes(len(code), false, rand.New(rand.NewPCG(r.seed, 99))), code)
		ears, err := newEarsOf(numbered(codes), r.model)
		if err != nil {
			return nil, err
		}
		samples := slices.Concat(item[:len(item)-spliceTail+spliceGap], trimmed(r.whole[code]), make([]float32, spliceTail))
		n := number{code: code, text: "item " + code, command: addOf(code, 1), clip: clip{code, samples}}
		about := digitsCondition{Digits: len(code), InShop: true, Items: len(codes), Source: "strings"}
		more, err := r.measure(ctx, ears, about, []number{n})
		if err = errors.Join(err, ears.Close()); err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

func (r *digitsRun) measure(ctx context.Context, ears *ears, about digitsCondition, numbers []number) ([]digitsCondition, error) {
	clips := make([]clip, len(numbers))
	for i, n := range numbers {
		clips[i] = n.clip
	}
	var list []digitsCondition
	for _, snr := range r.ratios {
		label := fmt.Sprintf("%d digits, check %v, in shop %v, %s", about.Digits, about.Check, about.InShop, snrLabel(snr))
		heard, err := ears.hearAll(ctx, label, noisy(clips, r.noiseClip.samples, snr, r.seed))
		if err != nil {
			return nil, err
		}
		outcomes := make([]outcome, len(heard))
		for i, h := range heard {
			n := numbers[i]
			outcomes[i] = judgeNumber(h.Commands, n)
			if r.verbose && !outcomes[i].exact {
				got, _ := json.Marshal(h.Commands)
				fmt.Printf("%s: said %q\n  heard %s wrong=%v\n  got   %s\n  alts  %s\n", label, n.text, h.Text, outcomes[i].wrong, got, strings.Join(h.Evidence.Texts, " / "))
			}
			if snr == nil && about.InShop && about.Source == "words" {
				r.readings[n.kind] = append(r.readings[n.kind], outcomes[i])
			}
		}
		row := about
		if row.condition = tally("", snr, outcomes); snr != nil {
			row.Noise = strings.TrimSuffix(r.noiseClip.name, ".wav")
		}
		list = append(list, row)
	}
	return list, nil
}

// judgeNumber: a number that no item has is exact where the till says so.
func judgeNumber(got []checkout.Command, n number) outcome {
	o := judgeCommands(got, []checkout.Command{n.command})
	if n.command.Ask == checkout.AskUnknown {
		o.exact = len(got) == 1 && got[0].Ask == checkout.AskUnknown && got[0].Heard == n.code
		o.strict = o.exact
	}
	return o
}

func addOf(code string, quantity int64) checkout.Command {
	q := catalog.Qty(quantity * 1000)
	return checkout.Command{Do: parser.Add, Item: code, Quantity: &q}
}

// numbers speaks item numbers in every reading: half as "number …", all by one
// human voice, half as "item … times …".
func (r *digitsRun) numbers(ctx context.Context, codes []string, inShop bool, rng *rand.Rand) ([]number, error) {
	var list []number
	for tries := 0; len(list) < r.each && tries < 20*r.each; tries++ {
		code := codes[rng.IntN(len(codes))]
		if !inShop {
			other, ok := neighbour(code, codes, rng)
			if !ok {
				continue
			}
			code = other
		}
		ways := spellings(code)
		way := ways[rng.IntN(len(ways))]
		n := number{code: code, kind: way.kind, text: "number " + way.said, command: addOf(code, 1)}
		if len(list)%2 == 1 {
			q := int64(2 + rng.IntN(8))
			n.text, n.command = "item "+way.said+" times "+parser.SayCardinal(q), addOf(code, q)
		}
		if !inShop {
			n.command.Ask, n.command.Item = checkout.AskUnknown, ""
		}
		samples, err := r.splicer.utter(ctx, n.text)
		if err != nil {
			return nil, err
		}
		n.clip = clip{n.text, samples}
		list = append(list, n)
	}
	return list, nil
}

// neighbour changes one digit so that no item has the number.
func neighbour(code string, codes []string, rng *rand.Rand) (string, bool) {
	for range 20 {
		b := []byte(code)
		b[rng.IntN(len(b))] = byte('0' + rng.IntN(10))
		if !slices.Contains(codes, string(b)) {
			return string(b), true
		}
	}
	return "", false
}

// shopCodes are item numbers of one length: as many with a check digit as
// without, at most 200.
func shopCodes(digits int, check bool, rng *rand.Rand) []string {
	n := 200
	switch digits {
	case 1:
		n = 5
	case 2:
		n = 9
	case 3:
		n = 90
	}
	taken := map[string]bool{}
	for len(taken) < n {
		b := make([]byte, digits)
		for i := range b {
			b[i] = byte('0' + rng.IntN(10))
		}
		if b[0] == '0' && digits > 1 {
			continue
		}
		if !check || catalog.CheckDigit(string(b)) {
			taken[string(b)] = true
		}
	}
	return slices.Sorted(maps.Keys(taken))
}

// numbered is a catalogue of things with these numbers.
func numbered(codes []string) []catalog.Item {
	items := catalog.Grow(nil, len(codes), 1)
	for i := range items {
		items[i].Number = codes[i]
		items[i].Price = money.Of(items[i].Price.Minor, "EUR")
	}
	return items
}
