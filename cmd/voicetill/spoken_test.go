//go:build vosk

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"voicetill/speech"
	"voicetill/store/storetest"

	"github.com/gorilla/websocket"
)

// spoken has espeak-ng say a text: s16le at speech.SampleRate with half a second
// of silence before and one and a half after.
func spoken(t *testing.T, text string) []byte {
	t.Helper()
	wav := filepath.Join(t.TempDir(), "said.wav")
	if out, err := exec.Command("espeak-ng", "-v", "en-us", "-s", "130", "-w", wav, text).CombinedOutput(); err != nil {
		t.Fatalf("espeak-ng: %v\n%s", err, out)
	}
	return recorded(t, wav)
}

// recorded is a file as spoken makes it.
func recorded(t *testing.T, wav string) []byte {
	t.Helper()
	f, err := os.Open(wav)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	samples, rate, err := speech.ReadWAV(f)
	if err == nil {
		samples, err = speech.Resample(samples, rate)
	}
	if err != nil {
		t.Fatal(err)
	}
	quiet := make([]float32, speech.SampleRate/2)
	samples = append(append(quiet, samples...), make([]float32, 3*speech.SampleRate/2)...)
	return speech.PCM16(samples)
}

func (l *line) stream(pcm []byte) {
	l.t.Helper()
	for len(pcm) > 0 {
		n := min(len(pcm), frameBytes)
		if err := l.conn.WriteMessage(websocket.BinaryMessage, pcm[:n]); err != nil {
			l.t.Fatal(err)
		}
		pcm = pcm[n:]
	}
}

// streamLive sends at a microphone's pace until a message has come that is
// waited for.
func (l *line) streamLive(pcm []byte, is func(tillMessage) bool) {
	l.t.Helper()
	came := make(chan error, 1)
	go func() { _, err := l.await(is); came <- err }()
	pace := time.NewTicker(100 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case err := <-came:
			if err != nil {
				l.t.Fatal(err)
			}
			return
		case <-pace.C:
			n := min(len(pcm), frameBytes)
			l.stream(pcm[:n])
			pcm = pcm[n:]
		}
	}
}

func TestKilledInMidUtteranceTheCartIsTheSame(t *testing.T) {
	t.Parallel()
	m := newMortal(t, buildTill(t, "vosk"), "--db", storetest.SQLite(t), "--model", modelDir())
	m.start("")
	l, _ := m.connect("")
	l.stream(spoken(t, "three bagels"))
	reply := func(x tillMessage) bool { return x.Type == "reply" }
	if r := l.wait(reply); r.Cart.Count != 3 {
		t.Fatalf("got %+v", r)
	}
	l.send(map[string]any{"type": "played"})
	pcm := spoken(t, "two croissants")
	l.streamLive(pcm[:len(pcm)/2], func(x tillMessage) bool { return x.Type == "partial" })
	m.kill()
	m.start("")
	l, w := m.connect(l.resume)
	if w.Cart.Count != 3 || w.State != "shopping" {
		t.Fatalf("got %+v, want the three bagels alone", w)
	}
	l.stream(spoken(t, "two croissants"))
	if r := l.wait(reply); r.Cart.Count != 5 {
		t.Errorf("got %+v", r)
	}
}

// TestANumberAloneAnswersAQuestion plays answers of which the sentences of the
// shop make "undo", nothing and "total please". They were said by a voice of
// Kokoro-82M (Apache-2.0).
func TestANumberAloneAnswersAQuestion(t *testing.T) {
	t.Parallel()
	m := newMortal(t, buildTill(t, "vosk"), "--db", storetest.SQLite(t), "--model", modelDir())
	m.start("")
	for said, want := range map[string]int{"two": 2, "four": 4, "two please": 2} {
		l, _ := m.connect("")
		l.send(map[string]any{"type": "say", "id": "1", "text": "thirty oat milk"})
		reply := func(x tillMessage) bool { return x.Type == "reply" }
		if r := l.wait(reply); r.State != "choosing" || r.Cart.Count != 0 {
			t.Fatalf("got %+v", r)
		}
		l.send(map[string]any{"type": "played"})
		l.stream(recorded(t, filepath.Join("testdata", "answers", said+".wav")))
		if r, err := l.await(reply); err != nil || r.State != "shopping" || r.Cart.Count != want {
			t.Errorf("%q: got %+v, %v", said, r, err)
		}
	}
}

func TestVoskClientsFindTheirServer(t *testing.T) {
	t.Parallel()
	m := newMortal(t, buildTill(t, "vosk"), "--db", storetest.SQLite(t), "--model", modelDir(), "--vosk-listen", "localhost:0")
	m.start("")
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+m.vosk+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(killLimit)); err != nil {
		t.Fatal(err)
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{ "config" : { "sample_rate" : 16000.0 } }`)); err != nil {
		t.Fatal(err)
	}
	var last struct {
		Result []struct{ Word string }
		Text   string
	}
	texts := ""
	pcm := spoken(t, "item one two zero three times two")
	for len(pcm) > 0 {
		n := min(len(pcm), 4000)
		if err := conn.WriteMessage(websocket.BinaryMessage, pcm[:n]); err != nil {
			t.Fatal(err)
		}
		pcm = pcm[n:]
		if err := conn.ReadJSON(&last); err != nil {
			t.Fatal(err)
		}
		texts, last.Text = texts+last.Text, ""
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"eof" : 1}`)); err != nil {
		t.Fatal(err)
	}
	if err := conn.ReadJSON(&last); err != nil {
		t.Fatal(err)
	}
	if texts += last.Text; texts != "item one two zero three times two" || len(last.Result) == 0 {
		t.Errorf("got %q, %+v", texts, last)
	}
}
