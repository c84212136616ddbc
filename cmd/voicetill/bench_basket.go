package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/speech/synth"
)

const basketUsage = "[--baskets N] [--catalog FILE.csv] [--labels FILE.jsonl] [--noise FILE.wav --snr DB,…]"

var errNoBill = errors.New("there is no bill")

// basketCondition is one line of the table of bench basket. Rates are from 0 to 1.
type basketCondition struct {
	Noise      string   `json:"noise"`
	SNR        *float64 `json:"snr"`              // dB; null: clean
	N          int      `json:"n"`                // baskets
	Right      float64  `json:"right"`            // paid, with exactly the lines of their lists
	Wrong      int      `json:"wrong_lines_paid"` // lines paid that no list has, or in another quantity
	Missing    int      `json:"missing_lines"`    // lines of lists that were not paid
	Unpaid     int      `json:"unpaid"`           // baskets that did not come to their end
	Lines      int      `json:"lines"`
	Repairs    float64  `json:"repairs_per_line"` // repetitions, corrections and answers to doubts
	Repeated   int      `json:"repetitions"`
	Corrected  int      `json:"corrections"`
	Doubts     int      `json:"choices"` // questions that the till asked because it was not sure
	Utterances int      `json:"utterances"`
	Recorded   int      `json:"recorded"` // of these, by recordings
	Cut        int      `json:"cut"`      // utterances that the till broke into
	Unreadable int      `json:"unreadable"`
	Overseen   int      `json:"overseen"` // wrong lines that shoppers did not notice, or gave up on
}

type basketReport struct {
	Bench      string            `json:"bench"`
	Conditions []basketCondition `json:"conditions"`
	Speakers   int               `json:"speakers"`
	Attention  float64           `json:"attention"`
	Seed       uint64            `json:"seed"`
	Version    string            `json:"version"`
}

// basketRun is what bench basket was told, and what it works with.
type basketRun struct {
	baskets, length    int
	catalog, labels    string
	noise, snrs, model string
	cache, piper       string
	attention          float64
	seed               uint64
	verbose            bool
	recordings         map[string][]clip // by what they mean
	recorded           []checkout.Command
	voices             []synth.Voice
	studio             synth.Studio
	trace              io.Writer
	traceMu            sync.Mutex
	say                func(ctx context.Context, v synth.Voice, text string) ([]float32, error)
}

func readBasketFlags(args []string) (*basketRun, error) {
	r := &basketRun{trace: os.Stdout}
	fs := flag.NewFlagSet("bench basket", flag.ContinueOnError)
	fs.IntVar(&r.baskets, "baskets", 50, "`number` of shoppers")
	fs.IntVar(&r.length, "lines", 10, "`lines` of a list")
	fs.StringVar(&r.catalog, "catalog", "", "catalogue `FILE.csv`; the demo shop if not given")
	fs.StringVar(&r.labels, "labels", "", "`labels.jsonl` beside recordings, used where one says what a shopper wants to say")
	fs.StringVar(&r.noise, "noise", "", "`NOISE` to mix in: a FILE.wav, white or pink")
	fs.StringVar(&r.snrs, "snr", "", "ratios of voice to noise in `dB`, such as 6,12")
	fs.StringVar(&r.cache, "cache", voicesKept(), "`folder` that keeps what voices say")
	fs.StringVar(&r.piper, "piper", "", "voice `FILE.onnx` for the program piper, where installed")
	fs.Float64Var(&r.attention, "attention", 1, "`chance` to notice that a line went wrong")
	fs.Uint64Var(&r.seed, "seed", 1, "of lists, voices, sentences and noise")
	fs.StringVar(&r.model, "model", "", "vosk model `folder`")
	fs.BoolVar(&r.verbose, "v", false, "print the conversations in which something had to be put right")
	if err := parseFlags(fs, args, basketUsage, 0, 0); err != nil {
		return nil, err
	}
	if r.baskets < 1 || r.length < 1 || r.attention < 0 || r.attention > 1 {
		return nil, errors.New("--baskets and --lines must be 1 or more, --attention from 0 to 1")
	}
	return r, nil
}

// benchBasket sends simulated shoppers with lists through the till.
func benchBasket(ctx context.Context, args []string) error {
	r, err := readBasketFlags(args)
	if err != nil {
		return err
	}
	snrs, err := readSNRs(r.snrs, r.noise)
	if err != nil {
		return err
	}
	var noise clip
	if r.noise != "" {
		if noise, err = readNoise(r.noise); err != nil {
			return err
		}
	}
	if r.voices = everyOther(findVoices(r.piper), 0); len(r.voices) == 0 {
		return errNoVoices
	}
	r.studio = synth.Studio{Dir: r.cache}
	r.say = r.studio.Say
	if err := r.readRecordings(); err != nil {
		return err
	}
	items, err := readCatalog(r.catalog)
	if err != nil {
		return err
	}
	ears, err := newEarsOf(items, r.model)
	if err != nil {
		return err
	}
	defer ears.Close()
	out := basketReport{Bench: "basket", Speakers: len(r.voices), Attention: r.attention, Seed: r.seed, Version: version()}
	for _, snr := range snrs {
		c, err := r.condition(ctx, ears, items, noise, snr)
		if err != nil {
			return err
		}
		out.Conditions = append(out.Conditions, c)
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// readRecordings files the recordings of one command each by what they mean.
func (r *basketRun) readRecordings() error {
	r.recordings = map[string][]clip{}
	if r.labels == "" {
		return nil
	}
	list, err := readLabels(r.labels)
	if err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	for _, l := range list {
		if len(l.Commands) != 1 {
			continue
		}
		c, err := readClip(filepath.Join(filepath.Dir(r.labels), l.WAV))
		if err != nil {
			return err
		}
		command := l.Commands[0]
		if command.Do == parser.Add && command.Quantity == nil {
			one := catalog.Qty(1000)
			command.Quantity = &one
		}
		if command.Do == parser.Add && command.Item != "" {
			r.recorded = append(r.recorded, command)
		}
		r.recordings[meaningOf(command)] = append(r.recordings[meaningOf(command)], c)
	}
	return nil
}

// meaningOf is the same for commands that do the same.
func meaningOf(c checkout.Command) string {
	qty := ""
	if c.Quantity != nil {
		qty = c.Quantity.String()
	}
	return fmt.Sprintf("%s|%s|%s|%s|%s|%d", c.Do, c.Item, qty, c.Unit, optionsText(c.Options), c.N)
}

func optionsText(o map[string]string) string {
	var list []string
	for group, value := range o {
		list = append(list, group+"="+value)
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

// condition sends all shoppers through the till, some at once, with one kind of
// noise.
func (r *basketRun) condition(ctx context.Context, ears *ears, items []catalog.Item, noise clip, snr *float64) (basketCondition, error) {
	dir, err := os.MkdirTemp("", "voicetill-basket-")
	if err != nil {
		return basketCondition{}, err
	}
	defer os.RemoveAll(dir)
	floor, err := openFloor(ctx, ears, items, dir)
	if err != nil {
		return basketCondition{}, err
	}
	defer floor.db.Close()
	trips := make([]*trip, r.baskets)
	errs := make([]error, r.baskets)
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= r.baskets || ctx.Err() != nil {
					return
				}
				list := shoppingList(floor.index, r.recorded, r.length, rand.New(rand.NewPCG(r.seed, uint64(i))))
				trips[i], errs[i] = r.walk(ctx, floor, i, list, noise.samples, snr)
				fmt.Fprintf(os.Stderr, "\r%s: %d of %d baskets", snrLabel(snr), done.Add(1), r.baskets)
			}
		})
	}
	wg.Wait()
	fmt.Fprintln(os.Stderr)
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return basketCondition{}, err
	}
	c := sumTrips(trips)
	if c.SNR = snr; snr != nil {
		c.Noise = strings.TrimSuffix(noise.name, ".wav")
	}
	return c, nil
}

// trip is one shopper's way through the till.
type trip struct {
	said       map[purpose]int
	recorded   int
	cut        int
	unreadable int
	overseen   int
	lines      int
	paid       bool
	wrong      int
	missing    int
	log        strings.Builder
}

// walk is the ith shopper's trip with a list.
func (r *basketRun) walk(ctx context.Context, floor *shopFloor, i int, list []wish, noise []float32, snr *float64) (*trip, error) {
	t := &trip{said: map[purpose]int{}, lines: len(list)}
	rng := rand.New(rand.NewPCG(r.seed+2, uint64(i)))
	b, err := floor.open(ctx, fmt.Sprint(i))
	if err != nil {
		return t, err
	}
	defer b.Close()
	b.noise, b.snr, b.rng = noise, snr, rand.New(rand.NewPCG(r.seed+1, uint64(i)))
	voice := r.voices[i%len(r.voices)]
	s := newShopper(list, phrasing{floor.ears.understander, floor.index, rng, func(text string) {
		t.unreadable++
		fmt.Fprintf(&t.log, "  cannot be read: %s\n", text)
	}}, r.attention, rng)
	reply, err := b.dialog.Welcome()
	if err != nil {
		return t, err
	}
	var heard checkout.Heard
	for n := 0; n < lineTries*(len(list)+3); n++ {
		u, done := s.next(reply, heard.Commands)
		if done {
			break
		}
		t.said[u.purpose]++
		samples, recorded, err := r.voiceOf(ctx, voice, u, rng)
		if err != nil {
			return t, err
		}
		if recorded {
			t.recorded++
		}
		answer, h, err := b.hear(ctx, samples)
		if err != nil {
			return t, err
		}
		heard = h
		fmt.Fprintf(&t.log, "  %-10s %s\n    heard  %s\n", u.purpose, u.text, h.Text)
		if answer != nil {
			reply = *answer
			fmt.Fprintf(&t.log, "    till   %s\n", answer.Say)
		}
	}
	t.cut, t.overseen = b.cut, len(s.overseen)
	return t, r.finish(ctx, b, t, list, reply, voice)
}

// finish pays where the shopper has come to it, and compares receipt and list.
func (r *basketRun) finish(ctx context.Context, b *booth, t *trip, list []wish, reply checkout.Reply, voice synth.Voice) error {
	if reply.State == checkout.Proving {
		answer, err := b.pay(ctx, reply.Bill)
		if err != nil {
			return err
		}
		reply = *answer
	}
	t.paid = reply.State == checkout.Paid && reply.Receipt != nil
	var lines []payments.LineView
	if t.paid {
		lines = reply.Receipt.Lines
	}
	t.wrong, t.missing = compareReceipt(lines, list)
	if r.verbose && (!t.right() || t.said[toRepeat]+t.said[toCorrect]+t.said[toChoose] > 0) {
		r.traceMu.Lock()
		defer r.traceMu.Unlock()
		fmt.Fprintf(r.trace, "%s: %d wrong, %d missing, paid %v: %s\n%s", voice.Name, t.wrong, t.missing, t.paid, reply.Say, t.log.String())
	}
	return nil
}

func (t *trip) right() bool { return t.paid && t.wrong == 0 && t.missing == 0 }

// compareReceipt counts lines that are on no list so, and those of the list that
// are not on the receipt.
func compareReceipt(lines []payments.LineView, list []wish) (wrong, missing int) {
	found := map[int]bool{}
	for _, l := range lines {
		i := slices.IndexFunc(list, func(w wish) bool { return w.matches(l.Item, l.Options) && w.qty.String() == l.Quantity })
		if i < 0 || found[i] {
			wrong++
			continue
		}
		found[i] = true
	}
	return wrong, len(list) - len(found)
}

// voiceOf is the sound of an utterance: a recording that means the same, every
// other time, or the shopper's own voice.
func (r *basketRun) voiceOf(ctx context.Context, v synth.Voice, u remark, rng *rand.Rand) (samples []float32, recorded bool, err error) {
	if list := r.recordings[meaningOf(u.command)]; len(list) > 0 && rng.IntN(2) == 0 {
		return list[rng.IntN(len(list))].samples, true, nil
	}
	samples, err = r.say(ctx, v, u.text)
	return samples, false, err
}

func sumTrips(trips []*trip) basketCondition {
	c := basketCondition{N: len(trips)}
	right := 0
	for _, t := range trips {
		if t.right() {
			right++
		}
		if !t.paid {
			c.Unpaid++
		}
		c.Wrong, c.Missing, c.Lines = c.Wrong+t.wrong, c.Missing+t.missing, c.Lines+t.lines
		c.Repeated, c.Corrected, c.Doubts = c.Repeated+t.said[toRepeat], c.Corrected+t.said[toCorrect], c.Doubts+t.said[toChoose]
		c.Recorded, c.Cut, c.Unreadable, c.Overseen = c.Recorded+t.recorded, c.Cut+t.cut, c.Unreadable+t.unreadable, c.Overseen+t.overseen
		for _, n := range t.said {
			c.Utterances += n
		}
	}
	c.Right = float64(right) / float64(max(c.N, 1))
	c.Repairs = float64(c.Repeated+c.Corrected+c.Doubts) / float64(max(c.Lines, 1))
	return c
}
