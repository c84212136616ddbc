package respell

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ipa maps what espeak-ng writes for English, longest symbols first in each
// lookup, to phones.
var ipa = map[string]Phones{
	"ɑː": {AA}, "ɑ": {AA}, "ɒ": {AA}, "aː": {AA}, "a": {AE}, "æ": {AE}, "ɐ": {AX}, "ʌ": {AH}, "ə": {AX}, "ɔː": {AO}, "ɔ": {AO}, "oː": {AO},
	"aʊ": {AW}, "aɪ": {AY}, "ɛ": {EH}, "ɛː": {EH}, "e": {EH}, "eː": {EY}, "ɜː": {ER}, "ɜ": {ER}, "ɚ": {ER}, "ɝ": {ER}, "eɪ": {EY},
	"eə": {EH, R}, "ɛə": {EH, R}, "ɪ": {IH}, "ᵻ": {IH}, "ɨ": {IH}, "ɪə": {IH, R}, "iə": {IY, AX}, "i": {IY}, "iː": {IY}, "y": {IY}, "yː": {UW},
	"oʊ": {OW}, "əʊ": {OW}, "o": {OW}, "ɔɪ": {OY}, "ʊ": {UH}, "ʊə": {UH, R}, "u": {UW}, "uː": {UW}, "ø": {ER}, "œ": {ER},
	"ɜːɹ": {ER}, "ɚɹ": {ER}, "n̩": {AX, N}, "l̩": {AX, L}, "m̩": {AX, M}, "\u0303": {N}, // nasal vowels
	"b": {B}, "tʃ": {CH}, "d": {D}, "ð": {DH}, "f": {F}, "ɡ": {G}, "g": {G}, "h": {HH}, "ɦ": {HH}, "ç": {HH}, "x": {K}, "dʒ": {JH}, "k": {K}, "q": {K},
	"l": {L}, "ɫ": {L}, "ɬ": {L}, "ʎ": {L, Y}, "m": {M}, "n": {N}, "ɲ": {N, Y}, "ŋ": {NG}, "p": {P}, "ɹ": {R}, "r": {R}, "ɾ": {T}, "ʁ": {R}, "ʀ": {R},
	"s": {S}, "ʃ": {SH}, "ɕ": {SH}, "t": {T}, "θ": {TH}, "v": {V}, "β": {V}, "w": {W}, "ʍ": {W}, "ɥ": {W}, "j": {Y}, "z": {Z}, "ʒ": {ZH}, "ʑ": {ZH},
	"ʔ": {}, "ː": {}, "ˑ": {}, "ˈ": {}, "ˌ": {}, "_": {}, "-": {}, "ʲ": {}, "ʰ": {}, "͡": {}, "\u200d": {},
}

// ipaLongest is the most runes of a key of ipa.
const ipaLongest = 3

// ParseIPA reads a pronunciation as espeak-ng prints it with --ipa, whatever
// separates its symbols; marks of another language, such as "(fr)", are skipped
// and doubled phones collapsed. A symbol that it does not know is an error.
func ParseIPA(text string) (Phones, error) {
	var ps Phones
	for len(text) > 0 {
		if text[0] == '(' {
			_, after, closed := strings.Cut(text, ")")
			if !closed {
				return nil, fmt.Errorf("a bracket is not closed in the pronunciation")
			}
			text = after
			continue
		}
		found, size := symbol(text)
		if size == 0 {
			r, _ := utf8.DecodeRuneInString(text)
			return nil, fmt.Errorf("%q is no symbol of an English pronunciation", r)
		}
		for _, p := range found {
			if len(ps) == 0 || ps[len(ps)-1] != p {
				ps = append(ps, p)
			}
		}
		text = text[size:]
	}
	return ps, nil
}

// symbol is the longest one that text begins with, and its bytes: 0 for none.
func symbol(text string) (Phones, int) {
	ends, at := [ipaLongest]int{}, 0
	for i := range ends {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
		ends[i] = at
	}
	for i := ipaLongest - 1; i >= 0; i-- {
		if found, ok := ipa[text[:ends[i]]]; ok {
			return found, ends[i]
		}
	}
	if r, size := utf8.DecodeRuneInString(text); unicode.IsSpace(r) {
		return nil, size
	}
	return nil, 0
}
