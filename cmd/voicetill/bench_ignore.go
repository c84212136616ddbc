package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/speech"
)

// ignored is the last line of bench ignore: what speech that was not for the
// till did to the cart.
type ignored struct {
	condition
	Items   int     `json:"items"`
	Hours   float64 `json:"hours"`
	Reached int     `json:"reached"`          // commands that changed a cart unasked
	Asked   int     `json:"asked_count"`      // questions put to nobody
	Others  int     `json:"others"`           // other commands: total, help …
	PerHour float64 `json:"reached_per_hour"` // Reached / Hours
}

const ignoreUsage = "DIR… [--catalog FILE.csv] [--items N]"

func benchIgnore(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench ignore", flag.ContinueOnError)
	catalogFile := flags.String("catalog", "", "catalogue `FILE.csv`; the demo shop if not given")
	items := flags.Int("items", 0, "put the catalogue into a generated one of `N` items")
	model := flags.String("model", "", "vosk model `folder`")
	seed := flags.Uint64("seed", 1, "of the generated catalogue")
	verbose := flags.Bool("v", false, "print what was taken for a command")
	var dirs []string
	for rest := args; ; { // folders may stand before, between and after flags
		if err := parseFlags(flags, rest, ignoreUsage, 0, -1); err != nil {
			return err
		}
		if rest = flags.Args(); len(rest) == 0 {
			break
		}
		dirs, rest = append(dirs, rest[0]), rest[1:]
	}
	shop, err := readCatalog(*catalogFile)
	if err != nil {
		return err
	}
	clips, seconds, err := readFolders(dirs)
	if err != nil {
		return err
	}
	grown := growCatalog(shop, *items, *seed)
	ears, err := newEarsOf(grown, *model)
	if err != nil {
		return err
	}
	defer ears.Close()
	heard, err := ears.hearAll(ctx, fmt.Sprintf("%d items", len(grown)), clips)
	if err != nil {
		return err
	}
	r := ignored{Items: len(grown), Hours: seconds / 3600}
	outcomes := make([]outcome, len(heard))
	for i, h := range heard {
		outcomes[i].exact = len(h.Commands) == 0
		outcomes[i].strict, outcomes[i].nothing = outcomes[i].exact, outcomes[i].exact
		for _, c := range h.Commands {
			changes := c.Do == parser.Add || c.Do == parser.Set || c.Do == parser.Remove || c.Do == parser.Undo
			switch {
			case c.Ask != "":
				r.Asked++
				outcomes[i].asked = true
			case changes:
				r.Reached++
				outcomes[i].wrong = true
			default:
				r.Others++
			}
		}
		if *verbose && len(h.Commands) > 0 {
			got, _ := json.Marshal(h.Commands)
			fmt.Printf("%s: %s\n  %s\n  %s margin %.1f\n", clips[i].name, h.Text, got, strings.Join(h.Evidence.Texts, " / "), h.Evidence.Margin)
		}
	}
	r.PerHour = float64(r.Reached) / max(r.Hours, 1e-9)
	r.condition = tally("", nil, outcomes)
	return json.NewEncoder(os.Stdout).Encode(struct {
		Bench      string    `json:"bench"`
		Conditions []ignored `json:"conditions"`
		Seed       uint64    `json:"seed"`
		Version    string    `json:"version"`
	}{"ignore", []ignored{r}, *seed, version()})
}

// readFolders reads every WAV file below the folders (a file may be named too).
func readFolders(dirs []string) (clips []clip, seconds float64, err error) {
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".wav") {
				return err
			}
			c, err := readClip(path)
			if err != nil {
				return err
			}
			clips = append(clips, c)
			seconds += float64(len(c.samples)) / speech.SampleRate
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if len(clips) == 0 {
		return nil, 0, fmt.Errorf("no WAV files in %s", strings.Join(dirs, ", "))
	}
	return clips, seconds, nil
}

// growCatalog adds generated items to a shop until it has n.
func growCatalog(shop []catalog.Item, n int, seed uint64) []catalog.Item {
	return catalog.Grow(shop, n, seed)
}
