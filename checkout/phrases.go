package checkout

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"voicetill/catalog"
)

// Replies are the till's sentences in one language, read from
// models/LANG/replies.json. They are immutable.
type Replies struct {
	lang  string
	texts map[string]string
	speak speaker
}

// speaker says numbers and money the way a voice should.
type speaker interface {
	number(n int64) string                                 // "twelve"
	money(minor int64, currency string, digits int) string // "seven forty-seven"
	quantity(milli int64, unit, counter string, r *Replies) string
	digits(code string) string // "one two zero three"
	list(items []string, joiner string) string
	called(name string, item *catalog.Item) string // the name in this language, where the shop gives it
	plural(name string, also []string) string      // the name for more than one, where the shop gives it
}

// NewReplies reads the sentences of a language, "en" or "zh". A file that
// lacks one, or names one that the till never says, is refused.
func NewReplies(lang string, data []byte) (*Replies, error) {
	r := &Replies{lang: lang, speak: english{}}
	if lang == "zh" {
		r.speak = chinese{}
	}
	if err := json.Unmarshal(data, &r.texts); err != nil {
		return nil, fmt.Errorf("read replies of %s: %w", lang, err)
	}
	for _, key := range sentences {
		if r.texts[key] == "" {
			return nil, fmt.Errorf("read replies of %s: the sentence %q is missing", lang, key)
		}
	}
	if len(r.texts) != len(sentences) {
		return nil, fmt.Errorf("read replies of %s: %d sentences where the till knows %d", lang, len(r.texts), len(sentences))
	}
	return r, nil
}

// Lang is the language, "en" or "zh".
func (r *Replies) Lang() string { return r.lang }

// say fills a sentence; args are names and values in turn.
func (r *Replies) say(key string, args ...string) string {
	sentences := strings.SplitAfter(r.part(key, args...), ". ")
	for i, s := range sentences {
		sentences[i] = capital(s)
	}
	return strings.Join(sentences, "")
}

// name is what the item is called in this language.
func (r *Replies) name(item *catalog.Item) string { return r.speak.called(item.Name, item) }

// part fills a phrase that goes inside a sentence.
func (r *Replies) part(key string, args ...string) string {
	pairs := make([]string, len(args))
	for i, a := range args {
		pairs[i] = a
		if i%2 == 0 {
			pairs[i] = "{" + a + "}"
		}
	}
	return strings.NewReplacer(pairs...).Replace(r.texts[key])
}

// capital makes the first letter a capital one.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
