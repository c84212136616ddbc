package parser

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

var (
	digitNames = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	teenNames  = []string{"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
	tensNames  = []string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
)

// SayCardinal writes 0 to 9999 as one says a quantity: "one hundred and fifty".
func SayCardinal(n int64) string {
	switch {
	case n < 10:
		return digitNames[n]
	case n < 20:
		return teenNames[n-10]
	case n < 100 && n%10 == 0:
		return tensNames[n/10]
	case n < 100:
		return tensNames[n/10] + " " + digitNames[n%10]
	case n < 1000 && n%100 == 0:
		return digitNames[n/100] + " hundred"
	case n < 1000:
		return digitNames[n/100] + " hundred and " + SayCardinal(n%100)
	case n%1000 == 0:
		return SayCardinal(n/1000) + " thousand"
	case n%1000 < 100:
		return SayCardinal(n/1000) + " thousand and " + SayCardinal(n%1000)
	}
	return SayCardinal(n/1000) + " thousand " + SayCardinal(n%1000)
}

// sayCode writes an item number in one of the ways people read it.
func sayCode(code string, rng *rand.Rand) string {
	four := len(code) == 4 && code[0] != '0'
	switch p := rng.IntN(100); {
	case four && p < 20: // twelve oh three, twelve thirty
		if said, ok := sayPairs(code, rng); ok {
			return said
		}
	case four && p < 28 && code[1] != '0': // twelve hundred and three
		return sayHundreds(code, rng)
	case four && p < 36: // one thousand two hundred and three
		n, _ := strconv.ParseInt(code, 10, 64)
		said := SayCardinal(n)
		if rng.IntN(2) == 0 {
			said = strings.Replace(said, " and ", " ", 1)
		}
		return said
	case len(code) < 4 && p < 40 && code[0] != '0': // one hundred and three
		n, _ := strconv.ParseInt(code, 10, 64)
		return SayCardinal(n)
	case len(code) > 4 && p < 15: // pairs of a long one
		if said, ok := sayPairs(code, rng); ok {
			return said
		}
	}
	return sayDigits(code, rng)
}

func sayDigits(code string, rng *rand.Rand) string {
	var words []string
	zero := "zero"
	if rng.IntN(2) == 0 {
		zero = "oh"
	}
	for i := 0; i < len(code); i++ {
		name := digitNames[code[i]-'0']
		if code[i] == '0' {
			name = zero
		}
		same := len(code[i:]) - len(strings.TrimLeft(code[i:], code[i:i+1]))
		switch p := rng.IntN(6); {
		case same >= 3 && p < 2:
			words = append(words, "triple", name)
			i += 2
		case same >= 2 && p == 0:
			words = append(words, "double", name)
			i++
		default:
			words = append(words, name)
		}
	}
	return strings.Join(words, " ")
}

// sayPairs reads two digits at a time; a pair "00" is "hundred" after a pair
// and "zero zero" elsewhere. An odd length cannot be paired.
func sayPairs(code string, rng *rand.Rand) (string, bool) {
	if len(code)%2 != 0 {
		return "", false
	}
	var words []string
	for i := 0; i < len(code); i += 2 {
		n, _ := strconv.ParseInt(code[i:i+2], 10, 64)
		switch {
		case n == 0 && i == 2 && len(code) == 4:
			words = append(words, "hundred")
		case n < 10:
			words = append(words, sayDigits(code[i:i+2], rng))
		default:
			words = append(words, SayCardinal(n))
		}
	}
	return strings.Join(words, " "), true
}

func sayHundreds(code string, rng *rand.Rand) string {
	high, _ := strconv.ParseInt(code[:2], 10, 64)
	low, _ := strconv.ParseInt(code[2:], 10, 64)
	said := SayCardinal(high) + " hundred"
	if low > 0 {
		if rng.IntN(2) == 0 {
			said += " and"
		}
		said += " " + SayCardinal(low)
	}
	return said
}
