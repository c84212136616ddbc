package parser

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func hanTokens(text string) []string { return mandarin{}.tokens(strings.Fields(text)) }

func TestMandarinTokens(t *testing.T) {
	for text, want := range map[string]string{
		"我要三瓶燕麦奶":      "我|要|三|瓶|燕|麦|奶",
		"我要 三瓶 燕麦奶":    "我|要|三|瓶|燕|麦|奶",
		"1203x3":       "1203|x|3",
		"1203×3":       "1203|x|3",
		"１２０３三件":       "1203|三|件",
		"300g 1.5kg":   "300|g|1.5|kg",
		"两瓶oat milk":   "两|瓶|oat|milk",
		"Ｏat":          "oat",
		"買單結帳":         "买|单|结|账",
		"330ML可乐":      "330|ml|可|乐",
		"[unk] 三":      "[unk]|三",
		"1. .5 3.":     "1|5|3",
		"don't":        "don't",
		"一千二百〇三":       "一|千|二|百|〇|三",
		"":             "",
		"café crème 热": "café|crème|热",
	} {
		if got := strings.Join(hanTokens(text), "|"); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestMandarinQuantities(t *testing.T) {
	for text, want := range map[string]int64{
		"一": 1000, "两": 2000, "二": 2000, "俩": 2000, "仨": 3000, "十": 10_000, "十二": 12_000, "二十": 20_000, "二十五": 25_000,
		"一百": 100_000, "一百零五": 105_000, "一百〇五": 105_000, "一百五": 150_000, "一百五十": 150_000, "一百五十六": 156_000, "一百一十五": 115_000,
		"两百": 200_000, "一千二百零三": 1_203_000, "一千零三十": 1_030_000, "一千零三": 1_003_000, "两千五": 2_500_000, "一打": 12_000, "两打": 24_000,
		"半打": 6000, "一对": 2000, "3": 3000, "１２": 12_000, "壹": 1000, "three": 3000,
	} {
		if got := whole(mandarin{}.counts(hanTokens(text), 0, false), len(hanTokens(text))); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %d", text, got, want)
		}
	}
	for _, text := range []string{"零", "半", "百", "十十", "万", "一万零", "零三", "幺", "洞", "三百万", "一二", ""} {
		if got := whole(mandarin{}.counts(hanTokens(text), 0, false), len(hanTokens(text))); text != "" && len(got) > 0 {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestEveryMandarinQuantityThatIsSaidIsReadBack(t *testing.T) {
	for n := int64(1); n <= 9999; n++ {
		tokens := hanTokens(hanSayCount(n))
		if got := whole(mandarin{}.counts(tokens, 0, false), len(tokens)); !slices.Contains(got, n*1000) {
			t.Fatalf("%d is said %s and read as %v", n, hanSayCount(n), got)
		}
	}
}

func TestMandarinAmounts(t *testing.T) {
	for text, want := range map[string]amount{
		"半公斤": {500, "kg"}, "半个公斤": {500, "kg"}, "两百克": {200, "kg"}, "二百五十克": {250, "kg"}, "一斤": {500, "kg"}, "两斤": {1000, "kg"},
		"半斤": {250, "kg"}, "一斤半": {750, "kg"}, "一斤二两": {600, "kg"}, "二两": {100, "kg"}, "一公斤": {1000, "kg"}, "一公斤半": {1500, "kg"},
		"一点五公斤": {1500, "kg"}, "零点三公斤": {300, "kg"}, "零点二五千克": {250, "kg"}, "1.5公斤": {1500, "kg"}, "300克": {300, "kg"}, "300g": {300, "kg"},
		"1.5kg": {1500, "kg"}, "四分之三公斤": {750, "kg"}, "一磅": {454, "kg"}, "半升": {500, "l"}, "五百毫升": {500, "l"}, "500ml": {500, "l"},
		"两公升": {2000, "l"}, "一市斤": {500, "kg"}, "３斤": {1500, "kg"},
	} {
		if got := whole(mandarin{}.measures(hanTokens(text), 0), len(hanTokens(text))); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"零克", "克", "半", "三", "零分之一斤", "点五公斤", "一点斤", "零点零零零一公斤"} {
		if got := whole(mandarin{}.measures(hanTokens(text), 0), len(hanTokens(text))); len(got) > 0 {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestMandarinCodes(t *testing.T) {
	for text, want := range map[string]string{
		"一二零三": "1203", "幺二零三": "1203", "一千二百零三": "1203", "一千二百〇三": "1203", "一千二百三": "1230", "一千二百三十": "1230", "十二零三": "1203",
		"1203": "1203", "１２０３": "1203", "12 03": "1203", "两千一百零一": "2101", "二一零一": "2101", "洞洞拐": "007", "零零七": "007",
		"一万两千零三十": "12030", "九千": "9000", "六九二一一六八五零九二五六": "692116850925" + "6", "twelve oh three": "1203", "四百〇五": "405",
	} {
		got := wholeCodes(mandarin{}.codes(hanTokens(text), 0), len(hanTokens(text)))
		if !slices.Contains(got, want) {
			t.Errorf("%s: got %v, want %s among them", text, got, want)
		}
	}
	for text, not := range map[string]string{"十二": "102", "三十": "310", "二十五": "205", "一二零两": "1202"} {
		if got := wholeCodes(mandarin{}.codes(hanTokens(text), 0), len(hanTokens(text))); slices.Contains(got, not) {
			t.Errorf("%s is read as %s", text, not)
		}
	}
}

func TestEveryCodeSaidInMandarinIsReadBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		code := fmt.Sprintf("%0*d", 1+rng.IntN(6), rng.IntN(10_000))
		said := mandarin{}.sayCode(code, rng)
		tokens := hanTokens(said)
		if got := wholeCodes(mandarin{}.codes(tokens, 0), len(tokens)); !slices.Contains(got, code) {
			t.Fatalf("%s is said %s and read as %v", code, said, got)
		}
	}
}

func TestNumberWordsOfBothLanguages(t *testing.T) {
	for w, want := range map[string]bool{"三": true, "一二零": true, "十": true, "两": true, "幺": true, "燕麦": false, "号": false, "é": false, "": false, "three": true} {
		if got := NumberWord(w); got != want {
			t.Errorf("%q: got %v", w, got)
		}
	}
}
