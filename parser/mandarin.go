package parser

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"voicetill/speech"
)

// mandarin is the tongue of Mandarin Chinese. Its tokens are single Han
// characters, and runs of letters or of digits: typed text has no blanks between
// words, a recogniser's has, and both must read the same.
type mandarin struct{}

func (mandarin) tokens(words []string) []string {
	tokens := make([]string, 0, 2*len(words))
	for _, w := range words {
		if w == speech.Unknown {
			tokens = append(tokens, w)
			continue
		}
		tokens = appendTokens(tokens, []rune(width.Fold.String(w)))
	}
	return tokens
}

func appendTokens(tokens []string, runes []rune) []string {
	for from := 0; from < len(runes); {
		end := from + 1
		for end < len(runes) && joined(runes, end) {
			end++
		}
		token := strings.ToLower(string(runes[from:end]))
		switch {
		case strings.Trim(token, " .'") == "":
		case token == "×":
			tokens = append(tokens, "x")
		case end == from+1:
			tokens = append(tokens, simplified(runes[from], token))
		default:
			tokens = append(tokens, token)
		}
		from = end
	}
	return tokens
}

// joined reports whether a character goes on with the token before it: letters
// after letters, digits after digits and after a minus at the beginning, and the
// point between digits.
func joined(runes []rune, at int) bool {
	before, r := runes[at-1], runes[at]
	switch {
	case digit(r):
		return digit(before) || before == '.' && at > 1 && digit(runes[at-2]) || before == '-' && at == 1
	case r == '.':
		return digit(before) && at+1 < len(runes) && digit(runes[at+1])
	}
	return inWord(before) && inWord(r)
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func inWord(r rune) bool {
	return !unicode.Is(unicode.Han, r) && (unicode.IsLetter(r) || unicode.IsMark(r) || r == '\'')
}

// traditional characters of the grammar's words, each before its simplified form.
const traditional = "結结帳账賬账單单買买錢钱價价總总刪删掉掉撤撤銷销幫帮助助說说請请還还遍遍確确認认個个這这兩两" +
	"條条塊块籃篮車车裡里裏里東东邊边點点給给來来麼么幾几號号編编碼码貨货樣样隻只張张雙双對对萬万沒没錯错謝谢麻麻煩烦" +
	"員员務务後后間间內内聽听開开關关應应該该當当會会從从換换過过進进選选擇择種种類类貴贵費费訂订繼继續续購购壞坏" +
	"豬猪雞鸡魚鱼麵面飯饭湯汤咖咖啡啡鐵铁檸柠檬檬蘋苹薑姜鮮鲜奶奶燕燕麥麦豆豆漿浆無无熱热冰冰糖糖盤盘壺壶顆颗"

var simple = func() map[rune]string {
	table, runes := map[rune]string{}, []rune(traditional)
	for i := 0; i+1 < len(runes); i += 2 {
		table[runes[i]] = string(runes[i+1])
	}
	return table
}()

// simplified writes a character as the grammar does.
func simplified(r rune, token string) string {
	if s, ok := simple[r]; ok {
		return s
	}
	return token
}

var mandarinHeavy = map[string]bool{"删": true, "改": true, "换": true, "不": true, "别": true, "没": true, "斤": true,
	"克": true, "号": true, "乘": true, "item": true, "times": true}

func (mandarin) heavy(w string) bool { return mandarinHeavy[w] }

func chars(phrases string) [][]string {
	var list [][]string
	for _, p := range strings.Fields(phrases) {
		list = append(list, mandarin{}.tokens([]string{p}))
	}
	return list
}

var mandarinParticles = &particles{article: "这个", articles: chars("这个 那个 这些 那些 这种 那种"),
	and: chars("和 跟 还有 再 还 并 并且 而且 然后 and"), with: chars("加 要 配 放 多加 带 换成 改成 加上 with"),
	put: chars("一点 点 一份 份 些 一些 个 一个"), after: chars("的")}

func (mandarin) particles() *particles { return mandarinParticles }

// spell cuts a run of characters into as few words that the recogniser knows as
// can be.
func (mandarin) spell(word string, knows func(string) bool) (string, bool) {
	if knows(word) {
		return word, true
	}
	runes := []rune(word)
	best := make([][]string, len(runes)+1)
	best[0] = []string{}
	for end := 1; end <= len(runes); end++ {
		for from := max(0, end-maxSpelled); from < end; from++ {
			piece := string(runes[from:end])
			if best[from] == nil || best[end] != nil && len(best[end]) <= len(best[from])+1 || !knows(piece) {
				continue
			}
			best[end] = append(best[from][:len(best[from]):len(best[from])], piece)
		}
	}
	return strings.Join(best[len(runes)], " "), best[len(runes)] != nil && len(runes) > 0
}

// maxSpelled is the longest word looked for, in characters.
const maxSpelled = 8

// Tokens are the pieces that the grammar's language makes of words.
func (g *Grammar) Tokens(words []string) []string { return g.tongue.tokens(words) }

// Spell writes a line of the grammar's language in words that the recogniser
// knows; false: it cannot be heard. Text whose words have no blanks between them
// is cut into words.
func (g *Grammar) Spell(line string, knows func(word string) bool) (string, bool) {
	var list []string
	for _, w := range strings.Fields(line) {
		if w == speech.Unknown {
			list = append(list, w)
			continue
		}
		spelt, ok := g.tongue.spell(w, knows)
		if !ok {
			return "", false
		}
		list = append(list, spelt)
	}
	return strings.Join(list, " "), true
}
