package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"voicetill/checkout"
	"voicetill/parser"
)

func sqrt(x float64) float64  { return math.Sqrt(x) }
func pow10(x float64) float64 { return math.Pow(10, x) }
func abs(x float64) float64   { return math.Abs(x) }

// labelled is one line of labels.jsonl.
type labelled struct {
	WAV      string             `json:"wav"`
	Say      string             `json:"say"`
	Commands []checkout.Command `json:"commands"`
}

func readLabels(path string) ([]labelled, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []labelled
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", path, n, err)
		}
		list = append(list, l)
	}
	return list, lines.Err()
}

const understandUsage = "--labels FILE.jsonl [--catalog FILE.csv] [--room NAME,…] [--noise NOISE --snr DB,… [--lead S]]"

func benchUnderstand(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("bench understand", flag.ContinueOnError)
	catalogFile := fs.String("catalog", "", "catalogue `FILE.csv`; the demo shop if not given")
	labels := fs.String("labels", "", "`labels.jsonl` beside its recordings")
	noiseFile := fs.String("noise", "", "`NOISE` to mix in: a FILE.wav, white or pink")
	lead := fs.Float64("lead", 0, "`seconds` of noise alone before each recording, and one behind it")
	snrList := fs.String("snr", "", "ratios of voice to noise in `dB`, such as 6,12")
	items := fs.Int("items", 0, "put the catalogue into a generated one of `N` items")
	seed := fs.Uint64("seed", 1, "of where the noise begins")
	model := fs.String("model", "", "vosk model `folder`")
	verbose := fs.Bool("v", false, "print every clip that was not exact or was asked about")
	room := fs.String("room", "", "simulated rooms by `NAME`: "+roomNames())
	every := fs.Int("every", 1, "take every `N`th clip only")
	if err := parseFlags(fs, args, understandUsage, 0, 0); err != nil {
		return err
	}
	if !(*lead >= 0 && *lead <= 60) {
		return fmt.Errorf("--lead %v: seconds from 0 to 60", *lead)
	}
	list, err := readLabels(*labels)
	if err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	list = everyNth(list, *every)
	clips := make([]clip, len(list))
	for i, l := range list {
		if clips[i], err = readClip(filepath.Join(filepath.Dir(*labels), l.WAV)); err != nil {
			return err
		}
	}
	return runBench(ctx, benchRun{name: "understand", catalog: *catalogFile, items: *items, noise: *noiseFile, snrs: *snrList, rooms: *room,
		seed: *seed, model: *model, clips: withSilence(clips, *lead), judge: func(i int, h checkout.Heard) outcome {
			o := judgeCommands(h.Commands, list[i].Commands)
			if *verbose && (!o.exact || o.asked) {
				got, _ := json.Marshal(h.Commands)
				fmt.Printf("%s wrong=%v\n  said  %s\n  heard %s\n  got   %s  margin %.2f\n  alts  %s\n", list[i].WAV, o.wrong, list[i].Say, h.Text, got, h.Evidence.Margin, strings.Join(h.Evidence.Texts, " / "))
			}
			return o
		}})
}

// benchRun is what the benchmarks with conditions have in common.
type benchRun struct {
	name, catalog, rooms, noise, snrs, model string
	items                                    int
	seed                                     uint64
	clips                                    []clip
	judge                                    func(i int, h checkout.Heard) outcome
}

func runBench(ctx context.Context, b benchRun) error {
	snrs, err := readSNRs(b.snrs, b.noise)
	if err != nil {
		return err
	}
	names, err := readRooms(b.rooms)
	if err != nil {
		return err
	}
	var noise clip
	if b.noise != "" {
		if noise, err = readNoise(b.noise); err != nil {
			return err
		}
	}
	shop, err := readCatalog(b.catalog)
	if err != nil {
		return err
	}
	ears, err := newEarsOf(growCatalog(shop, b.items, b.seed), b.model)
	if err != nil {
		return err
	}
	defer ears.Close()
	r := report{Bench: b.name, Seed: b.seed}
	for _, room := range names {
		clips := inRoom(b.clips, room)
		for _, snr := range snrs {
			heard, err := ears.hearAll(ctx, strings.TrimSpace(room+" "+snrLabel(snr)), noisy(clips, noise.samples, snr, b.seed))
			if err != nil {
				return err
			}
			outcomes := make([]outcome, len(heard))
			for i, h := range heard {
				outcomes[i] = b.judge(i, h)
			}
			name := ""
			if snr != nil {
				name = strings.TrimSuffix(filepath.Base(b.noise), ".wav")
			}
			c := tally(name, snr, outcomes)
			c.Room = room
			r.Conditions = append(r.Conditions, c)
		}
	}
	return r.print()
}

// judgeCommands compares by do, item, quantity, unit and options, in order.
// Wrong: something that changes the cart, other than what was meant, would be
// done without a question.
func judgeCommands(got, want []checkout.Command) outcome {
	o := outcome{exact: slices.EqualFunc(got, want, same), nothing: len(got) == 0 && len(want) > 0}
	o.strict = o.exact
	for _, g := range got {
		meant := slices.ContainsFunc(want, func(w checkout.Command) bool { return same(g, w) })
		changes := g.Do == parser.Add || g.Do == parser.Set || g.Do == parser.Remove
		o.wrong = o.wrong || changes && !meant && g.Ask == ""
		switch g.Ask {
		case checkout.AskChoice, checkout.AskAlike, checkout.AskUnknown, checkout.AskUnit:
			o.asked = true
		}
	}
	return o
}

func same(a, b checkout.Command) bool {
	quantity := func(c checkout.Command) string {
		if c.Quantity == nil {
			return ""
		}
		return c.Quantity.String()
	}
	return a.Do == b.Do && a.Item == b.Item && quantity(a) == quantity(b) && a.Unit == b.Unit && maps.Equal(a.Options, b.Options) && a.N == b.N
}

// everyNth keeps the elements 0, n, 2n …
func everyNth[T any](list []T, n int) []T {
	var kept []T
	for i := 0; i < len(list); i += max(n, 1) {
		kept = append(kept, list[i])
	}
	return kept
}
