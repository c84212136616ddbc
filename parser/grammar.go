package parser

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Grammar is the compiled sentences of one language: docs/grammar.md describes
// the notation. It is immutable.
type Grammar struct {
	tongue      tongue
	sentences   []sentence
	joiners     *node
	corrections *node // what takes back the order before it: "sorry", "i mean"
	fillers     *trie
	filler      []string // the phrases of fillers
}

// sentence is one template and what it means.
type sentence struct {
	do     Kind
	weight int // how often it is sampled, relative to the others
	cost   float64
	body   *node
	line   int
}

type op int

const (
	opWord op = iota
	opSeq
	opAlt
	opOpt
	opSlot
)

// node is one piece of a compiled template.
type node struct {
	op      op
	word    string  // opWord; opSlot: the slot's name
	value   string  // opSlot: the constant after "="
	kids    []*node // opSeq, opAlt; opOpt has one
	weights []int   // opAlt: how often each is sampled

	beginning *beginning // worked out once, before the grammar is used
}

// slots that a template may hold, each with the values that it may have after
// "=". {n} has any number.
var slots = map[string][]string{"code": {"", "bare"}, "name": {""}, "count": {"", "number"}, "article": {""}, "measure": {""},
	"options": {""}, "with": {""}, "last": {""}, "n": nil, "units": {""}, "howmany": {""}, "other": {"", "code"},
	"method": {"prepaid", "card", "wechat", "alipay", "invoice"}}

var kinds = map[Kind]bool{Add: true, Remove: true, Set: true, Undo: true, Clear: true, Total: true, List: true,
	Price: true, Help: true, Repeat: true, Checkout: true, Confirm: true, Back: true, Choose: true, Yes: true,
	No: true, Amend: true, Staff: true, Pay: true, TopUp: true, Also: true, Number: true, Swap: true}

// GrammarError says which line of a grammar is wrong, and why. Line 0 is the
// whole of it; File is "" where the text came from none.
type GrammarError struct {
	File   string
	Line   int
	Reason string
}

func (e *GrammarError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("grammar line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("%s, line %d: %s", e.File, e.Line, e.Reason)
}

// ReadGrammar compiles a file. An error in its text is a *GrammarError that
// names the file.
func ReadGrammar(files fs.FS, name string) (*Grammar, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read grammar: %w", err)
	}
	g, err := ParseGrammar(string(text))
	var bad *GrammarError
	if errors.As(err, &bad) {
		bad.File = name
	}
	return g, err
}

// ParseGrammar compiles the text of a grammar.txt. Errors are *GrammarError. What
// is ambiguous is no error here, see [Grammar.Ambiguity].
//
//	line     = "#" comment | "language" "=" language | name "=" template | "joiners" "=" template
//	         | "corrections" "=" template | "fillers" "=" words | "fillers" "0" "=" words { "|" words } | do [weight ["~" cost]] ":" template
//	template = branch { "|" branch }
//	branch   = { piece } ["*" weight]
//	piece    = word | "(" template ")" | "[" template "]" | "<" name ">" | "{" slot ["=" value] "}"
func ParseGrammar(text string) (*Grammar, error) {
	g := &Grammar{tongue: english{}, fillers: &trie{}}
	rules := map[string]*node{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := g.addLine(line, i+1, rules); err != nil {
			return nil, &GrammarError{Line: i + 1, Reason: err.Error()}
		}
	}
	if len(g.sentences) == 0 {
		return nil, &GrammarError{Reason: "holds no sentence"}
	}
	g.begin()
	return g, nil
}

func (g *Grammar) addLine(line string, number int, rules map[string]*node) error {
	cut := strings.IndexAny(line, "=:")
	if cut < 0 {
		return fmt.Errorf("is neither a rule (name = …) nor a sentence (do: …)")
	}
	head, body := strings.TrimSpace(line[:cut]), line[cut+1:]
	switch {
	case line[cut] == ':':
	case head == "":
		return fmt.Errorf("a rule needs a name before the =")
	case head == "language":
		return g.setLanguage(strings.TrimSpace(body), len(rules) > 0)
	case head == "fillers 0":
		for _, phrase := range strings.Split(body, "|") {
			g.fillers.put(g.tongue.tokens(strings.Fields(phrase)), strings.TrimSpace(phrase))
		}
		return nil
	case head == "fillers":
		for _, w := range strings.Fields(body) {
			g.fillers.put(g.tongue.tokens([]string{w}), w)
			g.filler = append(g.filler, w)
		}
		return nil
	}
	r := &reader{text: body, rules: rules, tongue: g.tongue}
	n, err := r.template()
	if err == nil && r.at < len(r.text) {
		err = fmt.Errorf("unexpected %q", r.text[r.at:])
	}
	switch {
	case err != nil:
		return err
	case n.size() > maxSize:
		return fmt.Errorf("is too long: more than %d pieces with its rules written out", maxSize)
	case line[cut] == ':':
		s, err := readHead(head)
		s.body, s.line = n, number
		g.sentences = append(g.sentences, s)
		return err
	case head == "joiners":
		g.joiners = n
	case head == "corrections":
		g.corrections = n
	case rules[head] != nil:
		return fmt.Errorf("rule %q is defined twice", head)
	default:
		rules[head] = n
	}
	return nil
}

// setLanguage says in which language the lines below are.
func (g *Grammar) setLanguage(name string, late bool) error {
	t, ok := tongues[name]
	switch {
	case !ok:
		return fmt.Errorf("there is no language %q", name)
	case late || len(g.sentences) > 0 || len(g.filler) > 0 || g.joiners != nil:
		return fmt.Errorf("the language must be named before all else")
	}
	g.tongue = t
	return nil
}

// maxSize bounds a line: rules within rules grow without it.
const maxSize = 50_000

// size is how many pieces the template has, with its rules written out.
func (n *node) size() int {
	total := 1
	for _, kid := range n.kids {
		if total += kid.size(); total > maxSize {
			break
		}
	}
	return total
}

// readHead reads "add 10 ~0.5".
func readHead(head string) (sentence, error) {
	s := sentence{weight: 1}
	if head == "" {
		return s, fmt.Errorf("does not name something the till can do before the colon")
	}
	for i, f := range strings.Fields(head) {
		var err error
		switch {
		case i == 0:
			s.do = Kind(f)
			if !kinds[s.do] {
				return s, fmt.Errorf("%q is not something the till can do", f)
			}
		case f[0] == '~':
			s.cost, err = strconv.ParseFloat(f[1:], 64)
		default:
			s.weight, err = strconv.Atoi(f)
		}
		if err != nil || s.weight < 0 || math.IsNaN(s.cost) {
			return s, fmt.Errorf("%q is no number", f)
		}
	}
	return s, nil
}

// reader reads one template.
type reader struct {
	text   string
	at     int
	rules  map[string]*node
	tongue tongue
}

func (r *reader) blank() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\t') {
		r.at++
	}
}

// template = branch { "|" branch }
func (r *reader) template() (*node, error) {
	alt := &node{op: opAlt}
	for {
		n, weight, err := r.branch()
		if err != nil {
			return nil, err
		}
		alt.kids, alt.weights = append(alt.kids, n), append(alt.weights, weight)
		if r.at >= len(r.text) || r.text[r.at] != '|' {
			break
		}
		r.at++
	}
	if len(alt.kids) == 1 {
		return alt.kids[0], nil
	}
	return alt, nil
}

// branch = { piece } ["*" weight]
func (r *reader) branch() (*node, int, error) {
	seq, weight := &node{op: opSeq}, 1
	for {
		r.blank()
		if r.at >= len(r.text) || strings.IndexByte("|)]", r.text[r.at]) >= 0 {
			break
		}
		if r.text[r.at] == '*' {
			r.at++
			r.blank()
			start := r.at
			for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
				r.at++
			}
			var err error
			if weight, err = strconv.Atoi(r.text[start:r.at]); err != nil {
				return nil, 0, fmt.Errorf("a number must follow *")
			}
			continue
		}
		n, err := r.piece()
		if err != nil {
			return nil, 0, err
		}
		seq.kids = append(seq.kids, n)
	}
	if len(seq.kids) == 1 {
		return seq.kids[0], weight, nil
	}
	return seq, weight, nil
}

// piece = word | "(" template ")" | "[" template "]" | "<" name ">" | "{" slot "}"
func (r *reader) piece() (*node, error) {
	switch c := r.text[r.at]; c {
	case '(', '[':
		r.at++
		n, err := r.template()
		if err != nil {
			return nil, err
		}
		if want := map[byte]byte{'(': ')', '[': ']'}[c]; r.at >= len(r.text) || r.text[r.at] != want {
			return nil, fmt.Errorf("%q is not closed", string(c))
		}
		r.at++
		if c == '[' {
			return &node{op: opOpt, kids: []*node{n}}, nil
		}
		return n, nil
	case '<':
		name, err := r.until('>')
		if err != nil {
			return nil, err
		}
		if r.rules[name] == nil {
			return nil, fmt.Errorf("rule %q is not defined above", name)
		}
		return r.rules[name], nil
	case '{':
		slot, err := r.until('}')
		if err != nil {
			return nil, err
		}
		return readSlot(slot)
	}
	start := r.at
	for r.at < len(r.text) && strings.IndexByte(" \t|()[]<>{}*", r.text[r.at]) < 0 {
		r.at++
	}
	if r.at == start {
		return nil, fmt.Errorf("unexpected %q", string(r.text[r.at]))
	}
	return r.word(r.text[start:r.at])
}

// word is one word of a template, in as many tokens as its language makes of it.
func (r *reader) word(text string) (*node, error) {
	seq := &node{op: opSeq}
	for _, token := range r.tongue.tokens([]string{text}) {
		seq.kids = append(seq.kids, &node{op: opWord, word: token})
	}
	switch len(seq.kids) {
	case 0:
		return nil, fmt.Errorf("%q is no word", text)
	case 1:
		return seq.kids[0], nil
	}
	return seq, nil
}

func readSlot(slot string) (*node, error) {
	name, value, _ := strings.Cut(slot, "=")
	values, ok := slots[name]
	if !ok {
		return nil, fmt.Errorf("there is no slot {%s}", name)
	}
	if _, err := strconv.Atoi(value); name == "n" && err != nil {
		return nil, fmt.Errorf("{n} needs a number, such as {n=1}")
	}
	if name != "n" && !slices.Contains(values, value) {
		return nil, fmt.Errorf("the slot {%s} cannot be %q", name, value)
	}
	return &node{op: opSlot, word: name, value: value}, nil
}

func (r *reader) until(end byte) (string, error) {
	length := strings.IndexByte(r.text[r.at:], end)
	if length < 0 {
		return "", fmt.Errorf("%q is not closed", string(r.text[r.at]))
	}
	inside := r.text[r.at+1 : r.at+length]
	r.at += length + 1
	return strings.TrimSpace(inside), nil
}

// Fillers are the phrases that may stand between sentences and mean nothing, in
// alphabetical order.
func (p *Parser) Fillers() []string { return slices.Sorted(slices.Values(p.grammar.filler)) }
