package parser

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

var hanNames = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// hanSay writes 0 to 99,999 as one counts: 一百零五, 一千二百零三.
func hanSay(n int64) string {
	if n < 10 {
		return hanNames[n]
	}
	var b strings.Builder
	gap := false
	for _, p := range []struct {
		size int64
		name string
	}{{10_000, "万"}, {1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / p.size % 10
		if d == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteString("零")
			gap = false
		}
		if d != 1 || p.size != 10 || b.Len() > 0 {
			b.WriteString(hanNames[d])
		}
		b.WriteString(p.name)
	}
	return b.String()
}

// hanSayCount is how many of something: two is 两.
func hanSayCount(n int64) string {
	if n == 2 {
		return "两"
	}
	return hanSay(n)
}

func (mandarin) announce() string { return "编号 " }

func (mandarin) sayCode(code string, rng *rand.Rand) string {
	n, err := strconv.ParseInt(code, 10, 64)
	if err == nil && code[0] != '0' && n >= 10 && n < 100_000 && rng.IntN(100) < 25 {
		return hanSay(n)
	}
	one := "一"
	if rng.IntN(3) == 0 {
		one = "幺"
	}
	var b strings.Builder
	for _, c := range code {
		switch {
		case c == '1':
			b.WriteString(one)
		case c >= '0' && c <= '9':
			b.WriteString(hanNames[c-'0'])
		}
	}
	return b.String()
}

// agree has nothing to do in Mandarin.
func (mandarin) agree([]string, *rand.Rand) {}

func (mandarin) sayCount(number bool, rng *rand.Rand) (said string, milli int64) {
	n := 1 + rng.Int64N(12)
	switch p := rng.IntN(100); {
	case p < 2 && !number:
		return "一打", 12_000
	case p < 3 && !number:
		return "半打", 6000
	case p >= 95:
		n = 10 + rng.Int64N(90)
	case p >= 70:
		n = 1 + rng.Int64N(20)
	}
	return hanSayCount(n), n * 1000
}

func (mandarin) sayMeasure(unit string, rng *rand.Rand) (said string, milli int64) {
	whole, part := "公斤", "克"
	if unit == "l" {
		whole, part = "升", "毫升"
	}
	switch p := rng.IntN(9); {
	case p == 0:
		return "半" + whole, 500
	case p == 1:
		d := 1 + rng.Int64N(9)
		return "零点" + hanNames[d] + whole, d * 100
	case p == 2:
		n, d := 1+rng.Int64N(3), 1+rng.Int64N(9)
		return hanSay(n) + "点" + hanNames[d] + whole, n*1000 + d*100
	case p == 3:
		n := 1 + rng.Int64N(5)
		return hanSayCount(n) + whole, n * 1000
	case p == 4:
		n := 1 + rng.Int64N(3)
		return hanSayCount(n) + whole + "半", n*1000 + 500
	case p == 5 && unit == "kg":
		return "半斤", 250
	case p == 6 && unit == "kg":
		n := 1 + rng.Int64N(6)
		return hanSayCount(n) + "斤", n * 500
	}
	n := 50 * (1 + rng.Int64N(18))
	return hanSay(n) + part, n
}
