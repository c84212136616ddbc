package checkout_test

import (
	"testing"

	"voicetill/checkout"
)

func TestThresholdsDecide(t *testing.T) {
	u := shopAndBar(t)
	near := hears(3, "three oat milk", "two oat milk") // 3 apart
	talk := hears(0, "well i never")
	talk.Alternatives = append(talk.Alternatives, hears(0, "three oat milk").Alternatives[0])
	talk.Alternatives[1].Score = talk.Alternatives[0].Score - 4
	with := func(change func(*checkout.Thresholds)) checkout.Thresholds {
		th := checkout.DefaultThresholds
		change(&th)
		return th
	}
	clean := checkout.Situation{}
	for name, c := range map[string]struct {
		thresholds checkout.Thresholds
		situation  checkout.Situation
		want       string
	}{
		"the clear winner is obeyed":          {checkout.DefaultThresholds, clean, "add 1203 3"},
		"a greater margin asks":               {with(func(t *checkout.Thresholds) { t.Ask = 4 }), clean, "add 1203 3 (choice)"},
		"noise asks":                          {checkout.DefaultThresholds, checkout.Situation{SNR: 10}, "add 1203 3 (choice)"},
		"noise that is called quiet does not": {with(func(t *checkout.Thresholds) { t.Quiet, t.Loud = 10, 0 }), checkout.Situation{SNR: 10}, "add 1203 3"},
		"noise does not where it costs none":  {with(func(t *checkout.Thresholds) { t.AskLoud = 0 }), checkout.Situation{SNR: 10}, "add 1203 3"},
	} {
		if got := short(u.With(c.thresholds).Understand(near, c.situation).Commands); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if got := short(u.Read(near, c.situation).Judge(c.thresholds).Commands); got != c.want {
			t.Errorf("%s, read once: got %q, want %q", name, got, c.want)
		}
	}
	chatter := checkout.Situation{Chatter: true}
	for name, c := range map[string]struct {
		thresholds checkout.Thresholds
		situation  checkout.Situation
		want       string
	}{
		"a little worse than talk asks":  {checkout.DefaultThresholds, clean, "add 1203 3 (alike)"},
		"a little worse than talk":       {with(func(t *checkout.Thresholds) { t.AskBehind = 5 }), clean, "add 1203 3"},
		"too much worse":                 {with(func(t *checkout.Thresholds) { t.Nothing = 3 }), clean, ""},
		"too much worse while they talk": {with(func(t *checkout.Thresholds) { t.Chatter = 6 }), chatter, ""},
		"not too much worse":             {with(func(t *checkout.Thresholds) { t.Chatter, t.AskBehind = 1, 5 }), chatter, "add 1203 3"},
	} {
		if got := short(u.With(c.thresholds).Understand(talk, c.situation).Commands); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
