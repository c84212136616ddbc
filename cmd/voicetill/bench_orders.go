package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"voicetill/checkout"
	"voicetill/parser"
)

// order is one entry of a data set laid out like Picovoice's
// speech-to-intent-benchmark.
type order struct {
	Intent string            `json:"intent"`
	Slots  map[string]string `json:"slots"`
}

const ordersUsage = "[--dataset FOLDER] [--catalog FILE.csv] [--room NAME,…] [--noise NAME --snr DB,…]"

func benchOrders(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("bench orders", flag.ContinueOnError)
	dataset := fs.String("dataset", "", "`folder` with speech/clean, noise and label/label.json")
	catalogFile := fs.String("catalog", "", "catalogue `FILE.csv` with the drinks")
	noiseName := fs.String("noise", "", "a `name` in the data set's noise folder, or a WAV file")
	snrList := fs.String("snr", "", "ratios of voice to noise in `dB`, such as 6,12")
	seed := fs.Uint64("seed", 1, "of where the noise begins")
	model := fs.String("model", "", "vosk model `folder`")
	room := fs.String("room", "", "simulated rooms by `NAME`: "+roomNames())
	every := fs.Int("every", 1, "take every `N`th clip only")
	verbose := fs.Bool("v", false, "print every clip that was not exact or was asked about")
	if err := parseFlags(fs, args, ordersUsage, 0, 0); err != nil {
		return err
	}
	names, orders, err := readOrders(*dataset, *every)
	if err != nil {
		return err
	}
	clips := make([]clip, len(names))
	for i, name := range names {
		if clips[i], err = readClip(filepath.Join(*dataset, "speech", "clean", name)); err != nil {
			return err
		}
	}
	noise := *noiseName
	if noise != "" && !strings.ContainsRune(noise, filepath.Separator) && !strings.HasSuffix(noise, ".wav") {
		noise = filepath.Join(*dataset, "noise", noise+".wav")
	}
	return runBench(ctx, benchRun{name: "orders", catalog: *catalogFile, rooms: *room, noise: noise, snrs: *snrList, seed: *seed, model: *model,
		clips: clips, judge: func(i int, h checkout.Heard) outcome {
			o := judgeOrder(h.Commands, orders[names[i]])
			if *verbose && (!o.strict || o.asked) {
				got, _ := json.Marshal(h.Commands)
				want, _ := json.Marshal(orders[names[i]].Slots)
				fmt.Printf("%s exact=%v wrong=%v\n  want  %s\n  heard %s\n  got   %s  margin %.2f\n  alts  %s\n", names[i], o.exact, o.wrong, want, h.Text, got, h.Evidence.Margin, strings.Join(h.Evidence.Texts, " / "))
			}
			return o
		}})
}

// readOrders reads the labels of a data set, and names every nth recording.
func readOrders(dataset string, every int) (names []string, orders map[string]order, err error) {
	data, err := os.ReadFile(filepath.Join(dataset, "label", "label.json"))
	if err == nil {
		err = json.Unmarshal(data, &orders)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read labels: %w", err)
	}
	return everyNth(slices.Sorted(maps.Keys(orders)), every), orders, nil
}

// judgeOrder: exact is every labelled slot right, as the benchmark scores;
// strict allows no other slot either.
func judgeOrder(got []checkout.Command, want order) outcome {
	o := outcome{nothing: len(got) == 0}
	if len(got) == 0 {
		return o
	}
	slots := map[string]string{}
	for _, c := range got {
		if c.Do != parser.Add {
			continue
		}
		slots["coffeeDrink"] = c.Name
		maps.Copy(slots, c.Options)
		o.asked = o.asked || c.Ask != ""
	}
	o.exact = want.Intent == "orderDrink" && len(slots) > 0
	for slot, value := range want.Slots {
		o.exact = o.exact && slots[slot] == strings.TrimSpace(value)
	}
	o.strict = o.exact && len(slots) == len(want.Slots) && len(got) == 1
	o.wrong = !o.exact && !o.asked
	return o
}
