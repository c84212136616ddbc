package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"voicetill/server"
	"voicetill/speech/speechtest"
)

func TestATappedCommandThatIsNoneIsAnError(t *testing.T) {
	x := patientTill(t)
	p := x.open("")
	p.want("welcome")
	for _, do := range []any{"explode", ""} {
		m := p.do("1", map[string]any{"do": do, "item": "1203"})
		if m.Type != "error" || m.Code != "unknown_command" || m.ID != "1" {
			t.Errorf("%v: got %s", do, m.raw)
		}
	}
	if m := p.do("1", map[string]any{"do": "add", "item": "1203"}); m.Cart.Count != 1 {
		t.Errorf("the id was used up: got %s", m.raw)
	}
}

func TestAPanicEndsOneConversationAndIsLogged(t *testing.T) {
	x := patientTill(t)
	x.engine.Hold = func() { panic("a recogniser gone mad") }
	p := x.open("")
	p.want("welcome")
	other := x.open("")
	other.want("welcome")
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(time.Second)...))
	if m := p.want("error"); m.Code != "internal" {
		t.Errorf("got %s", m.raw)
	}
	if m := other.say("1", "two bagels"); m.Cart.Count != 2 {
		t.Errorf("the other conversation: got %s", m.raw)
	}
	if log := x.log.String(); !strings.Contains(log, "a recogniser gone mad") || !strings.Contains(log, "level=ERROR") {
		t.Errorf("the log: %s", log)
	}
}

// madVoice panics when it is to speak.
type madVoice struct{}

func (madVoice) Names(string) []string { return nil }

func (madVoice) Speak(context.Context, string, string, server.Style) ([]byte, error) {
	panic("a voice gone mad")
}

func TestAPanicInARequestIsAnsweredAndLogged(t *testing.T) {
	x := newTill(t, func(c *server.Config) { c.Voice, c.VoiceKey = madVoice{}, []byte("key") })
	p := x.open("")
	address := p.want("welcome").Audio
	status, body := x.call(x.browser(), "GET", address, "")
	if status != 500 || !strings.Contains(x.log.String(), "a voice gone mad") {
		t.Errorf("got %d %v; the log: %s", status, body, x.log.String())
	}
}

func TestARepeatedLineIsHeardOnce(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	resume := p.want("welcome").Resume
	first := p.say("1", "two bagels")
	if again := p.say("1", "two bagels"); again.raw != first.raw {
		t.Errorf("got %s, want %s", again.raw, first.raw)
	}
	shown := 0
	for _, m := range p.seen {
		if m.Type == "heard" {
			shown++
		}
	}
	_, body := x.call(x.browser(), "GET", "/v1/heard", "", "Authorization", "Bearer "+resume)
	if kept, _ := body["heard"].([]any); len(kept) != 1 || shown != 1 {
		t.Errorf("shown %d times, kept as %v, want once", shown, body)
	}
}

// slowVoice speaks until it is told to stop, as a program that is killed does.
type slowVoice struct{ started chan struct{} }

func (slowVoice) Names(string) []string { return nil }

func (v slowVoice) Speak(ctx context.Context, _, _ string, _ server.Style) ([]byte, error) {
	close(v.started)
	<-ctx.Done()
	return nil, errors.New("signal: killed")
}

func TestAClientThatGoesAwayIsNoFaultOfTheTill(t *testing.T) {
	v := slowVoice{make(chan struct{})}
	x := newTill(t, func(c *server.Config) { c.Voice, c.VoiceKey = v, []byte("key") })
	p := x.open("")
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-v.started; leave() }()
	req, err := http.NewRequestWithContext(ctx, "GET", x.http.URL+p.want("welcome").Audio, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.browser().Do(req); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	x.stop() // waits for the request to end
	if log := x.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the log: %s", log)
	}
}
