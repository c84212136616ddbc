package receipts

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// words are what a receipt says in one language.
type words struct {
	lang                        string
	receiptNo, refundNo         string // before the number
	copy                        string
	time, place, method, proven string
	refundOf, reason            string
	item                        string // before the number of one without a name that can be drawn
	total, refunded             string
	topUpNo, paidIn             string // of a payment into a balance: before the number, and of its total
	topUpThanks                 string
	topUpSubject, forTopUp      string // of its mail
	rate, net, tax, gross       string
	passHint, link, thanks      string
	subject, refundSubject      string // of the mail: %s is the shop
	again                       string // after the subject of a copy
	greeting                    string // %s is the name
	forBuyer, forPayer          string // the mail's first sentence
	forRefund                   string
	attached                    string
	methods, factors            map[string]string
}

func (w words) receipt(no int64) string { return w.receiptNo + " " + digits(no) }
func (w words) topUp(no int64) string   { return w.topUpNo + " " + digits(no) }
func (w words) refund(no int64) string  { return w.refundNo + " " + digits(no) }

// languages are those that receipts speak; the first is for all others.
var languages = []words{english, chinese}

func wordsOf(lang string) words {
	for _, w := range languages {
		if w.lang == lang {
			return w
		}
	}
	return languages[0]
}

// named is a word for a method or factor; one without a word is shown as it is.
func named(words map[string]string, key string) string {
	if w, ok := words[key]; ok {
		return w
	}
	return plain(key)
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

const maxText = 200 // characters of one name

// plain is text on one line: what is no letter, sign or space would be an order
// to the printer.
func plain(s string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))
	runes := []rune(strings.Join(strings.Fields(clean), " "))
	return string(runes[:min(len(runes), maxText)])
}
