package checkout

import (
	"cmp"
	"strconv"
	"strings"

	"voicetill/catalog"
)

// chinese says numbers in Mandarin.
type chinese struct{}

var zhDigits = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// number says 0 to 99,999; beyond, digits.
func (z chinese) number(n int64) string {
	if n < 0 || n > 99_999 {
		return strconv.FormatInt(n, 10)
	}
	if n < 10 {
		return zhDigits[n]
	}
	var b strings.Builder
	gap := false
	for _, p := range []struct {
		size int64
		name string
	}{{10000, "万"}, {1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
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
			b.WriteString(zhDigits[d])
		}
		b.WriteString(p.name)
	}
	return b.String()
}

var zhCurrencies = map[string]string{"EUR": "欧元", "USD": "美元", "GBP": "英镑", "CNY": "元", "JPY": "日元"}

// money says 747 minor units of EUR as "七点四七欧元".
func (z chinese) money(minor int64, currency string, digits int) string {
	name, known := zhCurrencies[currency]
	if !known {
		name = currency
	}
	return z.decimal(minor, digits) + name
}

func (z chinese) decimal(minor int64, digits int) string {
	scale := int64(1)
	for range digits {
		scale *= 10
	}
	text := z.number(minor / scale)
	if rest := minor % scale; rest > 0 {
		text += "点" + z.digits(strings.TrimRight(strconv.FormatInt(scale+rest, 10)[1:], "0"))
	}
	return text
}

// quantity says "三瓶" with the measure word that was said, without one "三份",
// "两份", "半公斤", "二百克".
func (z chinese) quantity(milli int64, unit, counter string, r *Replies) string {
	many := r.part("units-" + unit)
	switch {
	case many == "" && milli == 2000:
		return "两" + cmp.Or(counter, "份")
	case many == "":
		return z.decimal(milli, 3) + cmp.Or(counter, "份")
	case milli == 500:
		return r.part("half-" + unit)
	case milli < 1000:
		return z.number(milli) + r.part("part-"+unit)
	case milli == 2000:
		return "两" + many
	}
	return z.decimal(milli, 3) + many
}

func (z chinese) digits(code string) string {
	var b strings.Builder
	for _, c := range code {
		if c < '0' || c > '9' {
			b.WriteRune(c)
			continue
		}
		b.WriteString(zhDigits[c-'0'])
	}
	return b.String()
}

func (chinese) list(items []string, joiner string) string {
	if len(items) < 2 || joiner == "" {
		return strings.Join(items, "，")
	}
	last := len(items) - 1
	return strings.Join(items[:last], "，") + joiner + items[last]
}

func (chinese) called(name string, item *catalog.Item) string {
	return cmp.Or(item.Chinese(), name)
}

func (chinese) plural(name string, also []string) string { return name }
