// Package speech turns audio into words: the recogniser's contract, WAV files,
// the voice-activity gate, endpointing, and the pool of recognisers. It knows
// nothing of items, carts or networks.
package speech

import (
	"errors"
	"strings"
)

// SampleRate is the rate, in Hz, that recognisers take.
const SampleRate = 16000

// Unknown is the word that a recogniser gives for speech outside its phrases,
// where the phrases allow it.
const Unknown = "[unk]"

// ErrOddLength says that PCM did not come in whole 16-bit samples.
var ErrOddLength = errors.New("odd number of bytes: PCM must be whole 16-bit samples")

// ErrOneLanguage says that an engine cannot take another language, only phrases.
var ErrOneLanguage = errors.New("this model has a static graph: phrases only")

// Word is one recognised word. Start and End are seconds from the beginning of
// the stream; Conf is in 0..1 and is zero where the recogniser gives none
// (vosk gives none while alternatives are on).
type Word struct {
	Text       string
	Start, End float64
	Conf       float64
}

// Alternative is one way to hear an utterance. Score is a log-likelihood:
// compare it only with others of the same Hypothesis.
type Alternative struct {
	Words []Word
	Score float64
}

// Text joins the words with single blanks.
func (a Alternative) Text() string {
	texts := make([]string, len(a.Words))
	for i, w := range a.Words {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}

// Hypothesis is what a recogniser believes about the current utterance, best
// alternative first. Final is false for a partial one, which has at most one
// alternative.
type Hypothesis struct {
	Alternatives []Alternative
	Final        bool
}

// Text is the best alternative's text, or "".
func (h Hypothesis) Text() string {
	if len(h.Alternatives) == 0 {
		return ""
	}
	return h.Alternatives[0].Text()
}

// Typed makes the hypothesis of a typed line: one certain alternative, lower
// case, punctuation dropped.
func Typed(text string) Hypothesis {
	var words []Word
	for _, w := range TypedWords(text) {
		words = append(words, Word{Text: w, Conf: 1})
	}
	return Hypothesis{Alternatives: []Alternative{{Words: words}}, Final: true}
}

// Recognizer hears one stream at a time. It is not safe for concurrent use.
type Recognizer interface {
	// Accept takes s16le mono PCM at SampleRate, any even length, and returns a
	// partial hypothesis, or a final one where the recogniser itself found the
	// utterance's end.
	Accept(pcm []byte) (Hypothesis, error)
	// Flush ends the utterance now and returns its final hypothesis.
	Flush() (Hypothesis, error)
	// Reset forgets the stream; the recogniser is then as new.
	Reset()
	// Close frees the recogniser. Closing twice is allowed.
	Close() error
}

// Engine makes recognisers. Its methods may be called concurrently.
type Engine interface {
	// Open makes a recogniser biased to the phrases (each a line of lower-case
	// words, repeated ones weighing more), or for open dictation if there are
	// none. Phrases with words that the model lacks are refused with a
	// *UnknownWordsError.
	Open(phrases []string) (Recognizer, error)
	// Speak makes an engine whose Open(nil) hears the language. It shares nothing
	// with this one and must be closed on its own. ErrOneLanguage: it cannot.
	Speak(l *Language) (Engine, error)
	// Knows reports whether the acoustic model has a pronunciation of the word.
	Knows(word string) bool
	Close() error
}

// UnknownWordsError names the words of a phrase list that the model lacks.
type UnknownWordsError struct{ Words []string }

func (e *UnknownWordsError) Error() string {
	return "the model has no pronunciation of: " + strings.Join(e.Words, ", ")
}
