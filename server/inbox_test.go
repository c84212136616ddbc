package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"voicetill/payments"
)

func TestAFullInboxDropsTheOldestAudioAndNothingElse(t *testing.T) {
	b := newInbox(10)
	for _, it := range []item{{audio: true, data: make([]byte, 4)}, {data: []byte("end")}, {audio: true, data: make([]byte, 6)}, {audio: true, data: make([]byte, 4)}} {
		if err := b.put(it); err != nil {
			t.Fatal(err)
		}
	}
	var audio, texts, lost int
	for range 3 {
		it, gone, ok := b.next(t.Context())
		if !ok {
			t.Fatal("the inbox is empty too soon")
		}
		lost += gone
		if it.audio {
			audio += len(it.data)
		} else {
			texts++
		}
	}
	if audio != 10 || texts != 1 || lost != 1 {
		t.Errorf("got %d bytes of audio, %d texts, %d lost; want 10, 1, 1", audio, texts, lost)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, ok := b.next(ended); ok {
		t.Error("the inbox still has something")
	}
}

func TestTooManyMessagesAreRefusedNotDropped(t *testing.T) {
	b := newInbox(10)
	for range maxWaiting {
		if err := b.put(item{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.put(item{}); !errors.Is(err, errTooMany) {
		t.Errorf("got %v, want errTooMany", err)
	}
}

func TestSocketsOfOneAddressAreLimited(t *testing.T) {
	n := newSockets(Limits{PerAddress: 2, Sockets: 4})
	crowd := func() *socket { return &socket{address: "192.0.2.1", counted: true} }
	first := crowd()
	for _, k := range []*socket{first, crowd()} {
		if err := n.reserve(k); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.reserve(crowd()); !errors.Is(err, errConnections) {
		t.Errorf("a third: got %v", err)
	}
	n.leave(first)
	if err := n.reserve(crowd()); err != nil {
		t.Errorf("after one left: got %v", err)
	}
	for range 2 {
		if err := n.reserve(&socket{address: "127.0.0.1"}); err != nil {
			t.Errorf("loopback: got %v", err)
		}
	}
	if err := n.reserve(&socket{address: "127.0.0.1"}); !errors.Is(err, errConnections) {
		t.Errorf("over all: got %v", err)
	}
}

func TestSpokenLengthIsThatOfAVoice(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "Three oat milk, seven forty-seven.": 2615 * time.Millisecond, "三份燕麦奶": 1250 * time.Millisecond} {
		if got := spokenLength(text); (got - want).Abs() > 100*time.Millisecond {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestEveryFaultHasItsWords(t *testing.T) {
	// Some errors are one to a client, and told apart by their words.
	shared := map[string]bool{"odd_audio": true, "not_found": true, "busy": true, "slow": true, "bad_topup": true, "short_password": true}
	codes := map[string]bool{}
	for _, f := range faults {
		got, known := faultOf(f.err)
		if known == (f.err == payments.ErrNoBooks) || got.text == "" || got.status < 400 || got.close < 1000 {
			t.Errorf("%v: got %+v", f.err, got)
		}
		if codes[f.code] && !shared[f.code] {
			t.Errorf("%v: code %s is another error's", f.err, f.code)
		}
		codes[f.code] = true
	}
	if got, known := faultOf(errors.New("disk on fire")); known || got.status != 500 || got.text != somethingWrong.text {
		t.Errorf("got %+v", got)
	}
}
