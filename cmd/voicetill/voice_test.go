package main

import (
	"bytes"
	"testing"

	"voicetill/server"
	"voicetill/speech"
)

func TestTheTillSpeaksBothLanguagesInEveryVoiceAndSpeed(t *testing.T) {
	v := findVoice()
	if v == nil {
		t.Fatal("neither flite nor espeak-ng is installed")
	}
	for lang, text := range map[string]string{"en": "Three oat milk, seven forty-seven.", "zh": "三份燕麦奶，七点四七欧元。"} {
		for _, name := range append([]string{""}, v.Names(lang)...) {
			usual := spokenIn(t, v, lang, text, server.Style{Voice: name})
			slow := spokenIn(t, v, lang, text, server.Style{Voice: name, Percent: 75})
			fast := spokenIn(t, v, lang, text, server.Style{Voice: name, Percent: 150})
			if usual < 1 || usual > 10 || slow < usual*1.1 || fast > usual*0.9 {
				t.Errorf("%s %s takes %.1f s, slowly %.1f s, fast %.1f s", lang, name, usual, slow, fast)
			}
		}
	}
}

// spokenIn is how many seconds a voice takes.
func spokenIn(t *testing.T, v server.Voice, lang, text string, as server.Style) float64 {
	t.Helper()
	wav, err := v.Speak(t.Context(), lang, text, as)
	if err != nil {
		t.Fatal(err)
	}
	samples, rate, err := speech.ReadWAV(bytes.NewReader(wav))
	if err != nil {
		t.Fatal(err)
	}
	return float64(len(samples)) / float64(rate)
}
