package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"
)

const latencyUsage = "[--clips DIR] [--open N --talking FRACTION] [--seconds S]"

// latencyRun is what bench latency was told.
type latencyRun struct {
	open            int
	talking         float64 // fraction of the open microphones
	seconds, warmUp float64
	clips           string
	seed            uint64
	model           string
}

// talkers is how many microphones somebody talks into.
func (r latencyRun) talkers() int {
	return min(r.open, int(math.Ceil(float64(r.open)*r.talking-1e-9)))
}

// latencyReport is the last line of bench latency. Times are in seconds from
// when the frame with the last voiced sample was sent to when the reply that
// obeys the utterance had come.
type latencyReport struct {
	Bench      string  `json:"bench"`
	Open       int     `json:"open"`
	Talking    float64 `json:"talking"`
	Talkers    int     `json:"talkers"`
	Utterances int     `json:"utterances"`
	P50        float64 `json:"p50_s"`
	P95        float64 `json:"p95_s"`
	// Spoken is the same from when that sample was spoken, up to a frame earlier.
	SpokenP50  float64 `json:"p50_spoken_s"`
	SpokenP95  float64 `json:"p95_spoken_s"`
	Unanswered int     `json:"unanswered"` // utterances without an answer, in no percentile
	Early      int     `json:"early"`      // utterances answered before their last voiced sample, in no percentile
	LostFrames int     `json:"lost_frames"`
	RSS        int64   `json:"rss_bytes"` // of the till, at its largest while measured
	Cores      float64 `json:"cores"`     // CPU seconds that the till took a second
	Behind     float64 `json:"behind_s"`  // how late the load came, 99th percentile
	Seconds    float64 `json:"seconds"`
	Seed       uint64  `json:"seed"`
	Version    string  `json:"version"`
}

func readLatencyFlags(args []string) (r latencyRun, err error) {
	fs := flag.NewFlagSet("bench latency", flag.ContinueOnError)
	fs.IntVar(&r.open, "open", 1, "open `microphones`")
	fs.Float64Var(&r.talking, "talking", 1, "`fraction` of them that somebody talks into; the others send a quiet room")
	fs.Float64Var(&r.seconds, "seconds", 20, "`time` to measure for")
	fs.Float64Var(&r.warmUp, "warm-up", 8, "`seconds` of talking before it")
	fs.StringVar(&r.clips, "clips", "", "`folder` of WAV files, one utterance each; by default $VOICETILL_SPEECH/till, or the voices installed say sentences")
	fs.Uint64Var(&r.seed, "seed", 1, "of who says what, and when")
	fs.StringVar(&r.model, "model", "", "vosk model `folder`; by default the one that make fetched")
	if err := parseFlags(fs, args, latencyUsage, 0, 0); err != nil {
		return r, err
	}
	switch {
	case r.open < 1:
		err = errors.New("--open must be 1 or more")
	case !(r.talking > 0 && r.talking <= 1):
		err = errors.New("--talking is a fraction over 0, up to 1")
	case !(r.seconds > 0 && r.warmUp >= 0):
		err = errors.New("--seconds must be over 0, and --warm-up not below")
	}
	return r, err
}

// benchLatency starts the till as another process and talks to it from here.
func benchLatency(ctx context.Context, args []string) error {
	r, err := readLatencyFlags(args)
	if err != nil {
		return err
	}
	recordings, err := r.utterances(ctx)
	if err != nil {
		return err
	}
	clips := voicedClips(recordings)
	if len(clips) == 0 {
		return errors.New("nobody speaks in the recordings")
	}
	till, err := startTill(ctx, r.model)
	if err != nil {
		return err
	}
	defer till.stop()
	crowd, err := openCrowd(ctx, r, till.address, clips)
	if err != nil {
		return err
	}
	defer crowd.close()
	report, err := crowd.measure(ctx, r, till)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

// crowd is all microphones, and the clock that they send by.
type crowd struct {
	mics    []*microphone
	readers sync.WaitGroup
}

// openCrowd connects the microphones one after the other; the talkers are
// spread evenly among them.
func openCrowd(ctx context.Context, r latencyRun, address string, clips []voicedClip) (*crowd, error) {
	c := &crowd{}
	room := quietRoom(r.seed)
	talkers := r.talkers()
	for i := range r.open {
		rng := rand.New(rand.NewPCG(r.seed, uint64(i)))
		m := &microphone{room: room, at: rng.IntN(len(room)) &^ 1}
		if i*talkers/r.open != (i+1)*talkers/r.open {
			m.talker = &talker{rng: rng, clips: clips, restUntil: time.Now().Add(rest(rng))}
		}
		if err := m.dial(ctx, address); err != nil {
			c.close()
			return nil, fmt.Errorf("open microphone %d of %d: %w", i+1, r.open, err)
		}
		c.mics = append(c.mics, m)
		c.readers.Go(m.read)
		if (i+1)%100 == 0 {
			fmt.Fprintf(os.Stderr, "\r%d microphones are open", i+1)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%d microphones are open, %d talk\n", r.open, talkers)
	return c, nil
}

func (c *crowd) close() {
	for _, m := range c.mics {
		m.close()
	}
	c.readers.Wait()
}

// The crowd sends in steps: a frame each from another tenth of it.
const (
	frameEvery = 100 * time.Millisecond
	frameSteps = 10
)

// answerLimit is how long an answer is waited for.
const answerLimit = 5 * time.Second

// measure lets the crowd talk, warm up first, and adds up what came of it.
func (c *crowd) measure(ctx context.Context, r latencyRun, till *tillProcess) (latencyReport, error) {
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	from := time.Now().Add(seconds(r.warmUp))
	until := from.Add(seconds(r.seconds))
	gauges := make(chan tillGauges, 1)
	watch, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go func() { gauges <- till.watch(watch, from, until) }()
	behind, err := c.talk(ctx, from, until)
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return latencyReport{}, err
	}
	g := <-gauges
	if g.err != nil {
		return latencyReport{}, g.err
	}
	rep := latencyReport{Bench: "latency", Open: r.open, Talking: r.talking, Talkers: r.talkers(), RSS: g.rss, Cores: g.cores,
		Behind: percentile(behind, 0.99), Seconds: r.seconds, Seed: r.seed, Version: version()}
	var sent, spoken []float64
	for _, m := range c.mics {
		rep.LostFrames += m.lostFrames()
		if m.talker == nil {
			continue
		}
		for _, u := range m.talker.outcomes() {
			switch {
			case u.last.Before(from) || !u.last.Before(until):
			case u.early, !u.answered.IsZero() && u.answered.Before(u.last):
				rep.Early++
			case u.answered.IsZero():
				rep.Unanswered++
			default:
				delay := u.answered.Sub(u.last).Seconds()
				sent, spoken = append(sent, delay), append(spoken, delay+u.heldBack)
			}
		}
	}
	rep.Utterances = len(sent)
	rep.P50, rep.P95 = percentile(sent, 0.5), percentile(sent, 0.95)
	rep.SpokenP50, rep.SpokenP95 = percentile(spoken, 0.5), percentile(spoken, 0.95)
	return rep, nil
}

// talk sends frames at the pace of the wall clock, each microphone's at its own
// tenth of the frame, and returns how late the steps came, in seconds.
func (c *crowd) talk(ctx context.Context, from, until time.Time) (behind []float64, err error) {
	start := time.Now()
	for step := 0; ; step++ {
		due := start.Add(time.Duration(step) * frameEvery / frameSteps)
		if err := sleepUntil(ctx, due); err != nil {
			return nil, err
		}
		now := time.Now()
		if now.After(from) {
			behind = append(behind, now.Sub(due).Seconds())
		}
		if now.After(until.Add(answerLimit)) || now.After(until) && c.silent() {
			return behind, nil
		}
		for i := step % frameSteps; i < len(c.mics); i += frameSteps {
			if err := c.mics[i].send(now.Before(until)); err != nil {
				return nil, fmt.Errorf("microphone %d: %w", i+1, err)
			}
		}
		if step%(frameSteps*int(time.Second/frameEvery)) == 0 {
			fmt.Fprintf(os.Stderr, "\r%4.0f s to go", max(0, until.Sub(now).Seconds()))
		}
	}
}

// silent says that nobody talks or waits for an answer.
func (c *crowd) silent() bool {
	return !slices.ContainsFunc(c.mics, func(m *microphone) bool { return m.talker != nil && m.talker.busy() })
}

func sleepUntil(ctx context.Context, t time.Time) error {
	d := time.Until(t)
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// percentile by nearest rank; 0 of nothing. It sorts list.
func percentile(list []float64, p float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	rank := int(math.Ceil(p * float64(len(list))))
	return math.Round(list[max(rank, 1)-1]*1000) / 1000
}
