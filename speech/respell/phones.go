// Package respell writes words that a recogniser does not know as words that it
// knows and that sound alike: "haribo" as "hari beau". It needs a pronunciation
// dictionary and, for words that this lacks, the program espeak-ng.
package respell

import (
	"fmt"
	"math"
	"strings"
)

// Phone is one sound of English in the 39 symbols of the CMU dictionary, without
// stress, and AX for its unstressed AH.
type Phone uint8

// The phones, vowels first.
const (
	AA Phone = iota
	AE
	AH
	AO
	AW
	AX
	AY
	EH
	ER
	EY
	IH
	IY
	OW
	OY
	UH
	UW
	B
	CH
	D
	DH
	F
	G
	HH
	JH
	K
	L
	M
	N
	NG
	P
	R
	S
	SH
	T
	TH
	V
	W
	Y
	Z
	ZH
	phones // how many there are
)

const firstConsonant = B

var phoneNames = strings.Fields("AA AE AH AO AW AX AY EH ER EY IH IY OW OY UH UW B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH")

var phoneByName = func() map[string]Phone {
	m := make(map[string]Phone, phones)
	for i, name := range phoneNames {
		m[name] = Phone(i)
	}
	return m
}()

func (p Phone) String() string {
	if int(p) < len(phoneNames) {
		return phoneNames[p]
	}
	return "?"
}

// Phones is the pronunciation of a word or a phrase.
type Phones []Phone

func (ps Phones) String() string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = p.String()
	}
	return strings.Join(names, " ")
}

// ParsePhones reads the dictionary's notation, such as "HH AA1 R IY0"; digits for
// stress are dropped.
func ParsePhones(text string) (Phones, error) {
	fields := strings.Fields(text)
	ps := make(Phones, 0, len(fields))
	for _, name := range fields {
		p, ok := phoneByName[strings.TrimRight(name, "012")]
		if name == "AH0" {
			p = AX
		}
		if !ok {
			return nil, fmt.Errorf("%q is no phone of the CMU dictionary", name)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// vowel is where the tongue and lips are at its beginning and its end: height 0
// (open) to 3 (close), back 0 (front) to 2, round 0 or 1.
type vowel struct{ from, to mouth }

type mouth struct{ height, back, round float64 }

func steady(height, back, round float64) vowel {
	m := mouth{height, back, round}
	return vowel{m, m}
}

var vowels = [firstConsonant]vowel{
	AA: steady(0, 2, 0), AE: steady(0.3, 0, 0), AH: steady(1.2, 1, 0), AX: steady(1.5, 1, 0), AO: steady(0.8, 2, 1), EH: steady(1, 0, 0),
	ER: steady(1.5, 1, 0), IH: steady(2.4, 0.3, 0), IY: steady(3, 0, 0), UH: steady(2.4, 1.7, 1), UW: steady(3, 2, 1),
	EY: {mouth{1.7, 0, 0}, mouth{2.8, 0, 0}}, OW: {mouth{1.6, 2, 1}, mouth{2.6, 2, 1}}, AY: {mouth{0, 1, 0}, mouth{2.6, 0, 0}},
	AW: {mouth{0, 1, 0}, mouth{2.6, 2, 1}}, OY: {mouth{0.8, 2, 1}, mouth{2.6, 0, 0}},
}

func (m mouth) apart(o mouth) float64 {
	return math.Abs(m.height-o.height)*0.25 + math.Abs(m.back-o.back)*0.22 + math.Abs(m.round-o.round)*0.15
}

type manner uint8

const (
	stop manner = iota
	affricate
	fricative
	nasal
	liquid
	glide
)

// consonant is made at a place, 0 (lips) to 5 (throat), with or without voice.
type consonant struct {
	place  float64
	voiced bool
	manner manner
}

var consonants = [phones]consonant{
	B: {0, true, stop}, P: {0, false, stop}, D: {2, true, stop}, T: {2, false, stop}, G: {4, true, stop}, K: {4, false, stop},
	CH: {2.8, false, affricate}, JH: {2.8, true, affricate},
	F: {0.5, false, fricative}, V: {0.5, true, fricative}, TH: {1.4, false, fricative}, DH: {1.4, true, fricative},
	S: {2, false, fricative}, Z: {2, true, fricative}, SH: {3.2, false, fricative}, ZH: {3.2, true, fricative}, HH: {5, false, fricative},
	M: {0, true, nasal}, N: {2, true, nasal}, NG: {4, true, nasal},
	L: {1.6, true, liquid}, R: {3, true, liquid}, W: {0.5, true, glide}, Y: {3.5, true, glide},
}

// manners is how far two manners are apart.
var manners = [6][6]float64{
	stop:      {0, 0.35, 0.5, 0.7, 0.9, 1},
	affricate: {0.35, 0, 0.3, 0.9, 1, 1},
	fricative: {0.5, 0.3, 0, 0.9, 0.9, 0.9},
	nasal:     {0.7, 0.9, 0.9, 0, 0.7, 0.8},
	liquid:    {0.9, 1, 0.9, 0.7, 0.1, 0.5},
	glide:     {1, 1, 0.9, 0.8, 0.5, 0.3},
}

// Costs of phones that have no partner, and of a vowel against a consonant.
const (
	costMixed      = 1.5
	costGlideVowel = 0.6 // /j/ against the vowel of "see", /w/ against that of "two"
	costWeak       = 0.6 // a schwa or an /h/ too many or too few
	costConsonant  = 0.8
	costVowel      = 1.0
	maxSubstitute  = 1.3
	schwa          = 0.6
)

var substitutes, skips = func() (sub [phones][phones]float64, skip [phones]float64) {
	for a := range phones {
		for b := range phones {
			sub[a][b] = substitute(a, b)
		}
		switch {
		case a == AX || a == HH:
			skip[a] = costWeak
		case a < firstConsonant:
			skip[a] = costVowel
		default:
			skip[a] = costConsonant
		}
	}
	return sub, skip
}()

func substitute(a, b Phone) float64 {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == b:
		return 0
	case b < firstConsonant:
		return vowelCost(a, b)
	case a >= firstConsonant:
		return consonantCost(consonants[a], consonants[b])
	case a == IY && b == Y, a == UW && b == W, a == ER && b == R:
		return costGlideVowel
	}
	return costMixed
}

func vowelCost(a, b Phone) float64 {
	cost := (vowels[a].from.apart(vowels[b].from) + vowels[a].to.apart(vowels[b].to)) / 2
	switch {
	case a == ER || b == ER:
		cost += 0.35
	case a == AX || b == AX:
		cost *= schwa // unstressed, it may have been any vowel
	}
	return min(maxSubstitute, max(0.1, cost))
}

func consonantCost(a, b consonant) float64 {
	cost := manners[a.manner][b.manner] + 0.22*math.Abs(a.place-b.place)
	if a.voiced != b.voiced {
		cost += 0.25
	}
	return min(maxSubstitute, max(0.1, cost))
}

// Distance is the least cost of turning one pronunciation into the other: 0 for
// the same, about 0.2 for vowels that are neighbours, 0.25 for /t/ against /d/,
// 0.6 to 1 for a phone more or less. It is symmetric.
func Distance(a, b Phones) float64 {
	row := make([]float64, len(b)+1)
	for j, p := range b {
		row[j+1] = row[j] + skips[p]
	}
	for _, p := range a {
		row = extend(row, make([]float64, len(row)), p, b)
	}
	return row[len(b)]
}

// extend computes the next row of an alignment with b, for one more phone p, into
// next.
func extend(row, next []float64, p Phone, b Phones) []float64 {
	next[0] = row[0] + skips[p]
	for j, q := range b {
		next[j+1] = min(row[j]+substitutes[p][q], row[j+1]+skips[p], next[j]+skips[q])
	}
	return next
}
