package main

import (
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
	"voicetill/payments/money"
	"voicetill/speech"
	"voicetill/speech/synth"
)

const calibrateUsage = "[--sentences N] [--till DIR] [--orders DIR] [--noise FILE.wav,… --snr DB,…] [--chart FILE.csv]"

// The kinds of what calibrate hears.
const (
	sampledGroup  = "sampled"  // sentences of the grammar, spoken by synthetic voices
	absentGroup   = "absent"   // numbers one digit away from an item's, spoken by synthetic voices
	recordedGroup = "recorded" // every fourth recording of the folders given
	talkGroup     = "talk"     // prose read by synthetic voices: nothing of it is for the till
)

//go:embed bench_calibrate_talk.txt
var calibrateTalk string

// recordedEvery is which recordings calibrate hears: 0, 4, 8 … in the order of
// their labels. The others are left for measuring.
const recordedEvery = 4

// sentencesOfTalk are read in one go.
const sentencesOfTalk = 3

// calibration is what bench calibrate was told, and what it works with.
type calibration struct {
	sentences    int
	talk         int
	till, orders string
	noises, snrs string
	chart        string
	cache, piper string
	model        string
	seed         uint64
	voices       []synth.Voice
	studio       synth.Studio
	noise        []clip
	ratios       []*float64
}

// sound is one recording with what is right to make of it.
type sound struct {
	group string
	clip  clip
	judge func([]checkout.Command) outcome
}

// heardOnce is a sound after decoding: what it means under any thresholds
// can be asked as often as one likes.
type heardOnce struct {
	group, noise string
	snr          *float64
	events       []speech.Event
	understander *checkout.Understander
	reading      checkout.Reading // where there is one event
	judge        func([]checkout.Command) outcome
}

func benchCalibrate(ctx context.Context, args []string) error {
	c := &calibration{}
	fs := flag.NewFlagSet("bench calibrate", flag.ContinueOnError)
	fs.IntVar(&c.sentences, "sentences", 150, "`number` of sentences sampled for each catalogue")
	fs.IntVar(&c.talk, "talk", 60, "`number` of readings of prose, of three sentences each")
	fs.StringVar(&c.till, "till", "", "`folder` of recordings with labels.jsonl; every fourth is used")
	fs.StringVar(&c.orders, "orders", "", "data set `folder` as bench orders has it; every fourth order is used")
	fs.StringVar(&c.noises, "noise", "", "`NOISES` to mix in, separated by commas: FILE.wav, white or pink")
	fs.StringVar(&c.snrs, "snr", "12,6", "ratios of voice to noise in `dB`")
	fs.StringVar(&c.chart, "chart", "", "`FILE.csv` for every threshold's curve")
	fs.StringVar(&c.cache, "cache", voicesKept(), "`folder` that keeps what voices say")
	fs.StringVar(&c.piper, "piper", "", "voice `FILE.onnx` for the program piper, where installed")
	fs.Uint64Var(&c.seed, "seed", 7, "of sentences, voices and noise")
	fs.StringVar(&c.model, "model", "", "vosk model `folder`")
	if err := parseFlags(fs, args, calibrateUsage, 0, 0); err != nil {
		return err
	}
	if c.voices = everyOther(findVoices(c.piper), 1); len(c.voices) == 0 {
		return errNoVoices
	}
	c.studio = synth.Studio{Dir: c.cache}
	if err := c.readNoises(); err != nil {
		return err
	}
	heard, err := c.hearEverything(ctx)
	if err != nil {
		return err
	}
	return c.report(heard)
}

func (c *calibration) readNoises() error {
	if c.noises == "" {
		return nil
	}
	var err error
	if c.ratios, err = readSNRs(c.snrs, c.noises); err != nil {
		return err
	}
	c.ratios = c.ratios[1:]
	for _, name := range strings.Split(c.noises, ",") {
		n, err := readNoise(name)
		if err != nil {
			return err
		}
		c.noise = append(c.noise, n)
	}
	return nil
}

// hearEverything speaks and decodes all there is, once.
func (c *calibration) hearEverything(ctx context.Context) ([]heardOnce, error) {
	var heard []heardOnce
	for _, shop := range []string{"demo/catalog.csv", "demo/coffee.csv"} {
		items, err := demoCatalog(shop)
		if err != nil {
			return nil, err
		}
		ears, err := newEarsOf(items, c.model)
		if err != nil {
			return nil, err
		}
		more, err := c.hearShop(ctx, ears, shop)
		if err = errors.Join(err, ears.Close()); err != nil {
			return nil, err
		}
		heard = append(heard, more...)
	}
	return heard, nil
}

func demoCatalog(name string) ([]catalog.Item, error) {
	f, err := models.FS.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	defer f.Close()
	return catalog.ReadCSV(f, money.Currency("EUR"))
}

// hearShop hears what is said in one of the two shops, in quiet and in noise.
func (c *calibration) hearShop(ctx context.Context, ears *ears, shop string) ([]heardOnce, error) {
	list, err := c.speak(ctx, ears.understander)
	if err != nil {
		return nil, err
	}
	var more []sound
	switch {
	case shop == "demo/catalog.csv" && c.till != "":
		more, err = tillClips(c.till)
	case shop == "demo/coffee.csv" && c.orders != "":
		more, err = orderClips(c.orders)
	}
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	heard, err := c.decode(ctx, ears, shop, list, clip{}, nil)
	for _, n := range c.noise {
		for _, snr := range c.ratios {
			if err != nil {
				return nil, err
			}
			var noisier []heardOnce
			noisier, err = c.decode(ctx, ears, shop, list, n, snr)
			heard = append(heard, noisier...)
		}
	}
	return heard, err
}

// speak lets the voices say sampled sentences, and read prose.
func (c *calibration) speak(ctx context.Context, u *checkout.Understander) ([]sound, error) {
	var list []sound
	say := func(group, text string, judge func([]checkout.Command) outcome) error {
		v := c.voices[len(list)%len(c.voices)]
		samples, err := c.studio.Say(ctx, v, text)
		list = append(list, sound{group, clip{text, samples}, judge})
		if n := len(list); n%20 == 0 {
			fmt.Fprintf(os.Stderr, "\rspeaking: %d", n)
		}
		return err
	}
	for _, s := range u.Samples(c.sentences, c.seed) {
		want := s.Commands
		if err := say(sampledGroup, s.Text, func(got []checkout.Command) outcome { return judgeCommands(got, want) }); err != nil {
			return nil, err
		}
	}
	for _, n := range c.absent(u) {
		if err := say(absentGroup, n.text, func(got []checkout.Command) outcome { return judgeNumber(got, n) }); err != nil {
			return nil, err
		}
	}
	lines := strings.Split(strings.TrimSpace(calibrateTalk), "\n")
	for i := range c.talk {
		var text []string
		for j := range sentencesOfTalk {
			text = append(text, lines[(sentencesOfTalk*i+i*sentencesOfTalk/len(lines)+j)%len(lines)])
		}
		if err := say(talkGroup, strings.Join(text, " "), judgeTalk); err != nil {
			return nil, err
		}
	}
	fmt.Fprintln(os.Stderr)
	return list, nil
}

// absent are numbers that no item of the shop has, one for three sentences.
func (c *calibration) absent(u *checkout.Understander) []number {
	var codes []string
	for _, it := range u.Items() {
		codes = append(codes, it.Number)
	}
	rng := rand.New(rand.NewPCG(c.seed, 1208))
	var list []number
	for range c.sentences / 3 {
		code, ok := neighbour(codes[rng.IntN(len(codes))], codes, rng)
		if !ok {
			continue
		}
		ways := spellings(code)
		q := int64(1 + rng.IntN(9))
		n := number{code: code, text: "item " + ways[rng.IntN(len(ways))].said + " times " + parser.SayCardinal(q), command: addOf(code, q)}
		n.command.Ask, n.command.Item = checkout.AskUnknown, ""
		list = append(list, n)
	}
	return list
}

// judgeTalk: nothing that was heard was for the till.
func judgeTalk(got []checkout.Command) outcome {
	o := outcome{exact: len(got) == 0, strict: len(got) == 0}
	for _, c := range got {
		changes := c.Do == parser.Add || c.Do == parser.Set || c.Do == parser.Remove || c.Do == parser.Undo || c.Do == parser.Amend
		o.asked = o.asked || c.Ask != ""
		o.wrong = o.wrong || changes && c.Ask == ""
	}
	return o
}

func tillClips(dir string) ([]sound, error) {
	list, err := readLabels(filepath.Join(dir, "labels.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	var clips []sound
	for _, l := range everyNth(list, recordedEvery) {
		k, err := readClip(filepath.Join(dir, l.WAV))
		if err != nil {
			return nil, err
		}
		want := l.Commands
		clips = append(clips, sound{recordedGroup, k, func(got []checkout.Command) outcome { return judgeCommands(got, want) }})
	}
	return clips, nil
}

func orderClips(dir string) ([]sound, error) {
	names, orders, err := readOrders(dir, recordedEvery)
	if err != nil {
		return nil, err
	}
	var clips []sound
	for _, name := range names {
		k, err := readClip(filepath.Join(dir, "speech", "clean", name))
		if err != nil {
			return nil, err
		}
		want := orders[name]
		clips = append(clips, sound{recordedGroup, k, func(got []checkout.Command) outcome { return judgeOrder(got, want) }})
	}
	return clips, nil
}

// decode hears the sounds on all CPUs.
func (c *calibration) decode(ctx context.Context, ears *ears, shop string, list []sound, noise clip, snr *float64) ([]heardOnce, error) {
	heard := make([]heardOnce, len(list))
	errs := make([]error, len(list))
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(list) || ctx.Err() != nil {
					return
				}
				samples := list[i].clip.samples
				if snr != nil {
					samples = mix(samples, noise.samples, *snr, rand.New(rand.NewPCG(c.seed, uint64(i))))
				}
				events, err := ears.listen(ctx, samples)
				errs[i] = err
				h := heardOnce{group: list[i].group, noise: strings.TrimSuffix(noise.name, ".wav"), snr: snr, events: events,
					understander: ears.understander, judge: list[i].judge}
				if len(events) == 1 {
					h.reading = h.understander.Read(*events[0].Final, checkout.Situation{SNR: events[0].Level - events[0].Noise})
				}
				heard[i] = h
				if n := done.Add(1); n%20 == 0 || int(n) == len(list) {
					fmt.Fprintf(os.Stderr, "\r%s %s %s: %d of %d", shop, noise.name, snrLabel(snr), n, len(list))
				}
			}
		})
	}
	wg.Wait()
	fmt.Fprintln(os.Stderr)
	return heard, errors.Join(append(errs, ctx.Err())...)
}

// listen returns the finished utterances of a sound.
func (e *ears) listen(ctx context.Context, samples []float32) ([]speech.Event, error) {
	l, err := speech.NewListener(speech.ListenerConfig{Pool: e.pool, Rate: speech.SampleRate, Second: true,
		Wait: func(partial string) float64 { return e.understander.Wait(partial, checkout.Situation{}) }})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	var finished []speech.Event
	keep := func(events []speech.Event, err error) error {
		for _, ev := range events {
			if ev.Final != nil && !ev.Silent {
				finished = append(finished, ev)
			}
		}
		return err
	}
	for pcm := speech.PCM16(samples); len(pcm) > 0; {
		n := min(len(pcm), frameBytes)
		if err := keep(l.Feed(ctx, pcm[:n])); err != nil {
			return nil, err
		}
		pcm = pcm[n:]
	}
	return finished, keep(l.End(ctx))
}

// outcome is what thresholds make of it.
func (h *heardOnce) outcome(t checkout.Thresholds) outcome {
	switch len(h.events) {
	case 0:
		return h.judge(nil)
	case 1:
		return h.judge(h.reading.Judge(t).Commands)
	}
	u := h.understander.With(t)
	var ear checkout.Ear
	var each [][]checkout.Command
	for _, ev := range h.events {
		heard, joined := ear.Hear(u, ev, checkout.Situation{})
		if joined {
			each = each[:len(each)-1]
		}
		each = append(each, heard.Commands)
	}
	var all []checkout.Command
	for _, commands := range each {
		all = append(all, commands...)
	}
	return h.judge(all)
}

// conditions is the table for a set of thresholds: by kind, noise and ratio.
func conditions(heard []heardOnce, t checkout.Thresholds) []condition {
	outcomes := make([]outcome, len(heard))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(heard); i = int(next.Add(1)) - 1 {
				outcomes[i] = heard[i].outcome(t)
			}
		})
	}
	wg.Wait()
	var order []string
	first, filed := map[string]*heardOnce{}, map[string][]outcome{}
	for i := range heard {
		h := &heard[i]
		k := h.group + " " + h.noise + " " + snrLabel(h.snr)
		if first[k] == nil {
			first[k] = h
			order = append(order, k)
		}
		filed[k] = append(filed[k], outcomes[i])
	}
	var list []condition
	for _, k := range order {
		c := tally(first[k].noise, first[k].snr, filed[k])
		c.Group = first[k].group
		list = append(list, c)
	}
	return list
}

// calibrated is the last line of bench calibrate.
type calibrated struct {
	Bench      string       `json:"bench"`
	Rule       string       `json:"rule"`
	Compiled   thresholdSet `json:"compiled"`
	Chosen     thresholdSet `json:"chosen"`
	Seed       uint64       `json:"seed"`
	Version    string       `json:"version"`
	Conditions []condition  `json:"conditions"` // with the chosen thresholds
}

// thresholdSet is one set with what it comes to.
type thresholdSet struct {
	Thresholds checkout.Thresholds `json:"thresholds"`
	Excess     float64             `json:"wrong_unasked_over_limit"`
	Again      float64             `json:"asked_or_nothing"`
	Exact      float64             `json:"exact"`
	Conditions []condition         `json:"conditions,omitempty"`
}

// report prints every threshold's curve and the choice.
func (c *calibration) report(heard []heardOnce) error {
	several := 0
	for i := range heard {
		if len(heard[i].events) > 1 {
			several++
		}
	}
	fmt.Fprintf(os.Stderr, "%d utterances, %d with pauses in them\n", len(heard), several)
	measured := remembered(heard)
	rows := curves(checkout.DefaultThresholds, measured)
	for _, r := range rows {
		fmt.Println(strings.TrimRight(r.text(), " "))
	}
	if c.chart != "" {
		if err := writeChart(c.chart, rows); err != nil {
			return fmt.Errorf("write chart: %w", err)
		}
	}
	measure := func(t checkout.Thresholds) verdict { return judgeConditions(measured(t)) }
	best, v := choose(checkout.DefaultThresholds, knobs, measure)
	was := measure(checkout.DefaultThresholds)
	out := calibrated{Bench: "calibrate", Rule: fmt.Sprintf("wrong unasked at most %g in every condition, then least asked or not heard, then most exact", mostWrong),
		Compiled: thresholdSet{checkout.DefaultThresholds, was.excess, was.again, was.exact, measured(checkout.DefaultThresholds)},
		Chosen:   thresholdSet{best, v.excess, v.again, v.exact, nil}, Seed: c.seed, Version: version(), Conditions: measured(best)}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// curvePoint is a threshold at one value, the others as compiled in.
type curvePoint struct {
	knob       string
	value      float64
	compiled   bool
	conditions []condition
}

// remembered measures each set of thresholds once.
func remembered(heard []heardOnce) func(checkout.Thresholds) []condition {
	known := map[checkout.Thresholds][]condition{}
	return func(t checkout.Thresholds) []condition {
		if _, ok := known[t]; !ok {
			known[t] = conditions(heard, t)
			fmt.Fprintf(os.Stderr, "\rsets of thresholds: %d", len(known))
		}
		return known[t]
	}
}

func curves(from checkout.Thresholds, measured func(checkout.Thresholds) []condition) []curvePoint {
	var rows []curvePoint
	for _, k := range knobs {
		for _, v := range k.values {
			if t, ok := k.with(from, v); ok {
				rows = append(rows, curvePoint{k.name, v, t == from, measured(t)})
			}
		}
	}
	return rows
}

// text is one line of the table: the worst condition's wrong, the mean of the
// others.
func (p curvePoint) text() string {
	v, worst, asked, nothing, commands := judgeConditions(p.conditions), 0.0, 0.0, 0.0, 0
	for _, c := range p.conditions {
		worst = max(worst, c.WrongUnasked)
		if c.Group == sampledGroup || c.Group == recordedGroup {
			asked, nothing, commands = asked+c.Asked, nothing+c.Nothing, commands+1
		}
	}
	n := float64(max(commands, 1))
	mark := ""
	if p.compiled {
		mark = "compiled in"
	}
	return fmt.Sprintf("%-12s %5.1f  worst wrong %.3f  over %.3f  asked %.3f  nothing %.3f  exact %.3f  %s",
		p.knob, p.value, worst, v.excess, asked/n, nothing/n, v.exact, mark)
}

// writeChart writes every point of every curve, one condition a row.
func writeChart(path string, rows []curvePoint) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	lines := [][]string{{"threshold", "value", "group", "noise", "snr_db", "n", "exact", "wrong_unasked", "asked", "nothing"}}
	for _, r := range rows {
		for _, c := range r.conditions {
			snr := ""
			if c.SNR != nil {
				snr = fmt.Sprint(*c.SNR)
			}
			lines = append(lines, []string{r.knob, fmt.Sprint(r.value), c.Group, c.Noise, snr, fmt.Sprint(c.N), fmt.Sprint(c.Exact),
				fmt.Sprint(c.WrongUnasked), fmt.Sprint(c.Asked), fmt.Sprint(c.Nothing)})
		}
	}
	return errors.Join(w.WriteAll(lines), f.Close())
}
