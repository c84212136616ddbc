package respell

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Dictionary has the pronunciations of words, the usual one first.
type Dictionary struct{ words map[string][]Phones }

// maxLine bounds a line of a dictionary, in bytes.
const maxLine = 4096

// ReadDictionary reads the format of cmudict.dict: a word and its phones a line,
// "word(2)" for another pronunciation, comments after "#" or ";;;". Words with
// anything but letters and apostrophes are left out.
func ReadDictionary(r io.Reader) (*Dictionary, error) {
	d := &Dictionary{words: map[string][]Phones{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if err := d.add(lines.Text()); err != nil {
			return nil, fmt.Errorf("pronunciation dictionary, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read pronunciation dictionary: %w", err)
	}
	return d, nil
}

func (d *Dictionary) add(line string) error {
	if strings.HasPrefix(line, ";;;") {
		return nil
	}
	line, _, _ = strings.Cut(line, "#")
	word, said, _ := strings.Cut(strings.TrimSpace(line), " ")
	word, _, _ = strings.Cut(strings.ToLower(word), "(")
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz'") != "" || word == "" {
		return nil
	}
	ps, err := ParsePhones(said)
	if err != nil {
		return err
	}
	if len(ps) > 0 {
		d.words[word] = append(d.words[word], ps)
	}
	return nil
}

// Pronounce returns the pronunciations of a word in lower case, nil if there are
// none. The slices are shared: do not change them.
func (d *Dictionary) Pronounce(word string) []Phones { return d.words[word] }

// Say is the usual pronunciation of a phrase; ok is false if a word is missing.
func (d *Dictionary) Say(phrase string) (ps Phones, ok bool) {
	for _, w := range strings.Fields(phrase) {
		said := d.words[w]
		if len(said) == 0 {
			return nil, false
		}
		ps = append(ps, said[0]...)
	}
	return ps, len(ps) > 0
}

// Len is how many words there are.
func (d *Dictionary) Len() int { return len(d.words) }
