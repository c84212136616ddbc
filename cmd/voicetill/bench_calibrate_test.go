package main

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/speech"
)

func TestTheRuleOfChoosing(t *testing.T) {
	commands := func(noise string, wrong, asked, nothing, exact float64) condition {
		return condition{Group: recordedGroup, Noise: noise, WrongUnasked: wrong, Asked: asked, Nothing: nothing, Exact: exact}
	}
	talk := func(wrong, asked float64) condition {
		return condition{Group: talkGroup, WrongUnasked: wrong, Asked: asked, Exact: 1 - wrong, Nothing: 1}
	}
	absent := func(wrong, asked float64) condition {
		return condition{Group: absentGroup, WrongUnasked: wrong, Asked: asked, Exact: asked}
	}
	table := map[string][]condition{
		"best":                   {commands("", 0, 0.05, 0, 0.95), commands("loud", 0.005, 0.15, 0.05, 0.8), talk(0, 0), absent(0, 1)},
		"more wrong, never asks": {commands("", 0, 0, 0, 1), commands("loud", 0.02, 0, 0, 0.98), talk(0, 0)},
		"asks more":              {commands("", 0, 0.1, 0, 0.99), commands("loud", 0, 0.2, 0.05, 0.9), talk(0, 0)},
		"hears nothing":          {commands("", 0, 0, 1, 0), commands("loud", 0, 0, 1, 0), talk(0, 0)},
		"less exact":             {commands("", 0, 0.05, 0, 0.9), commands("loud", 0.005, 0.15, 0.05, 0.8), talk(0, 0)},
		"obeys talk":             {commands("", 0, 0.05, 0, 0.95), commands("loud", 0, 0.15, 0.05, 0.8), talk(0.01, 0)},
		"takes a neighbour":      {commands("", 0, 0.05, 0, 0.95), commands("loud", 0.005, 0.15, 0.05, 0.8), talk(0, 0), absent(0.1, 0.9)},
		"asks talkers":           {commands("", 0, 0.05, 0, 0.95), commands("loud", 0.005, 0.15, 0.05, 0.8), talk(0, 0.1)},
	}
	best := judgeConditions(table["best"])
	for name, list := range table {
		if v := judgeConditions(list); name != "best" && (!best.better(v) || v.better(best)) {
			t.Errorf("%s: %+v is not worse than %+v", name, v, best)
		}
	}
	if best.better(best) {
		t.Error("as good is not better")
	}
}

func TestKnobsAreTurnedUntilNoneHelps(t *testing.T) {
	// The best is ask 3 and nothing 12, and each is good only with the other's
	// help; below 10 dB of loudness nothing is to be had.
	measure := func(th checkout.Thresholds) verdict {
		return verdict{excess: math.Abs(th.Ask-3) * 0.01, again: math.Abs(th.Nothing - 4*th.Ask), exact: 1 - th.Loud/100}
	}
	start := checkout.DefaultThresholds
	got, v := choose(start, knobs, measure)
	want := start
	want.Ask, want.Nothing, want.Loud = 3, 12, 0
	if got != want || v != measure(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if flat, _ := choose(start, knobs, func(checkout.Thresholds) verdict { return verdict{} }); flat != start {
		t.Errorf("nothing helps: got %+v, want what was", flat)
	}
}

func TestEveryKnobIsTriedAtWhatIsCompiledIn(t *testing.T) {
	for _, k := range knobs {
		found := false
		for _, v := range k.values {
			th, ok := k.with(checkout.DefaultThresholds, v)
			found = found || ok && th == checkout.DefaultThresholds
		}
		if !found {
			t.Errorf("%s: %v lacks the value compiled in", k.name, k.values)
		}
	}
}

// onceHeard is what calibrate keeps of an utterance.
func onceHeard(u *checkout.Understander, group string, judge func([]checkout.Command) outcome, events ...speech.Event) heardOnce {
	h := heardOnce{group: group, events: events, understander: u, judge: judge}
	if len(events) == 1 {
		h.reading = u.Read(*events[0].Final, checkout.Situation{SNR: events[0].Level - events[0].Noise})
	}
	return h
}

func final(start, end float64, h speech.Hypothesis) speech.Event {
	return speech.Event{Final: &h, Start: start, End: end, Level: -20, Noise: -60}
}

func TestWhatWasHeardOnceIsJudgedByAnyThresholds(t *testing.T) {
	f := scriptedFloor(t)
	u := f.ears.understander
	want := u.Understand(speech.Typed("three oat milk"), checkout.Situation{}).Commands
	judge := func(got []checkout.Command) outcome { return judgeCommands(got, want) }
	heard := []heardOnce{
		onceHeard(u, sampledGroup, judge, final(0, 1, doubtful("three oat milk", "three goat milk"))),
		onceHeard(u, sampledGroup, judge, final(0, 1, doubtful("three goat milk", "three oat milk"))),
		onceHeard(u, sampledGroup, judge, final(0, 1, speech.Typed("three oat")), final(1.5, 2, speech.Typed("milk"))),
		onceHeard(u, talkGroup, judgeTalk, final(0, 1, speech.Typed("well i never"))),
		onceHeard(u, talkGroup, judgeTalk),
	}
	sure := checkout.DefaultThresholds
	sure.Ask = 0
	list := conditions(heard, sure)
	if len(list) != 2 || list[0].Group != sampledGroup || list[0].N != 3 || list[1].N != 2 {
		t.Fatalf("got %+v", list)
	}
	if c := list[0]; math.Abs(c.Exact-2.0/3) > 1e-9 || math.Abs(c.WrongUnasked-1.0/3) > 1e-9 || c.Asked != 0 {
		t.Errorf("never asking: got %+v", c)
	}
	if c := conditions(heard, checkout.DefaultThresholds)[0]; c.WrongUnasked != 0 || math.Abs(c.Asked-2.0/3) > 1e-9 {
		t.Errorf("asking within 2: got %+v", c)
	}
	if c := list[1]; c.Exact != 1 || c.WrongUnasked != 0 || c.Nothing != 0 {
		t.Errorf("talk: got %+v", c)
	}
	path := filepath.Join(t.TempDir(), "chart.csv")
	if err := writeChart(path, curves(checkout.DefaultThresholds, remembered(heard))); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if points := (len(rows) - 1) / 2; err != nil || points < 40 || rows[1][0] != "nothing" {
		t.Errorf("got %d rows, %v", len(rows), err)
	}
}

func TestTalkIsJudgedByWhatItDoes(t *testing.T) {
	for name, c := range map[string]struct {
		commands []checkout.Command
		want     outcome
	}{
		"nothing":            {nil, outcome{exact: true, strict: true}},
		"an item":            {[]checkout.Command{{Do: parser.Add, Item: "1203"}}, outcome{wrong: true}},
		"a question":         {[]checkout.Command{{Do: parser.Add, Item: "1203", Ask: checkout.AskChoice}}, outcome{asked: true}},
		"something harmless": {[]checkout.Command{{Do: parser.Total}}, outcome{}},
	} {
		if got := judgeTalk(c.commands); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
	if lines := strings.Split(strings.TrimSpace(calibrateTalk), "\n"); len(lines) < 50 {
		t.Errorf("only %d sentences of talk", len(lines))
	}
}
