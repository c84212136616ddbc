package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
	"voicetill/payments/money"
	"voicetill/speech"
	"voicetill/speech/vosk"
)

const hearUsage = "[--catalog FILE.csv] FILE.wav…"

func init() {
	commands = append(commands, command{"hear", hearUsage, "say what recordings mean, one JSON object a line", hear})
}

// errSomeFiles ends hear with status 1 after it named the files on stderr.
var errSomeFiles = errors.New("some files could not be heard")

func hear(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("hear", flag.ContinueOnError)
	catalogFile := fs.String("catalog", "", "catalogue `FILE.csv`; the demo shop if not given")
	model := fs.String("model", "", "vosk model `folder`; by default the one that make fetched")
	if err := parseFlags(fs, args, hearUsage, 1, -1); err != nil {
		return err
	}
	ears, err := newEars(*catalogFile, *model)
	if err != nil {
		return err
	}
	defer ears.Close()
	failed := false
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, name := range fs.Args() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		heard, err := ears.hearFile(ctx, name)
		if err != nil {
			fmt.Fprintf(os.Stderr, "voicetill: %s: %v\n", name, err)
			failed = true
			continue
		}
		line := struct {
			WAV string `json:"wav"`
			checkout.Heard
		}{filepath.Base(name), heard}
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	if failed {
		return errSomeFiles
	}
	return nil
}

// frameBytes is 100 ms, as a microphone sends it.
const frameBytes = 2 * speech.SampleRate / 10

// ears hear recordings with one catalogue.
type ears struct {
	engine       speech.Engine
	understander *checkout.Understander
	pool         *speech.Pool
	answers      *speech.Pool // of what answers an open question
}

// newEars loads a model and a catalogue ("": the demo shop).
func newEars(catalogFile, model string) (*ears, error) {
	items, err := readCatalog(catalogFile)
	if err != nil {
		return nil, err
	}
	return newEarsOf(items, model)
}

// newEarsOf hears items whose unknown names it respells.
func newEarsOf(items []catalog.Item, model string) (*ears, error) {
	return openEars(items, model, true)
}

func openEars(items []catalog.Item, model string, respelled bool) (*ears, error) {
	grammar, err := englishGrammar()
	if err != nil {
		return nil, err
	}
	if model == "" {
		model = modelDir()
	}
	engine, err := vosk.Open(model)
	if err != nil {
		return nil, err
	}
	if respelled {
		names := &respeller{knows: engine.Knows, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
		if items, err = names.respell(context.Background(), items); err != nil {
			return nil, errors.Join(err, engine.Close())
		}
	}
	u := checkout.NewUnderstander(grammar, catalog.NewIndex(items), engine.Knows)
	decoders := speech.NewDecoders(speech.BusyDecoders())
	pool, err := speech.NewLanguagePool(engine, u.Phrases(), decoders)
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return &ears{engine: engine, understander: u, pool: pool, answers: speech.NewPool(engine, u.Answers(), decoders)}, nil
}

func englishGrammar() (*parser.Grammar, error) {
	text, err := models.FS.ReadFile("en/grammar.txt")
	if err != nil {
		return nil, fmt.Errorf("read grammar: %w", err)
	}
	return parser.ParseGrammar(string(text))
}

// readCatalog reads a CSV file or a workbook, or the embedded demo shop.
func readCatalog(name string) ([]catalog.Item, error) {
	read := os.ReadFile
	if name == "" {
		name, read = "demo/catalog.csv", models.FS.ReadFile
	}
	data, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	items, err := catalog.Read(data, money.Currency("EUR"), nil)
	if err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", name, err)
	}
	return items, nil
}

func (e *ears) Close() error {
	return errors.Join(e.pool.Close(), e.answers.Close(), e.engine.Close())
}

func (e *ears) hearFile(ctx context.Context, name string) (checkout.Heard, error) {
	f, err := os.Open(name)
	if err != nil {
		return checkout.Heard{}, err
	}
	defer f.Close()
	samples, rate, err := speech.ReadWAV(f)
	if err != nil {
		return checkout.Heard{}, err
	}
	if samples, err = speech.Resample(samples, rate); err != nil {
		return checkout.Heard{}, err
	}
	return e.hear(ctx, audible(samples))
}

// A recording whose loudest sample is below faint was made far too quiet: a
// microphone's level can be turned up, a file's cannot. It is raised to raised.
const (
	faint  = 0.05
	raised = 0.25
)

// audible is a recording as loud as a microphone would give it. The samples are
// changed in place.
func audible(samples []float32) []float32 {
	peak := float32(0)
	for _, s := range samples {
		peak = max(peak, s, -s)
	}
	if peak == 0 || peak >= faint {
		return samples
	}
	for i := range samples {
		samples[i] *= raised / peak
	}
	return samples
}

// hear takes mono samples at speech.SampleRate as one conversation: the
// commands of its utterances one after the other.
func (e *ears) hear(ctx context.Context, samples []float32) (checkout.Heard, error) {
	situation := checkout.Situation{}
	l, err := speech.NewListener(speech.ListenerConfig{Pool: e.pool, Rate: speech.SampleRate, Second: true,
		Wait: func(partial string) float64 { return e.understander.Wait(partial, situation) }})
	if err != nil {
		return checkout.Heard{}, err
	}
	defer l.Close()
	var heard []checkout.Heard
	var ear checkout.Ear
	take := func(events []speech.Event, err error) error {
		for _, ev := range events {
			if ev.Final == nil || ev.Silent {
				continue
			}
			h, joined := ear.Hear(e.understander, ev, situation)
			if joined {
				heard = heard[:len(heard)-1]
			}
			heard = append(heard, h)
		}
		return err
	}
	pcm := speech.PCM16(samples)
	for len(pcm) > 0 {
		n := min(len(pcm), frameBytes)
		if err := take(l.Feed(ctx, pcm[:n])); err != nil {
			return checkout.Heard{}, err
		}
		pcm = pcm[n:]
	}
	if err := take(l.End(ctx)); err != nil {
		return checkout.Heard{}, err
	}
	whole := checkout.Heard{Commands: []checkout.Command{}}
	for _, h := range heard {
		whole.Text = strings.TrimSpace(whole.Text + " " + h.Text)
		whole.Commands = append(whole.Commands, h.Commands...)
		whole.Evidence.Texts = append(whole.Evidence.Texts, h.Evidence.Texts...)
		whole.Evidence.Margin = h.Evidence.Margin
	}
	return whole, nil
}
