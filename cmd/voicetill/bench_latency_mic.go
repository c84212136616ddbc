package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"voicetill/speech"

	"github.com/gorilla/websocket"
)

// sendLimit is how long the till may take to accept a frame.
const sendLimit = 5 * time.Second

// microphone is one open connection. One goroutine sends, another reads.
type microphone struct {
	conn   *websocket.Conn
	room   []byte  // what it hears while nobody talks, over and over
	at     int     // where it is in it
	talker *talker // nil: nobody talks into it

	mu   sync.Mutex
	lost int
	err  error // why reading ended
}

func (m *microphone) dial(ctx context.Context, address string) (err error) {
	dialer := websocket.Dialer{HandshakeTimeout: time.Minute, ReadBufferSize: 1024, WriteBufferSize: 4096}
	m.conn, _, err = dialer.DialContext(ctx, "ws://"+address+"/v1/checkout?place=demo", nil)
	if err != nil {
		return err
	}
	return m.conn.WriteJSON(map[string]any{"type": "hello", "client": "bench", "rate": speech.SampleRate})
}

// close may be called while read runs, which it ends.
func (m *microphone) close() { _ = m.conn.Close() }

// send sends what waits to be said to the till, and then the next frame.
// willTalk says whether a new utterance may begin.
func (m *microphone) send(willTalk bool) error {
	m.mu.Lock()
	err := m.err
	m.mu.Unlock()
	if err != nil {
		return err
	}
	if err := m.conn.SetWriteDeadline(time.Now().Add(sendLimit)); err != nil {
		return err
	}
	var voice []byte
	if m.talker != nil {
		for _, text := range m.talker.texts() {
			if err := m.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
				return err
			}
		}
		voice = m.talker.next(time.Now(), willTalk)
	}
	return m.conn.WriteMessage(websocket.BinaryMessage, m.frame(voice))
}

// frame is what is said, filled up with the room.
func (m *microphone) frame(voice []byte) []byte {
	if m.at+frameBytes > len(m.room) {
		m.at = 0
	}
	room := m.room[m.at : m.at+frameBytes]
	m.at += frameBytes
	if len(voice) == 0 {
		return room
	}
	if len(voice) == frameBytes {
		return voice
	}
	return append(voice[:len(voice):len(voice)], room[len(voice):]...)
}

// fromTill is what the bench reads of the till's messages.
type fromTill struct {
	Type     string
	ID       string
	Frames   int
	Code     string
	Text     string
	Commands []json.RawMessage
	State    string
	Cart     struct{ Count int }
}

// read takes messages until the connection is over.
func (m *microphone) read() {
	err := m.readAll()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *microphone) readAll() error {
	for {
		_, data, err := m.conn.ReadMessage()
		if err != nil {
			return err
		}
		now := time.Now()
		var got fromTill
		if err := json.Unmarshal(data, &got); err != nil {
			return fmt.Errorf("read the till's message: %w", err)
		}
		switch {
		case got.Type == "error":
			return fmt.Errorf("the till says %s: %s", got.Code, got.Text)
		case got.Type == "lost":
			m.mu.Lock()
			m.lost += got.Frames
			m.mu.Unlock()
		}
		if m.talker != nil {
			m.talker.hears(got, now)
		}
	}
}

func (m *microphone) lostFrames() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lost
}

// utterance is one clip that was said, and when it was answered.
type utterance struct {
	last     time.Time // when the frame with the last voiced sample was sent
	heldBack float64   // seconds for which that sample had waited for its frame
	answered time.Time // when the reply came; zero: not at all
	early    bool      // it came before the voice had ended
}

// talker says one clip after the other, with a pause after the till's reply.
// After some utterances, and wherever the till asks something, the shopper
// leaves and the next one comes, so that no cart fills up.
type talker struct {
	rng   *rand.Rand // the sender's
	clips []voicedClip

	mu        sync.Mutex
	out       []string // messages to send
	said      []utterance
	restUntil time.Time
	current   *utterance // being said, or waiting for its answer
	clip      voicedClip
	at        int       // bytes of the clip that were sent
	heard     time.Time // when the till said that it understood the current one
	spoiled   bool      // some of it was lost
	leaving   bool      // a reply to leave is awaited
	since     int       // utterances since the shopper came
}

const (
	leaveAfter = 8  // utterances
	fullCart   = 20 // pieces
)

// rest is the pause between a reply and the next utterance.
func rest(rng *rand.Rand) time.Duration {
	return time.Second + time.Duration(rng.Int64N(int64(time.Second)))
}

func (t *talker) texts() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.out
	t.out = nil
	return out
}

// next is the voice of the frame that is about to be sent, empty in pauses.
func (t *talker) next(now time.Time, willTalk bool) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current == nil {
		if !willTalk || t.leaving || now.Before(t.restUntil) {
			return nil
		}
		t.current, t.clip, t.at = &utterance{}, t.clips[t.rng.IntN(len(t.clips))], 0
		t.heard, t.spoiled = time.Time{}, false
		t.since++
	}
	if u := t.current; t.at > 2*t.clip.last && now.Sub(u.last) > answerLimit {
		if !t.spoiled {
			u.answered = t.heard // understood, but with nothing to say
		}
		t.finish(now, true)
		return nil
	}
	voice := t.clip.pcm[t.at:min(t.at+frameBytes, len(t.clip.pcm))]
	t.at += len(voice)
	if last := 2 * t.clip.last; len(voice) > 0 && last >= t.at-len(voice) && last < t.at {
		t.current.last = now
		t.current.heldBack = float64(t.at-last) / 2 / speech.SampleRate
	}
	return voice
}

// hears takes a message of the till.
func (t *talker) hears(m fromTill, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case m.Type == "lost":
		t.spoiled = true
	case m.Type == "heard" && len(m.Commands) > 0 && t.current != nil && t.heard.IsZero():
		t.heard = now
	case m.Type == "reply" && m.ID != "":
		t.leaving = false
		t.played(now)
	case m.Type == "reply":
		t.replied(m, now)
	}
}

// replied ends the current utterance where the reply obeys it.
func (t *talker) replied(m fromTill, now time.Time) {
	t.played(now)
	if t.current == nil {
		return
	}
	switch {
	case t.current.last.IsZero():
		t.current.last, t.current.early = now, true
	case !t.spoiled && !t.heard.IsZero():
		t.current.answered = now
	}
	t.finish(now, m.State != "shopping" || m.Cart.Count >= fullCart)
}

// played tells the till that its reply was listened to.
func (t *talker) played(now time.Time) {
	t.out = append(t.out, `{"type": "played"}`)
	t.restUntil = now.Add(rest(t.rng))
}

func (t *talker) finish(now time.Time, leave bool) {
	t.said = append(t.said, *t.current)
	t.current = nil
	t.restUntil = now.Add(rest(t.rng))
	if leave || t.since >= leaveAfter {
		t.since, t.leaving = 0, true
		t.out = append(t.out, fmt.Sprintf(`{"type": "do", "id": "leave-%d", "command": {"do": "leave"}}`, len(t.said)))
	}
}

func (t *talker) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current != nil
}

// outcomes are the utterances that are over.
func (t *talker) outcomes() []utterance {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.said
}
