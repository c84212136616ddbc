//go:build vosk

package vosk

import (
	"sync"
	"testing"

	"voicetill/speech"
)

// TestTheLibraryComposesOnce: or every recogniser composes for itself.
func TestTheLibraryComposesOnce(t *testing.T) {
	own, err := model(t).Speak(speech.NGrams(till))
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	graphs := own.(*engine).graphs
	recognisers := make([]speech.Recognizer, 2*len(graphs))
	for i := range recognisers {
		if recognisers[i], err = own.Open(nil); err != nil {
			t.Fatal(err)
		}
	}
	for i := range graphs {
		if g := &graphs[i]; g.users.Load() != 2 || g.composed == nil {
			t.Errorf("graph %d has %d recognisers and is at %v, want 2, and something composed", i, g.users.Load(), g.composed)
		}
	}
	for _, r := range recognisers {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	for i := range graphs {
		if graphs[i].users.Load() != 0 {
			t.Errorf("graph %d is used by %d after all were closed", i, graphs[i].users.Load())
		}
	}
}

// TestWhoSharesAGraphHearsTheSame has several times as many talkers as graphs,
// each of whom says everything, all at once, while their engine is closed.
func TestWhoSharesAGraphHearsTheSame(t *testing.T) {
	own, err := model(t).Speak(speech.NGrams(till))
	if err != nil {
		t.Fatal(err)
	}
	said := []string{"three oat milk", "two goat milk", "item one two zero three times two"}
	clips := map[string][]byte{}
	for _, text := range said {
		clips[text] = say(t, text)
	}
	var wg, opened sync.WaitGroup
	for talker := range 3 * len(own.(*engine).graphs) {
		opened.Add(1)
		wg.Go(func() {
			r, err := own.Open(nil)
			opened.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			for i := range said {
				text := said[(talker+i)%len(said)]
				if h, err := heard(r, clips[text]); err != nil || h.Text() != text {
					t.Errorf("got %q, %v; want %q", h.Text(), err, text)
				}
				r.Reset()
			}
		})
	}
	opened.Wait()
	if err := own.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
}
