package speech_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"voicetill/speech"
	"voicetill/speech/speechtest"
)

func TestDictateReturnsTheBestText(t *testing.T) {
	e := &speechtest.Engine{}
	d := speech.NewDecoders(1)
	e.Hears("oat lee")
	if text, err := speech.Dictate(t.Context(), e, d, speechtest.Voice(time.Second)); err != nil || text != "oat lee" {
		t.Errorf("got %q, %v", text, err)
	}
	if text, err := speech.Dictate(t.Context(), e, d, nil); err != nil || text != "" {
		t.Errorf("nothing was said: got %q, %v", text, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := speech.Dictate(ctx, e, d, speechtest.Voice(time.Second)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if n := e.Running(); n != 0 {
		t.Errorf("%d recognisers are still open", n)
	}
	if opened := e.Opened(); len(opened) == 0 || len(opened[0]) != 0 {
		t.Errorf("opened with %v, want open dictation", opened)
	}
}
