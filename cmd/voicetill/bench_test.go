package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"voicetill/checkout"
)

// commandsOf reads commands as labels write them.
func commandsOf(t *testing.T, text string) []checkout.Command {
	t.Helper()
	var list []checkout.Command
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return list
}

func TestJudgeCommands(t *testing.T) {
	const three = `[{"do":"add","item":"1203","quantity":"3"}]`
	for name, c := range map[string]struct {
		got, want string
		is        outcome
	}{
		"the same":                    {three, three, outcome{exact: true, strict: true}},
		"the same, asked first":       {`[{"do":"add","item":"1203","quantity":"3","ask":"choice","or":[{"do":"add","item":"1204","quantity":"3"}]}]`, three, outcome{exact: true, strict: true, asked: true}},
		"asked for its age":           {`[{"do":"add","item":"8016","quantity":"1","ask":"age"}]`, `[{"do":"add","item":"8016","quantity":"1"}]`, outcome{exact: true, strict: true}},
		"a number as a number":        {three, `[{"do":"add","item":"1203","quantity":3}]`, outcome{exact: true, strict: true}},
		"3 and 3.0":                   {three, `[{"do":"add","item":"1203","quantity":"3.0"}]`, outcome{exact: true, strict: true}},
		"nothing where nothing is":    {`[]`, `[]`, outcome{exact: true, strict: true}},
		"nothing where something was": {`[]`, three, outcome{nothing: true}},
		"another item":                {`[{"do":"add","item":"1230","quantity":"3"}]`, three, outcome{wrong: true}},
		"another quantity":            {`[{"do":"add","item":"1203","quantity":"2"}]`, three, outcome{wrong: true}},
		"another unit":                {`[{"do":"add","item":"1203","quantity":"3","unit":"kg"}]`, three, outcome{wrong: true}},
		"other options":               {`[{"do":"add","item":"1203","quantity":"3","options":{"size":"large"}}]`, three, outcome{wrong: true}},
		"another item, asked first":   {`[{"do":"add","item":"1230","quantity":"3","ask":"choice"}]`, three, outcome{asked: true}},
		"no such item":                {`[{"do":"add","item":null,"heard":"1208","ask":"unknown"}]`, three, outcome{asked: true}},
		"a harmless mistake":          {`[{"do":"total"}]`, three, outcome{}},
		"something where nothing was": {three, `[]`, outcome{wrong: true}},
		"one of two":                  {three, `[{"do":"add","item":"1203","quantity":"3"},{"do":"checkout"}]`, outcome{}},
		"two in another order":        {`[{"do":"checkout"},{"do":"add","item":"1203","quantity":"3"}]`, `[{"do":"add","item":"1203","quantity":"3"},{"do":"checkout"}]`, outcome{}},
		"something more":              {`[{"do":"add","item":"1203","quantity":"3"},{"do":"remove","item":"1204"}]`, three, outcome{wrong: true}},
	} {
		if is := judgeCommands(commandsOf(t, c.got), commandsOf(t, c.want)); is != c.is {
			t.Errorf("%s: got %+v, want %+v", name, is, c.is)
		}
	}
}

func TestTally(t *testing.T) {
	snr := 6.0
	got := tally("kitchen", &snr, []outcome{{exact: true, strict: true}, {exact: true, strict: true, asked: true}, {wrong: true}, {nothing: true}})
	want := condition{Noise: "kitchen", SNR: &snr, N: 4, Exact: 0.5, Strict: 0.5, WrongUnasked: 0.25, Asked: 0.25, Nothing: 0.25}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if none := tally("", nil, nil); none.N != 0 || none.Exact != 0 || none.SNR != nil {
		t.Errorf("got %+v of no clips", none)
	}
}

func TestMixKeepsTheRatio(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	clean, noise := make([]float32, 10*mixPeak), make([]float32, 25*mixPeak)
	for i := range clean {
		clean[i] = float32(0.3 * math.Sin(float64(i)/5))
	}
	for i := range noise {
		noise[i] = float32(0.1 * rng.NormFloat64())
	}
	for _, snr := range []float64{0, 6, 12, 24} {
		mixed := mix(clean, noise, snr, rand.New(rand.NewPCG(2, 2)))
		peak := float32(0)
		for _, s := range mixed {
			peak = max(peak, s, -s)
		}
		if len(mixed) != len(clean) || math.Abs(float64(peak)-0.5) > 1e-4 {
			t.Errorf("%g dB: %d samples up to %g, want up to half of full scale", snr, len(mixed), peak)
		}
		// What is not the clip is the noise: take the clip off at its own level.
		scale := dot(mixed, clean) / dot(clean, clean)
		rest, voice := make([]float32, len(mixed)), make([]float32, len(mixed))
		for i := range mixed {
			voice[i] = float32(scale) * clean[i]
			rest[i] = mixed[i] - voice[i]
		}
		if got := 10 * math.Log10(peakEnergy(voice)/peakEnergy(rest)); math.Abs(got-snr) > 0.5 {
			t.Errorf("got %.2f dB, want %g", got, snr)
		}
	}
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestMixIsTheSameForTheSameSeed(t *testing.T) {
	clean, noise := []float32{0.1, 0.2, -0.3}, []float32{0.01, -0.02}
	a, b := mix(clean, noise, 6, rand.New(rand.NewPCG(1, 0))), mix(clean, noise, 6, rand.New(rand.NewPCG(1, 0)))
	if !slices.Equal(a, b) {
		t.Errorf("got %v and %v", a, b)
	}
	if got := mix(clean, nil, 6, nil); !slices.Equal(got, clean) {
		t.Errorf("got %v without noise", got)
	}
	for _, s := range mix(make([]float32, 5000), noise, 6, rand.New(rand.NewPCG(1, 0))) {
		if s != s || math.IsInf(float64(s), 0) {
			t.Fatalf("silence with noise is %g", s)
		}
	}
}

func TestReadSNRs(t *testing.T) {
	got, err := readSNRs("6, 12", "kitchen.wav")
	if err != nil || len(got) != 3 || got[0] != nil || *got[1] != 6 || *got[2] != 12 {
		t.Errorf("got %v, %v: clean comes first", got, err)
	}
	var labels []string
	for _, snr := range got {
		labels = append(labels, snrLabel(snr))
	}
	if strings.Join(labels, ", ") != "clean, 6 dB, 12 dB" {
		t.Errorf("got %q", labels)
	}
	if got, err := readSNRs("", ""); err != nil || len(got) != 1 || got[0] != nil {
		t.Errorf("got %v, %v without noise", got, err)
	}
	for _, c := range [][2]string{{"", "kitchen.wav"}, {"loud", "kitchen.wav"}, {"6,,9", "kitchen.wav"}} {
		if got, err := readSNRs(c[0], c[1]); err == nil {
			t.Errorf("--snr %q: got %v", c[0], got)
		}
	}
}

func TestReadLabels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "labels.jsonl")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"wav":"a.wav","say":"checkout","commands":[{"do":"checkout"}]}` + "\n\n" +
		`{"wav":"b.wav","say":"three oat milk","commands":[{"do":"add","item":"1203","quantity":"3"}]}`)
	got, err := readLabels(file)
	if err != nil || len(got) != 2 || got[1].WAV != "b.wav" || got[1].Commands[0].Item != "1203" {
		t.Errorf("got %+v, %v", got, err)
	}
	write("{\"wav\":\"a.wav\"}\nnonsense\n")
	if got, err := readLabels(file); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := readLabels(file + ".none"); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestEveryNth(t *testing.T) {
	list := []int{0, 1, 2, 3, 4, 5, 6}
	for n, want := range map[int][]int{-1: list, 0: list, 1: list, 3: {0, 3, 6}, 10: {0}} {
		if got := everyNth(list, n); !slices.Equal(got, want) {
			t.Errorf("every %d: got %v, want %v", n, got, want)
		}
	}
}
