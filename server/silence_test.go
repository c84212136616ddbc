package server_test

import (
	"strings"
	"testing"
	"time"

	"voicetill/server"
	"voicetill/speech/speechtest"
)

// replies are the till's answers so far.
func (p *page) replies() (list []string) {
	for _, m := range p.seen {
		if m.Type == "reply" {
			list = append(list, m.Say)
		}
	}
	return list
}

// meanwhile hears all that was sent so far: the reader's own error is last.
func (p *page) meanwhile() {
	p.t.Helper()
	p.send(map[string]any{"type": "nothing of the kind"})
	p.want("error")
}

// patientTill has room for all the audio that a test sends at once.
func patientTill(t *testing.T) *till {
	t.Helper()
	return newTill(t, func(c *server.Config) { c.Limits.Frames = time.Minute })
}

func TestALongSilenceIsPromptedOnce(t *testing.T) {
	x := patientTill(t)
	x.engine.Hears("two bagels")
	p := x.open("") // as a phone
	p.want("welcome")
	p.audio(speechtest.Silence(5 * time.Second))
	p.meanwhile()
	if got := p.replies(); len(got) != 0 {
		t.Fatalf("after 5 s: got %q", got)
	}
	p.audio(speechtest.Silence(5500 * time.Millisecond))
	if m := p.want("reply"); m.ID != "" || !strings.Contains(m.Say, "Say an item") || m.Cart.Count != 0 || m.State != "shopping" {
		t.Errorf("after 10 s: got %s", m.raw)
	}
	p.send(map[string]any{"type": "played"})
	p.audio(speechtest.Silence(12 * time.Second))
	p.meanwhile()
	if got := p.replies(); len(got) != 1 {
		t.Errorf("the same silence was prompted again: %q", got)
	}
	p.audio(speechtest.Voice(500 * time.Millisecond))
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Cart.Count != 2 {
		t.Fatalf("got %s", m.raw)
	}
	p.send(map[string]any{"type": "played"})
	p.audio(speechtest.Silence(11 * time.Second))
	if m := p.want("reply"); !strings.Contains(m.Say, "checkout") || m.Cart.Count != 2 {
		t.Errorf("the next silence: got %s", m.raw)
	}
}

func TestSilenceIsNotPromptedWhereSomethingElseIsAwaited(t *testing.T) {
	x := patientTill(t)
	p := x.open("")
	p.want("welcome")
	p.say("1", "two bagels")
	p.say("2", "checkout")
	p.send(map[string]any{"type": "played"})
	p.audio(speechtest.Silence(12 * time.Second))
	p.meanwhile()
	if got := p.replies(); len(got) != 2 {
		t.Errorf("at the bill: got %q", got)
	}
}

func TestAProgramIsNotPrompted(t *testing.T) {
	x := patientTill(t)
	p := x.open("")
	p.send(map[string]any{"type": "hello", "client": "robot"})
	p.want("welcome")
	p.want("welcome")
	p.audio(speechtest.Silence(12 * time.Second))
	p.meanwhile()
	if got := p.replies(); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestWhatWasSaidWithTheButtonHeldIsAnsweredThoughItEndedBefore(t *testing.T) {
	x := patientTill(t)
	x.engine.Hears("did you see the game", "did you see the game")
	p := x.open("")
	p.want("welcome")
	said := append(speechtest.Voice(500*time.Millisecond), speechtest.Silence(1500*time.Millisecond)...)
	p.audio(said)
	p.want("heard")
	p.meanwhile()
	if got := p.replies(); len(got) != 0 {
		t.Fatalf("before the release: got %q", got)
	}
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Say != "Item number?" {
		t.Errorf("got %s", m.raw)
	}
	p.send(map[string]any{"type": "played"})
	p.audio(said)
	p.want("heard")
	p.meanwhile()           // the till has noted when that was
	x.wait(5 * time.Second) // an open microphone that is closed later
	p.send(map[string]any{"type": "end"})
	p.meanwhile()
	if got := p.replies(); len(got) != 1 {
		t.Errorf("what was said long before: got %q", got)
	}
}
