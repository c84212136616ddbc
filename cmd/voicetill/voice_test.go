package main

import (
	"bytes"
	"testing"

	"voicetill/speech"
)

func TestTheTillSpeaksBothLanguages(t *testing.T) {
	v := findVoice()
	if v == nil {
		t.Fatal("neither flite nor espeak-ng is installed")
	}
	for lang, text := range map[string]string{"en": "Three oat milk, seven forty-seven.", "zh": "三份燕麦奶，七点四七欧元。"} {
		wav, err := v.Speak(t.Context(), lang, text)
		if err != nil {
			t.Fatal(err)
		}
		samples, rate, err := speech.ReadWAV(bytes.NewReader(wav))
		if err != nil {
			t.Fatal(err)
		}
		if seconds := float64(len(samples)) / float64(rate); seconds < 1 || seconds > 10 {
			t.Errorf("%s takes %.1f s", lang, seconds)
		}
	}
}
