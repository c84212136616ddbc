package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/payments/money"
	"voicetill/speech/synth"
)

const namesUsage = "[--piper VOICE.onnx] [--every N] [--off] [--exchange] [-v]"

func init() { benches = append(benches, subcommand{"names", namesUsage, benchUnknownNames}) }

// saidAs are the sentences around a name, in turn, and the quantity they mean.
var saidAs = []struct {
	text     string
	quantity catalog.Qty
}{
	{"two %s", 2000}, {"i want %s times three", 3000}, {"can i have four %s please", 4000}, {"add the %s", 1000}, {"give me five %s", 5000},
}

// namesVoices speak in bench names: of every program some, men and women,
// Americans and Britons.
var namesVoices = []string{"flite awb 1.0", "flite rms 1.0", "flite slt 1.0", "flite kal16 1.0", "espeak-ng en-us+m3 125", "espeak-ng en-gb+f2 155",
	"espeak-ng en-gb-scotland+m3 145", "espeak-ng en-029+f2 135", "festival kal_diphone", "piper 1.0"}

// named is one clip of bench names. item is "" where the shop lacks the name.
type named struct {
	voice    synth.Voice
	text     string
	item     string
	quantity catalog.Qty
}

func benchUnknownNames(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("bench names", flag.ContinueOnError)
	model := fs.String("model", "", "vosk model `folder`")
	piper := fs.String("piper", "", "a voice `FILE.onnx` for the program piper, if there is one")
	every := fs.Int("every", 1, "take every `N`th clip only")
	off := fs.Bool("off", false, "without respellings, for comparison")
	exchange := fs.Bool("exchange", false, "sell the names of bench/absent.txt, and not those of the shop")
	noiseFile := fs.String("noise", "", "`NOISE` to mix in: a FILE.wav, white or pink")
	snrList := fs.String("snr", "", "ratios of voice to noise in `dB`, such as 6,12")
	verbose := fs.Bool("v", false, "print every clip that was not right")
	if err := parseFlags(fs, args, namesUsage, 0, 0); err != nil {
		return err
	}
	snrs, err := readSNRs(*snrList, *noiseFile)
	if err != nil {
		return err
	}
	var noise clip
	if *noiseFile != "" {
		if noise, err = readNoise(*noiseFile); err != nil {
			return err
		}
	}
	items, absent, err := namesShop()
	if err != nil {
		return err
	}
	if *exchange {
		items, absent = exchanged(items, absent)
	}
	ears, err := openEars(items, *model, !*off)
	if err != nil {
		return err
	}
	defer ears.Close()
	list, err := sayNames(items, absent, ears.engine.Knows, *piper)
	if err != nil {
		return err
	}
	list = everyNth(list, *every)
	clips, err := recordNames(ctx, list)
	if err != nil {
		return err
	}
	r := report{Bench: "names", Seed: 1}
	for _, snr := range snrs {
		heard, err := ears.hearAll(ctx, snrLabel(snr), noisy(clips, noise.samples, snr, 1))
		if err != nil {
			return err
		}
		name := ""
		if snr != nil {
			name = strings.TrimSuffix(filepath.Base(*noiseFile), ".wav")
		}
		sold, lacking := judgeNames(list, heard, *verbose)
		for group, outcomes := range map[string][]outcome{"sold": sold, "not sold": lacking} {
			c := tally(name, snr, outcomes)
			c.Group = group
			r.Conditions = append(r.Conditions, c)
		}
	}
	slices.SortStableFunc(r.Conditions, func(a, b condition) int { return strings.Compare(b.Group, a.Group) })
	return r.print()
}

// namesShop is the shop of the benchmark, and names that it does not sell.
func namesShop() (items []catalog.Item, absent []string, err error) {
	f, err := models.FS.Open("bench/names.csv")
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if items, err = catalog.ReadCSV(f, money.Currency("EUR")); err != nil {
		return nil, nil, fmt.Errorf("read bench/names.csv: %w", err)
	}
	text, err := models.FS.ReadFile("bench/absent.txt")
	return items, strings.Fields(string(text)), err
}

// exchanged gives the first items the absent names, and returns the first words of
// the names that they had.
func exchanged(items []catalog.Item, absent []string) (others []catalog.Item, names []string) {
	others = slices.Clone(items)
	for i := range absent[:min(len(absent), len(items))] {
		first, _, _ := strings.Cut(items[i].Name, " ")
		names = append(names, first)
		others[i].Name = absent[i]
	}
	return others, names
}

// sayNames has each voice say each name that the recogniser does not know, in the
// sentences in turn.
func sayNames(items []catalog.Item, absent []string, knows func(string) bool, piper string) ([]named, error) {
	var voices []synth.Voice
	for _, v := range synth.Find(piper) {
		if slices.Contains(namesVoices, v.Name) {
			voices = append(voices, v)
		}
	}
	if len(voices) == 0 {
		return nil, errors.New("no voice is installed: install flite or espeak-ng")
	}
	var list []named
	say := func(name, item string, at int) {
		for i, v := range voices {
			s := saidAs[(at+i)%len(saidAs)]
			list = append(list, named{v, fmt.Sprintf(s.text, name), item, s.quantity})
		}
	}
	for at, it := range items {
		if slices.ContainsFunc(strings.Fields(it.Name), func(w string) bool { return !knows(w) }) {
			say(it.Name, it.Number, at)
		}
	}
	for at, name := range absent {
		if !knows(name) {
			say(name, "", at)
		}
	}
	return list, nil
}

func recordNames(ctx context.Context, list []named) ([]clip, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	studio := synth.Studio{Dir: filepath.Join(cache, "voicetill-voices")}
	clips := make([]clip, len(list))
	for i, n := range list {
		samples, err := studio.Say(ctx, n.voice, n.text)
		if err != nil {
			return nil, err
		}
		clips[i] = clip{n.voice.Name + ": " + n.text, samples}
	}
	return clips, nil
}

// judgeNames compares with what was said. Of a name that the shop lacks nothing
// may be added unasked.
func judgeNames(list []named, heard []checkout.Heard, verbose bool) (sold, lacking []outcome) {
	for i, n := range list {
		var want []checkout.Command
		if n.item != "" {
			want = []checkout.Command{{Do: "add", Item: n.item, Quantity: &n.quantity}}
		}
		o := judgeCommands(heard[i].Commands, want)
		if verbose && (!o.exact || o.asked) {
			got, _ := json.Marshal(heard[i].Commands)
			fmt.Printf("%s (%s) wrong=%v\n  heard %s\n  got   %s  margin %.2f\n  alts  %s\n", n.text, n.voice.Name, o.wrong, heard[i].Text, got,
				heard[i].Evidence.Margin, strings.Join(heard[i].Evidence.Texts, " / "))
		}
		if n.item == "" {
			lacking = append(lacking, o)
		} else {
			sold = append(sold, o)
		}
	}
	return sold, lacking
}
