//go:build vosk

// Package vosk is the recogniser of github.com/alphacep/vosk-api behind the
// contract of package speech. The library's traps end here: a broken model is
// an error and not a crash, words that the model lacks are refused and not
// dropped, and a grammar never changes while an utterance runs.
package vosk

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	api "github.com/alphacep/vosk-api/go"

	"voicetill/speech"
)

// Alternatives is how many a final hypothesis has at most.
const Alternatives = 10

// ErrModel says that a folder holds no usable acoustic model.
var ErrModel = errors.New("not a usable vosk model folder")

// engine holds the model, whose memory libvosk keeps until the last recogniser
// is freed.
type engine struct {
	mu    sync.Mutex
	model *api.VoskModel // nil once closed
	words sync.Map       // word → its number, -1 unknown: FindWord is asked once a word
	dir   string
	// graphs says that the model has a language of its own in the place of open
	// dictation; its recognisers share them.
	graphs graphs
}

// Open loads the model in dir (about 150 MB, half a second). A folder that is
// missing, incomplete or broken gives an error wrapping ErrModel, since the
// library itself reports none (alphacep/vosk-api: NewModel never fails).
func Open(dir string) (speech.Engine, error) {
	if err := checkModel(dir); err != nil {
		return nil, err
	}
	api.SetLogLevel(-1)
	model, err := api.NewModel(dir)
	if err != nil {
		return nil, fmt.Errorf("load model %s: %w", dir, err)
	}
	if isNull(model, "model") {
		return nil, fmt.Errorf("%w: %s: the library could not read it; fetch it again with `make models`", ErrModel, dir)
	}
	return &engine{model: model, dir: dir}, nil
}

// checkModel looks for the files without which libvosk would abort.
func checkModel(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %s: %v; fetch it with `make models` or name one with --model", ErrModel, dir, err)
	case !info.IsDir():
		return fmt.Errorf("%w: %s is a file, not a folder", ErrModel, dir)
	}
	exists := func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular() && info.Size() > 0
	}
	needed := []string{"am/final.mdl", "conf/mfcc.conf", "conf/model.conf"}
	if !exists("graph/HCLG.fst") {
		needed = append(needed, "graph/HCLr.fst", "graph/Gr.fst")
	}
	if exists("ivector/final.ie") {
		needed = append(needed, "ivector/final.dubm", "ivector/final.mat", "ivector/global_cmvn.stats", "ivector/online_cmvn.conf", "ivector/splice.conf")
	}
	for _, name := range needed {
		if !exists(name) {
			return fmt.Errorf("%w: %s has no %s, or it is empty; fetch the model again with `make models`", ErrModel, dir, name)
		}
	}
	if lexicon := "graph/HCLr.fst"; slices.Contains(needed, lexicon) {
		if err := checkLexicon(filepath.Join(dir, lexicon)); err != nil {
			return fmt.Errorf("%w: %s: %s is damaged: %v; fetch the model again with `make models`", ErrModel, dir, lexicon, err)
		}
	}
	return nil
}

// isNull reads the C pointer that the binding wraps without looking at it.
func isNull(wrapper any, field string) bool {
	return reflect.ValueOf(wrapper).Elem().FieldByName(field).IsNil()
}

func (e *engine) Knows(word string) bool {
	if strings.ContainsAny(word[:min(1, len(word))], "[<#") {
		return false
	}
	return e.find(word) >= 0
}

// find returns the model's number of a word, -1 if it has none.
func (e *engine) find(word string) int32 {
	if id, ok := e.words.Load(word); ok {
		return id.(int32)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.model == nil {
		return -1
	}
	id := int32(e.model.FindWord(word))
	e.words.Store(word, id)
	return id
}

func (e *engine) Open(phrases []string) (speech.Recognizer, error) {
	if unknown := e.unknown(phrases); len(unknown) > 0 {
		return nil, &speech.UnknownWordsError{Words: unknown}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.model == nil {
		return nil, errors.New("the speech engine is closed")
	}
	var err error
	r := &recognizer{}
	switch {
	case len(phrases) == 0 && e.graphs != nil:
		r.rec, r.graph, err = e.graphs.open(e.model)
	case len(phrases) == 0:
		r.rec, err = api.NewRecognizer(e.model, speech.SampleRate)
	default:
		var grammar []byte
		if grammar, err = json.Marshal(phrases); err == nil {
			r.rec, err = api.NewRecognizerGrm(e.model, speech.SampleRate, string(grammar))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open recogniser: %w", err)
	}
	if isNull(r.rec, "rec") {
		return nil, fmt.Errorf("open recogniser with %d phrases: the library refused", len(phrases))
	}
	r.rec.SetMaxAlternatives(Alternatives)
	r.rec.SetWords(1)
	if e.graphs != nil { // the library's dither is off (ownConfig)
		r.dither = &dither{}
		r.dither.again()
	}
	if r.graph != nil {
		r.graph.users.Add(1)
	}
	return r, nil
}

// unknown lists each word once that the model lacks, in order.
func (e *engine) unknown(phrases []string) []string {
	var unknown []string
	seen := map[string]bool{speech.Unknown: true}
	for _, phrase := range phrases {
		for _, word := range strings.Fields(phrase) {
			if !seen[word] {
				seen[word] = true
				if !e.Knows(word) {
					unknown = append(unknown, word)
				}
			}
		}
	}
	return unknown
}

func (e *engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.model != nil {
		e.graphs.close()
		e.model.Free()
		e.model = nil
	}
	return nil
}

type recognizer struct {
	rec  *api.VoskRecognizer // nil once closed
	fed  int                 // samples since it was opened: the library's clock, which never goes back
	base int                 // fed when the stream began

	dither *dither // nil: the library's
	graph  *graph  // nil: its own
}

// alone keeps others off the graph until what it returns is called.
func (r *recognizer) alone() func() {
	if r.graph == nil {
		return func() {}
	}
	r.graph.mu.Lock()
	return r.graph.mu.Unlock
}

var errClosed = errors.New("the recogniser is closed")

func (r *recognizer) Accept(pcm []byte) (speech.Hypothesis, error) {
	switch {
	case r.rec == nil:
		return speech.Hypothesis{}, errClosed
	case len(pcm)%2 != 0:
		return speech.Hypothesis{}, fmt.Errorf("%w: %d bytes", speech.ErrOddLength, len(pcm))
	case len(pcm) == 0:
		return speech.Hypothesis{}, nil
	}
	r.fed += len(pcm) / 2
	if r.dither != nil {
		pcm = r.dither.add(pcm)
	}
	defer r.alone()()
	switch r.rec.AcceptWaveform(pcm) {
	case 0:
		return partial(r.rec.PartialResult())
	case 1:
		return r.final(r.rec.Result())
	}
	return speech.Hypothesis{}, errors.New("the recogniser failed inside the library")
}

func (r *recognizer) Flush() (speech.Hypothesis, error) {
	if r.rec == nil {
		return speech.Hypothesis{}, errClosed
	}
	return r.final(r.end())
}

// Reset ends the stream with FinalResult, not with the library's own reset:
// that one marks even a finished recogniser as merely paused, so that the next
// stream goes on in a feature pipeline that was told its input is over, adapted
// to the last speaker (vosk-api recognizer.cc, Reset and CleanUp).
func (r *recognizer) Reset() {
	if r.rec != nil {
		r.end()
		r.base = r.fed
	}
}

// end ends the stream.
func (r *recognizer) end() string {
	if r.dither != nil {
		r.dither.again()
	}
	defer r.alone()()
	return r.rec.FinalResult()
}

func (r *recognizer) Close() error {
	if r.rec == nil {
		return nil
	}
	defer r.alone()()
	r.rec.Free()
	r.rec = nil
	if r.graph != nil {
		r.graph.users.Add(-1)
	}
	return nil
}

func partial(reply string) (speech.Hypothesis, error) {
	var p struct {
		Partial string `json:"partial"`
	}
	if err := json.Unmarshal([]byte(reply), &p); err != nil {
		return speech.Hypothesis{}, fmt.Errorf("read partial result: %w", err)
	}
	if p.Partial == "" {
		return speech.Hypothesis{}, nil
	}
	var words []speech.Word
	for _, w := range strings.Fields(p.Partial) {
		words = append(words, speech.Word{Text: w})
	}
	return speech.Hypothesis{Alternatives: []speech.Alternative{{Words: words}}}, nil
}

// final reads the reply with alternatives; the library gives their scores as
// "confidence", a log-likelihood without bounds.
func (r *recognizer) final(reply string) (speech.Hypothesis, error) {
	var f struct {
		Alternatives []struct {
			Confidence float64 `json:"confidence"`
			Text       string  `json:"text"`
			Result     []struct {
				Word       string `json:"word"`
				Start, End float64
			} `json:"result"`
		} `json:"alternatives"`
	}
	if err := json.Unmarshal([]byte(reply), &f); err != nil {
		return speech.Hypothesis{}, fmt.Errorf("read final result: %w", err)
	}
	h := speech.Hypothesis{Final: true}
	base := float64(r.base) / speech.SampleRate
	for _, a := range f.Alternatives {
		alt := speech.Alternative{Score: a.Confidence}
		for _, w := range a.Result {
			alt.Words = append(alt.Words, speech.Word{Text: w.Word, Start: w.Start - base, End: w.End - base})
		}
		if len(alt.Words) == 0 { // the library leaves the times out now and then
			for _, w := range strings.Fields(a.Text) {
				alt.Words = append(alt.Words, speech.Word{Text: w})
			}
		}
		if len(alt.Words) > 0 {
			h.Alternatives = append(h.Alternatives, alt)
		}
	}
	return h, nil
}
