package server

import (
	"container/list"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Voice speaks.
type Voice interface {
	// Speak returns a WAV file of the text in a language, "en" or "zh".
	Speak(ctx context.Context, lang, text string, as Style) ([]byte, error)
	// Names of the voices of a language, the usual one first.
	Names(lang string) []string
}

// Style is how a shopper wants to be spoken to. The zero Style is the usual one.
type Style struct {
	Voice   string // one of Names; "": the first
	Percent int    // of the usual speed; 0: 100
}

// speeds that may be asked for, percent: few, so that sentences are kept.
var speeds = []int{75, 100, 125, 150}

// styleOf is what a request asks for; what it asks in vain is the usual.
func (p *speaker) styleOf(lang, voice, speed string) (as Style) {
	if names := p.voice.Names(lang); slices.Contains(names, voice) && voice != names[0] {
		as.Voice = voice
	}
	if n, err := strconv.Atoi(speed); err == nil && n != 100 && slices.Contains(speeds, n) {
		as.Percent = n
	}
	return as
}

const (
	maxSpoken  = 600 // bytes of one text
	keptSpoken = 256 // sentences
	speakers   = 2   // at a time
	speakTime  = 10 * time.Second
)

// speaker serves spoken replies. Their addresses are signed, so that only what
// some node of the till has said is ever spoken, by any node.
type speaker struct {
	voice Voice
	key   []byte
	slots chan struct{}

	mu    sync.Mutex
	kept  map[string]*list.Element
	order *list.List // of *spokenText, latest first
}

type spokenText struct {
	key string
	wav []byte
}

func newSpeaker(v Voice, key []byte) *speaker {
	return &speaker{voice: v, key: key, slots: make(chan struct{}, speakers), kept: map[string]*list.Element{}, order: list.New()}
}

// address is where the text is to be heard, or "" where there is no voice.
func (p *speaker) address(lang, text string) string {
	if p.voice == nil || text == "" || len(text) > maxSpoken {
		return ""
	}
	return "/v1/speak/" + p.sign(lang, text) + "?" + url.Values{"lang": {lang}, "text": {text}}.Encode()
}

func (p *speaker) sign(lang, text string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(lang + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

func (p *speaker) look(key string) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.kept[key]
	if !ok {
		return nil, false
	}
	p.order.MoveToFront(e)
	return e.Value.(*spokenText).wav, true
}

func (p *speaker) keep(key string, wav []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.kept[key]; ok {
		return
	}
	p.kept[key] = p.order.PushFront(&spokenText{key, wav})
	if p.order.Len() > keptSpoken {
		last := p.order.Remove(p.order.Back()).(*spokenText)
		delete(p.kept, last.key)
	}
}

func (p *speaker) wav(ctx context.Context, signature, lang, text string, as Style) ([]byte, error) {
	key := fmt.Sprintf("%s %s %d", signature, as.Voice, as.Percent)
	if wav, ok := p.look(key); ok {
		return wav, nil
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if wav, ok := p.look(key); ok {
		return wav, nil
	}
	wav, err := p.voice.Speak(ctx, lang, text, as)
	if err != nil {
		return nil, err
	}
	p.keep(key, wav)
	return wav, nil
}

// getVoices is GET /v1/voices.
func (s *Server) getVoices(w http.ResponseWriter, r *http.Request) error {
	if s.speak.voice == nil {
		return errVoiceless
	}
	lang := r.FormValue("lang")
	if lang == "" {
		lang = "en"
	}
	names := s.speak.voice.Names(lang)
	if names == nil {
		names = []string{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"voices": names, "speeds": speeds})
	return nil
}

// speakText is GET /v1/speak/{signature}, with the voice and the speed that the
// shopper has chosen.
func (s *Server) speakText(w http.ResponseWriter, r *http.Request) error {
	if s.speak.voice == nil {
		return errVoiceless
	}
	lang, text, key := r.FormValue("lang"), r.FormValue("text"), r.PathValue("signature")
	if len(text) > maxSpoken || !hmac.Equal([]byte(key), []byte(s.speak.sign(lang, text))) {
		return errNotSaid
	}
	ctx, cancel := context.WithTimeout(r.Context(), speakTime)
	defer cancel()
	wav, err := s.speak.wav(ctx, key, lang, text, s.speak.styleOf(lang, r.FormValue("voice"), r.FormValue("speed")))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "audio/wav")
	w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	_, _ = w.Write(wav) // the client may be gone
	return nil
}
