package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"voicetill/checkout"
	"voicetill/speech"
)

func init() {
	commands = append(commands, command{"bench", "NAME …", "measure: " + strings.Join(benchNames(), ", "), bench})
}

// benches by name; each prints one line of JSON last.
var benches = []subcommand{
	{"understand", understandUsage, benchUnderstand},
	{"orders", ordersUsage, benchOrders},
	{"ignore", ignoreUsage, benchIgnore},
	{"latency", latencyUsage, benchLatency},
	{"basket", basketUsage, benchBasket},
	{"calibrate", calibrateUsage, benchCalibrate},
	{"digits", digitsUsage, benchDigits},
	{"pay", benchPayUsage, benchPay},
	{"passes", passesUsage, benchPasses},
}

func benchNames() (names []string) {
	for _, b := range benches {
		names = append(names, b.name)
	}
	return names
}

func bench(ctx context.Context, args []string) error { return runSub(ctx, "bench", benches, args) }

// condition is one line of a benchmark's table; rates are from 0 to 1.
type condition struct {
	Group        string   `json:"group,omitempty"` // what was said, where a benchmark has several kinds
	Room         string   `json:"room,omitempty"`  // the simulated room, where there is one
	Noise        string   `json:"noise"`
	SNR          *float64 `json:"snr"` // dB; null: clean
	N            int      `json:"n"`
	Exact        float64  `json:"exact"`
	Strict       float64  `json:"strict"`
	WrongUnasked float64  `json:"wrong_unasked"`
	Asked        float64  `json:"asked"`
	Nothing      float64  `json:"nothing"`
}

// report is the last line of a benchmark's output.
type report struct {
	Bench      string      `json:"bench"`
	Conditions []condition `json:"conditions"`
	Seed       uint64      `json:"seed"`
	Version    string      `json:"version"`
}

func (r report) print() error {
	r.Version = version()
	return json.NewEncoder(os.Stdout).Encode(r)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "devel"
}

// outcome is what one clip came to.
type outcome struct {
	exact, strict, wrong, asked, nothing bool
}

// tally turns outcomes into one condition.
func tally(noise string, snr *float64, outcomes []outcome) condition {
	c := condition{Noise: noise, SNR: snr, N: len(outcomes)}
	rate := func(is func(outcome) bool) float64 {
		n := 0
		for _, o := range outcomes {
			if is(o) {
				n++
			}
		}
		return float64(n) / float64(max(len(outcomes), 1))
	}
	c.Exact = rate(func(o outcome) bool { return o.exact })
	c.Strict = rate(func(o outcome) bool { return o.strict })
	c.WrongUnasked = rate(func(o outcome) bool { return o.wrong })
	c.Asked = rate(func(o outcome) bool { return o.asked })
	c.Nothing = rate(func(o outcome) bool { return o.nothing })
	return c
}

// clip is one recording to be heard.
type clip struct {
	name    string
	samples []float32 // at speech.SampleRate
}

func readClip(path string) (clip, error) {
	f, err := os.Open(path)
	if err != nil {
		return clip{}, err
	}
	defer f.Close()
	samples, rate, err := speech.ReadWAV(f)
	if err != nil {
		return clip{}, fmt.Errorf("%s: %w", path, err)
	}
	samples, err = speech.Resample(samples, rate)
	return clip{filepath.Base(path), samples}, err
}

// mixPeak is the window, in samples, whose energy decides the ratio of voice to
// noise (Picovoice speech-to-intent-benchmark, mixer).
const mixPeak = 2048

// mix lays noise, from a random place on, over a clip: clean + scale × noise
// with the ratio of their highest-energy frames at snr dB, then divided by twice
// the peak.
func mix(clean, noise []float32, snr float64, rng *rand.Rand) []float32 {
	if len(noise) == 0 {
		return clean
	}
	start := rng.IntN(max(len(noise)-len(clean), 1))
	piece := make([]float32, len(clean))
	for i := range piece {
		piece[i] = noise[(start+i)%len(noise)]
	}
	scale := 0.0
	if n := peakEnergy(piece); n > 0 {
		scale = sqrt(peakEnergy(clean) / (n * pow10(snr/10)))
	}
	mixed, peak := make([]float32, len(clean)), 1e-9
	for i := range mixed {
		mixed[i] = clean[i] + float32(scale)*piece[i]
		peak = max(peak, abs(float64(mixed[i])))
	}
	for i := range mixed {
		mixed[i] /= float32(2 * peak)
	}
	return mixed
}

func peakEnergy(x []float32) float64 {
	peak := 0.0
	for at := 0; at < len(x); at += mixPeak {
		sum := 0.0
		for _, s := range x[at:min(at+mixPeak, len(x))] {
			sum += float64(s) * float64(s)
		}
		peak = max(peak, sum)
	}
	return peak
}

// hearAll hears clips on all CPUs, in their order, with progress on stderr.
func (e *ears) hearAll(ctx context.Context, label string, clips []clip) ([]checkout.Heard, error) {
	heard := make([]checkout.Heard, len(clips))
	errs := make([]error, len(clips))
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(clips) || ctx.Err() != nil {
					return
				}
				heard[i], errs[i] = e.hear(ctx, clips[i].samples)
				if n := done.Add(1); n%20 == 0 || int(n) == len(clips) {
					fmt.Fprintf(os.Stderr, "\r%s: %d of %d", label, n, len(clips))
				}
			}
		})
	}
	wg.Wait()
	fmt.Fprintln(os.Stderr)
	return heard, errors.Join(append(errs, ctx.Err())...)
}

// noisy mixes every clip with the noise at snr; a nil snr leaves them clean.
func noisy(clips []clip, noise []float32, snr *float64, seed uint64) []clip {
	if snr == nil {
		return clips
	}
	mixed := make([]clip, len(clips))
	for i, c := range clips {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		mixed[i] = clip{c.name, mix(c.samples, noise, *snr, rng)}
	}
	return mixed
}

// readSNRs reads "6,9,12"; without noise there is one condition, clean.
func readSNRs(list, noise string) ([]*float64, error) {
	snrs := []*float64{nil}
	if noise == "" {
		return snrs, nil
	}
	if list == "" {
		return nil, errors.New("--noise wants --snr, such as --snr 6,12,24 (dB)")
	}
	for _, s := range strings.Split(list, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			return nil, fmt.Errorf("--snr %q is not a number of dB", s)
		}
		snrs = append(snrs, &v)
	}
	return snrs, nil
}

func snrLabel(snr *float64) string {
	if snr == nil {
		return "clean"
	}
	return strconv.FormatFloat(*snr, 'g', -1, 64) + " dB"
}
