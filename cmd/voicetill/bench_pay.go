package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"
)

const benchPayUsage = "[--kiosks N] [--for DURATION] [--db ADDRESS] [--password least|real]"

// payRun is a till whose kiosks buy as fast as it answers.
type payRun struct {
	binary, dsn string
	kiosks      int
	lasts       time.Duration
	real        bool // passwords that cost what the till's cost
	seed        uint64
}

// payReport is the outcome. A purchase is two lines in the mean, a bill, its
// confirmation and its payment, each answered before the next.
type payReport struct {
	Bench     string    `json:"bench"`
	DB        string    `json:"db"`
	Kiosks    int       `json:"kiosks"`
	Password  string    `json:"password"` // real: Argon2id as for all accounts; least: next to nothing
	Purchases int       `json:"purchases"`
	Seconds   float64   `json:"seconds"`
	PerSecond float64   `json:"per_second"`
	Steps     []payStep `json:"steps"`
	Seed      uint64    `json:"seed"`
	Version   string    `json:"version"`
}

// payStep is how long the till took to answer one kind of command.
type payStep struct {
	Step string  `json:"step"` // add, checkout, confirm, prove
	N    int     `json:"n"`
	P50  float64 `json:"p50_s"`
	P99  float64 `json:"p99_s"`
}

func benchPay(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("bench pay", flag.ContinueOnError)
	r := payRun{}
	fs.IntVar(&r.kiosks, "kiosks", 32, "`number` of kiosks")
	fs.DurationVar(&r.lasts, "for", 30*time.Second, "`time` to measure")
	fs.Uint64Var(&r.seed, "seed", 1, "`number` that the random choices follow from")
	db := fs.String("db", "", "`address` of an empty database; a SQLite file that is deleted afterwards by default")
	password := fs.String("password", "least", "least: passwords cost next to nothing; real: what they cost in a till")
	err := parseFlags(fs, args, benchPayUsage, 0, 0)
	if err != nil {
		return err
	}
	if *password != "least" && *password != "real" {
		return fmt.Errorf("--password %q is neither least nor real", *password)
	}
	r.real = *password == "real"
	if r.binary, err = os.Executable(); err != nil {
		return err
	}
	dsn, cleanup, err := ownDB(*db)
	if err != nil {
		return err
	}
	defer cleanup()
	r.dsn = dsn
	report, err := r.run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

// run checks the books afterwards: a fast till that loses sales has no figure.
func (r payRun) run(ctx context.Context) (report payReport, err error) {
	shop, err := openShop(ctx, r.dsn, r.kiosks, r.real)
	if err != nil {
		return report, err
	}
	till := &killable{binary: r.binary, args: []string{"--typed-only", "--db", r.dsn}}
	defer till.kill()
	if err := till.start(""); err != nil {
		return report, err
	}
	watch := stopwatch{new(sync.Mutex), map[string][]time.Duration{}}
	kiosks := shop.kiosks(till, r.seed)
	for _, k := range kiosks {
		k.took = watch.note
	}
	began := time.Now()
	told, err := queue(kiosks).whileBuying(ctx, func(ctx context.Context) error {
		pauseFor(ctx, r.lasts)
		return ctx.Err()
	})
	if err != nil {
		return report, err
	}
	report = r.report(told, watch, time.Since(began))
	till.kill()
	judged, err := shop.judge(ctx, told)
	if err != nil {
		return report, err
	}
	return report, judged.err()
}

func (r payRun) report(told []sale, watch stopwatch, took time.Duration) payReport {
	p := payReport{Bench: "pay", DB: databaseKind(r.dsn), Kiosks: r.kiosks, Password: "least", Purchases: len(told),
		Seconds: took.Round(time.Millisecond).Seconds(), PerSecond: float64(int(float64(len(told))/took.Seconds()*10)) / 10,
		Seed: r.seed, Version: version()}
	if r.real {
		p.Password = "real"
	}
	for _, step := range []string{"add", "checkout", "confirm", "prove"} {
		d := watch.took[step]
		p.Steps = append(p.Steps, payStep{step, len(d), quantile(d, 0.5), quantile(d, 0.99)})
	}
	return p
}

// stopwatch collects how long steps took. It is safe for concurrent use.
type stopwatch struct {
	mu   *sync.Mutex
	took map[string][]time.Duration
}

func (s stopwatch) note(step string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took[step] = append(s.took[step], took)
}
