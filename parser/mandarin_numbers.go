package parser

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	hanDigits = map[string]int64{"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
		"壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
	// hanSpoken are digits that only numbers read digit by digit have.
	hanSpoken = map[string]int64{"幺": 1, "洞": 0, "拐": 7, "勾": 9}
	hanPlaces = map[string]int64{"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10000}
)

// hanDigit reads a digit that counts: 两 is two of something.
func hanDigit(w string) (int64, bool) {
	if w == "两" {
		return 2, true
	}
	d, ok := hanDigits[w]
	return d, ok
}

// hanFigure reads a digit of a number read digit by digit.
func hanFigure(w string) (int64, bool) {
	if d, ok := hanSpoken[w]; ok {
		return d, true
	}
	d, ok := hanDigits[w]
	return d, ok
}

func (mandarin) numberWord(w string) bool {
	_, digit := hanDigit(w)
	_, figure := hanFigure(w)
	return digit || figure || hanPlaces[w] > 0 || w == "半" || w == "俩" || w == "仨" || englishNumber(w)
}

// endsInNumeral reports whether a word's last character is a Chinese numeral.
func endsInNumeral(w string) bool {
	r, size := utf8.DecodeLastRuneInString(w)
	if r < utf8.RuneSelf || size == 0 {
		return false
	}
	last := string(r)
	_, digit := hanDigit(last)
	_, figure := hanFigure(last)
	return digit || figure || hanPlaces[last] > 0
}

// hanNumbers reads whole numbers from 1 up, with places of at most so many:
// every prefix of words[at:] that is one.
//
//	n     = digit | [digit] "十" [digit] | digit place [rest]
//	rest  = "零" n | n of a lower place | digit      一百零五, 一百五十, 一百五
func hanNumbers(words []string, at int, most int64) []ending[int64] {
	var ends []ending[int64]
	lead, ok := hanDigit(wordAt(words, at))
	place := hanPlaces[wordAt(words, at+1)]
	head := at + 2
	if !ok && hanPlaces[wordAt(words, at)] == 10 { // 十二
		lead, ok, place, head = 1, true, 10, at+1
	}
	if !ok || lead == 0 {
		return nil
	}
	if head == at+2 {
		ends = append(ends, ending[int64]{at + 1, lead})
	}
	if place == 0 || place > most {
		return ends
	}
	ends = append(ends, ending[int64]{head, lead * place})
	for _, r := range hanRest(words, head, place) {
		ends = append(ends, ending[int64]{r.end, lead*place + r.value})
	}
	return ends
}

// hanRest reads what follows a place.
func hanRest(words []string, at int, place int64) []ending[int64] {
	if place == 10 {
		if d, ok := hanDigits[wordAt(words, at)]; ok && d > 0 {
			return []ending[int64]{{at + 1, d}}
		}
		return nil
	}
	zero := at
	for d, ok := hanDigits[wordAt(words, zero)]; ok && d == 0; d, ok = hanDigits[wordAt(words, zero)] {
		zero++
	}
	if zero > at {
		return hanNumbers(words, zero, place/10)
	}
	var ends []ending[int64]
	for _, n := range hanNumbers(words, at, place/10) {
		if n.value >= 10 {
			ends = append(ends, n)
		}
	}
	if d, ok := hanDigits[wordAt(words, at)]; ok && d > 0 && hanPlaces[wordAt(words, at+1)] == 0 {
		ends = append(ends, ending[int64]{at + 1, d * place / 10})
	}
	return ends
}

// hanCardinals reads quantities up to 9999, typed ones too, and English ones.
func hanCardinals(words []string, at int) []ending[int64] {
	ends := hanNumbers(words, at, 1000)
	return append(ends, cardinals(words, at)...)
}

// codes are runs of figures and numbers, one written after the other: 一二零三,
// 幺二零三, 一千二百零三, 十二零三, twelve oh three.
func (mandarin) codes(words []string, at int) []ending[figures] {
	return codesOf(words, at, hanChunks, hanBroken)
}

func hanChunks(words []string, at int) []ending[string] {
	ends := chunks(words, at)
	if d, ok := hanFigure(wordAt(words, at)); ok {
		ends = append(ends, ending[string]{at + 1, strconv.FormatInt(d, 10)})
	}
	for _, n := range hanNumbers(words, at, 10_000) {
		if n.value >= 10 {
			ends = append(ends, ending[string]{n.end, strconv.FormatInt(n.value, 10)})
		}
	}
	return ends
}

// hanBroken reports whether a number would be cut in two before a word: 十二 is
// not ten and two, nor 三十 three and ten. A code may end there, where a quantity
// follows it, but not go on.
func hanBroken(words []string, at int) bool {
	next, digit := hanDigit(wordAt(words, at))
	return hanPlaces[wordAt(words, at)] > 0 || digit && next > 0 && hanPlaces[words[at-1]] > 0
}

// hanCounters are the words that things are counted with, those of the grammar's
// mw that fit a thing by itself.
const hanCounters = "个瓶件份盒袋包杯罐条块支根只片桶箱听串把颗粒枚双张卷提板排筒壶碗盘扎本套组朵棵台样"

// IsCounter reports whether the word is one that things are counted with, such
// as the 瓶 of "三瓶".
func IsCounter(word string) bool {
	return utf8.RuneCountInString(word) == 1 && strings.Contains(hanCounters, word)
}

// counts = number ["打" | "对"] | "半打" | "俩" | "仨"
func (mandarin) counts(words []string, at int, _ bool) []ending[int64] {
	switch w := wordAt(words, at); {
	case w == "半" && wordAt(words, at+1) == "打":
		return []ending[int64]{{at + 2, 6000}}
	case w == "俩":
		return []ending[int64]{{at + 1, 2000}}
	case w == "仨":
		return []ending[int64]{{at + 1, 3000}}
	}
	var ends []ending[int64]
	for _, n := range hanCardinals(words, at) {
		if n.value == 0 {
			continue
		}
		switch wordAt(words, n.end) {
		case "打":
			ends = append(ends, ending[int64]{n.end + 1, n.value * 12_000})
		case "对":
			ends = append(ends, ending[int64]{n.end + 1, n.value * 2000})
		}
		ends = append(ends, ending[int64]{n.end, n.value * 1000})
	}
	return ends
}

// hanUnits are what people measure in, in thousandths of the catalogue's unit. A
// 斤 is half a kilo, a 两 a tenth of that.
var hanUnits = []struct {
	tokens []string
	amount
}{
	{[]string{"公", "斤"}, amount{1000, "kg"}}, {[]string{"千", "克"}, amount{1000, "kg"}}, {[]string{"斤"}, amount{500, "kg"}},
	{[]string{"市", "斤"}, amount{500, "kg"}}, {[]string{"克"}, amount{1, "kg"}}, {[]string{"两"}, amount{50, "kg"}},
	{[]string{"磅"}, amount{454, "kg"}}, {[]string{"盎", "司"}, amount{28, "kg"}},
	{[]string{"毫", "升"}, amount{1, "l"}}, {[]string{"公", "升"}, amount{1000, "l"}}, {[]string{"升"}, amount{1000, "l"}},
}

// hanUnit reads a unit, in Chinese or English.
func hanUnit(words []string, at int) []ending[amount] {
	var ends []ending[amount]
	for _, u := range hanUnits {
		if startsWith(words, at, u.tokens) {
			ends = append(ends, ending[amount]{at + len(u.tokens), u.amount})
		}
	}
	if u, ok := englishUnits[wordAt(words, at)]; ok {
		ends = append(ends, ending[amount]{at + 1, u})
	}
	return ends
}

// measures = number unit ["半" | digit "两"] | "半" ["个"] unit | number "分之" number unit
func (mandarin) measures(words []string, at int) []ending[amount] {
	var ends []ending[amount]
	for _, n := range hanAmounts(words, at) {
		for _, u := range hanUnit(words, n.end) {
			milli := n.value * u.value.milli / 1000
			if milli <= 0 {
				continue
			}
			ends = append(ends, ending[amount]{u.end, amount{milli, u.value.unit}})
			if n.value%1000 == 0 && wordAt(words, u.end) == "半" { // 一斤半
				ends = append(ends, ending[amount]{u.end + 1, amount{milli + u.value.milli/2, u.value.unit}})
			}
			if d, ok := hanDigit(wordAt(words, u.end)); ok && u.value.milli == 500 && d > 0 && wordAt(words, u.end+1) == "两" { // 一斤二两
				ends = append(ends, ending[amount]{u.end + 2, amount{milli + d*50, u.value.unit}})
			}
		}
	}
	return ends
}

// hanAmounts reads numbers with a part after the point, and parts of one, in
// thousandths: 一点五, 零点三, 1.5, 半, 四分之三.
func hanAmounts(words []string, at int) []ending[int64] {
	var ends []ending[int64]
	if wordAt(words, at) == "半" {
		ends = append(ends, ending[int64]{at + 1, 500})
		if wordAt(words, at+1) == "个" {
			ends = append(ends, ending[int64]{at + 2, 500})
		}
	}
	if milli, ok := typedDecimal(wordAt(words, at)); ok {
		ends = append(ends, ending[int64]{at + 1, milli})
	}
	wholes := hanCardinals(words, at)
	if d, ok := hanDigits[wordAt(words, at)]; ok && d == 0 {
		wholes = append(wholes, ending[int64]{at + 1, 0})
	}
	for _, whole := range wholes {
		if whole.value > 0 {
			ends = append(ends, ending[int64]{whole.end, whole.value * 1000})
		}
		ends = append(ends, hanDecimals(words, whole)...)
		if whole.value > 0 && startsWith(words, whole.end, []string{"分", "之"}) {
			for _, part := range hanCardinals(words, whole.end+2) {
				ends = append(ends, ending[int64]{part.end, part.value * 1000 / whole.value})
			}
		}
	}
	return ends
}

// hanDecimals reads "点" and up to three digits behind a whole number.
func hanDecimals(words []string, whole ending[int64]) []ending[int64] {
	if wordAt(words, whole.end) != "点" {
		return nil
	}
	var ends []ending[int64]
	milli, unit := whole.value*1000, int64(100)
	for i := whole.end + 1; unit > 0; i, unit = i+1, unit/10 {
		d, ok := hanDigits[wordAt(words, i)]
		if !ok {
			break
		}
		milli += d * unit
		ends = append(ends, ending[int64]{i + 1, milli})
	}
	return ends
}
