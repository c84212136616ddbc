package server

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"

	"voicetill/checkout"
	"voicetill/speech"
)

// voskRate, in Hz, is what vosk-server takes where a client sends no config.
const voskRate = 8000

// recognition is one client of /v1/recognize: alphacep/vosk-server's protocol,
// one reply to each binary message, in order. Nothing is dropped: a client that
// is faster than the recogniser waits.
type recognition struct {
	s        *Server
	k        *socket
	shelf    *shelf
	rate     int
	words    bool
	most     int // alternatives asked for; 0: the best alone
	phrases  *[]string
	rec      speech.Recognizer // nil before the first audio
	pooled   bool              // rec belongs to the shelf's pool
	resample *speech.Resampler
	odd      []byte // half a sample that came at a message's end
}

// recognizeSocket is GET /v1/recognize, and GET / of --vosk-listen.
func (s *Server) recognizeSocket(w http.ResponseWriter, r *http.Request) error {
	if s.Engine == nil {
		return errNoSpeech
	}
	shop, err := s.shelves.shop(r.Context(), placeOf(r))
	if err != nil {
		return err
	}
	if _, err := s.mayShop(r, shop.place); err != nil {
		return err
	}
	k, err := s.upgrade(w, r)
	if err != nil {
		return err
	}
	defer k.finish(s)
	shelf := shop.current()
	shelf.hold()
	c := &recognition{s: s, k: k, shelf: shelf, rate: voskRate, words: true}
	defer c.close()
	k.each(func(binary bool, data []byte) {
		if err := c.receive(binary, data); err != nil {
			k.end(err)
		}
	})
	return nil
}

func (c *recognition) close() {
	c.drop()
	if err := c.shelf.release(); err != nil {
		c.s.log.Error("the recogniser's pool did not close", "err", err)
	}
}

// drop gives the recogniser back.
func (c *recognition) drop() {
	switch {
	case c.rec == nil:
	case c.pooled:
		c.shelf.plain.Give(c.rec)
	default:
		if err := c.rec.Close(); err != nil {
			c.s.log.Error("the recogniser did not close", "err", err)
		}
	}
	c.rec, c.resample, c.odd = nil, nil, nil
}

func (c *recognition) receive(binary bool, data []byte) error {
	switch {
	case len(data) > c.s.Limits.Message:
		return errTooLong
	case binary:
		return c.audio(data)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(data, &m); err != nil {
		return errNotJSON
	}
	switch {
	case m["config"] != nil:
		return c.configure(data)
	case isOne(m["eof"]):
		h, err := c.flush()
		if err == nil {
			c.sendFinal(h)
			err = errDone
		}
		return err
	case isOne(m["reset"]):
		h, err := c.flush()
		if err == nil {
			c.sendFinal(h)
		}
		return err
	}
	return errUnknownType
}

func isOne(raw json.RawMessage) bool {
	return bytes.Equal(raw, []byte("1")) || bytes.Equal(raw, []byte("true"))
}

// configure takes a config. It has no reply, so what is wrong closes the
// socket with the reason.
func (c *recognition) configure(data []byte) error {
	var m configMessage
	if err := json.Unmarshal(data, &m); err != nil || m.Config == nil {
		return errConfig
	}
	cfg := m.Config
	if cfg.SampleRate != "" {
		rate, err := cfg.SampleRate.Float64()
		if err != nil || rate < 8000 || rate > 48000 {
			return errRate
		}
		c.rate = int(rate)
	}
	if c.most = 0; cfg.MaxAlternatives != "" {
		most, err := cfg.MaxAlternatives.Float64()
		if err != nil || most < 0 || most > 100 {
			return errConfig
		}
		c.most = int(most)
	}
	if cfg.Words != nil {
		c.words = bool(*cfg.Words)
	}
	if cfg.PhraseList != nil {
		phrases, err := c.audible(*cfg.PhraseList)
		if err != nil {
			return err
		}
		c.phrases = &phrases
	}
	c.drop()
	return nil
}

// audible keeps the phrases whose words the model has. vosk-server drops the
// unknown words and glues the rest together; a phrase that cannot be heard is
// better left out. An empty list is open dictation.
func (c *recognition) audible(list []string) ([]string, error) {
	size := 0
	kept := []string{}
	for _, p := range list {
		size += len(p)
		p = strings.ToLower(strings.TrimSpace(p))
		if p != "" && c.knows(p) {
			kept = append(kept, p)
		}
	}
	switch {
	case len(list) > c.s.Limits.Phrases || size > c.s.Limits.PhraseText:
		return nil, fmt.Errorf("%w: at most %d phrases of %d bytes", errPhrases, c.s.Limits.Phrases, c.s.Limits.PhraseText)
	case len(list) > 0 && len(kept) == 0:
		return nil, errNoWords
	}
	return kept, nil
}

func (c *recognition) knows(phrase string) bool {
	for _, w := range strings.Fields(phrase) {
		if w != speech.Unknown && !c.s.Engine.Knows(w) {
			return false
		}
	}
	return true
}

// ready opens the recogniser of the phrases, or of the place's grammar.
func (c *recognition) ready() error {
	if c.rec != nil {
		return nil
	}
	resample, err := speech.NewResampler(c.rate)
	if err != nil {
		return err
	}
	if c.phrases == nil {
		rec, err := c.shelf.plain.Take(c.k.ctx)
		if err != nil {
			return err
		}
		c.rec, c.pooled, c.resample = rec, true, resample
		return nil
	}
	var rec speech.Recognizer
	err = c.decode(func() (e error) { rec, e = c.s.Engine.Open(*c.phrases); return e })
	if err != nil {
		return err
	}
	c.rec, c.pooled, c.resample = rec, false, resample
	return nil
}

func (c *recognition) decode(f func() error) error {
	var err error
	if ctxErr := c.s.decoders.Do(c.k.ctx, func() { err = f() }); ctxErr != nil {
		return ctxErr
	}
	return err
}

func (c *recognition) audio(data []byte) error {
	if err := c.ready(); err != nil {
		return err
	}
	pcm := c.resample.Feed(c.samples(data))
	c.s.metrics.audio.Add(float64(len(pcm)) / speech.SampleRate)
	var h speech.Hypothesis
	err := c.decode(func() (e error) { h, e = c.rec.Accept(speech.PCM16(pcm)); return e })
	if err != nil {
		return err
	}
	if h.Final {
		c.sendFinal(h)
		return nil
	}
	c.k.send(partialResult{h.Text()})
	return nil
}

// samples reads 16-bit PCM. A stream may be cut anywhere, in the middle of a
// sample too.
func (c *recognition) samples(data []byte) []float32 {
	data = append(c.odd, data...)
	whole := len(data) &^ 1
	c.odd = bytes.Clone(data[whole:])
	samples := make([]float32, whole/2)
	for i := range samples {
		samples[i] = float32(int16(binary.LittleEndian.Uint16(data[2*i:]))) / (1 << 15)
	}
	return samples
}

// flush ends the utterance and makes the recogniser as new.
func (c *recognition) flush() (speech.Hypothesis, error) {
	if c.rec == nil {
		return speech.Hypothesis{Final: true}, nil
	}
	var h speech.Hypothesis
	err := c.decode(func() (e error) {
		if rest := c.resample.Flush(); len(rest) > 0 {
			if h, e = c.rec.Accept(speech.PCM16(rest)); e != nil {
				return e
			}
		}
		last, e := c.rec.Flush()
		if h.Final {
			last = speech.Join(h, last)
		}
		h = last
		return e
	})
	c.drop()
	return h, err
}

func (c *recognition) sendFinal(h speech.Hypothesis) {
	c.s.metrics.utterances.Inc()
	var commands []checkout.Command
	if c.phrases == nil {
		commands = c.shelf.understander("en").Understand(h, checkout.Situation{}).Commands
		if commands == nil {
			commands = []checkout.Command{}
		}
	}
	c.k.send(c.result(h, commands))
}

// result has the shape that vosk_recognizer_result gives.
func (c *recognition) result(h speech.Hypothesis, commands []checkout.Command) any {
	if c.most == 0 {
		r := finalResult{Text: h.Text(), Commands: commands}
		if c.words && len(h.Alternatives) > 0 {
			r.Result = wordsOf(h.Alternatives[0], h.Alternatives)
		}
		return r
	}
	r := alternativesResult{Commands: commands}
	for _, a := range h.Alternatives[:min(len(h.Alternatives), c.most)] {
		alt := alternativeResult{Confidence: a.Score, Text: a.Text()}
		if c.words {
			alt.Result = wordsOf(a, nil)
		}
		r.Alternatives = append(r.Alternatives, alt)
	}
	if len(r.Alternatives) == 0 {
		r.Alternatives = []alternativeResult{{Confidence: 1}}
	}
	return r
}

// wordsOf lists the words. With all alternatives given, conf is the share of
// their probability in which the word was said at that time; vosk leaves it
// out of alternatives.
func wordsOf(a speech.Alternative, all []speech.Alternative) []wordResult {
	list := make([]wordResult, len(a.Words))
	for i, w := range a.Words {
		list[i] = wordResult{Start: hundredths(w.Start), End: hundredths(w.End), Word: w.Text}
		if all != nil {
			conf := confidence(w, all)
			list[i].Conf = &conf
		}
	}
	return list
}

// hundredths takes a time off the noise below the recogniser's 10 ms.
func hundredths(seconds float64) float64 { return math.Round(seconds*100) / 100 }

func confidence(w speech.Word, all []speech.Alternative) float64 {
	with, sum := 0.0, 0.0
	for _, a := range all {
		p := math.Exp(a.Score - all[0].Score)
		sum += p
		for _, o := range a.Words {
			if o.Text == w.Text && o.Start <= w.End && w.Start <= o.End {
				with += p
				break
			}
		}
	}
	return math.Round(with/sum*1e6) / 1e6
}
