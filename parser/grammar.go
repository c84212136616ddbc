package parser

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Grammar is the compiled sentences of one language: docs/grammar.md describes
// the notation. It is immutable.
type Grammar struct {
	sentences []sentence
	joiners   *node
	fillers   map[string]bool
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
}

// slots that a template may hold.
var slotNames = map[string]bool{"code": true, "name": true, "count": true, "article": true, "measure": true,
	"options": true, "with": true, "last": true, "n": true, "units": true, "howmany": true}

var kinds = map[Kind]bool{Add: true, Remove: true, Set: true, Undo: true, Clear: true, Total: true, List: true,
	Price: true, Help: true, Repeat: true, Checkout: true, Confirm: true, Back: true, Choose: true, Yes: true,
	No: true, Amend: true, Staff: true}

// GrammarError says which line of a grammar is wrong, and why.
type GrammarError struct {
	Line   int
	Reason string
}

func (e *GrammarError) Error() string { return fmt.Sprintf("grammar line %d: %s", e.Line, e.Reason) }

// ParseGrammar compiles the text of a grammar.txt. Errors are *GrammarError.
//
//	line     = "#" comment | name "=" template | "joiners" "=" template
//	         | "fillers" "=" words | do [weight ["~" cost]] ":" template
//	template = branch { "|" branch }
//	branch   = { piece } ["*" weight]
//	piece    = word | "(" template ")" | "[" template "]" | "<" name ">" | "{" slot ["=" value] "}"
func ParseGrammar(text string) (*Grammar, error) {
	g := &Grammar{fillers: map[string]bool{}}
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
	return g, nil
}

func (g *Grammar) addLine(line string, number int, rules map[string]*node) error {
	cut := strings.IndexAny(line, "=:")
	if cut < 0 {
		return fmt.Errorf("is neither a rule (name = …) nor a sentence (do: …)")
	}
	head, body := strings.TrimSpace(line[:cut]), line[cut+1:]
	if line[cut] == '=' && head == "fillers" {
		for _, w := range strings.Fields(body) {
			g.fillers[w] = true
		}
		return nil
	}
	r := &reader{text: body, rules: rules}
	n, err := r.template()
	if err == nil && r.at < len(r.text) {
		err = fmt.Errorf("unexpected %q", r.text[r.at:])
	}
	switch {
	case err != nil:
		return err
	case line[cut] == ':':
		s, err := readHead(head)
		s.body, s.line = n, number
		g.sentences = append(g.sentences, s)
		return err
	case head == "joiners":
		g.joiners = n
	case rules[head] != nil:
		return fmt.Errorf("rule %q is defined twice", head)
	default:
		rules[head] = n
	}
	return nil
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
	text  string
	at    int
	rules map[string]*node
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
		name, value, _ := strings.Cut(slot, "=")
		if !slotNames[name] {
			return nil, fmt.Errorf("there is no slot {%s}", name)
		}
		if _, err := strconv.Atoi(value); err != nil && name == "n" {
			return nil, fmt.Errorf("{n} needs a number, such as {n=1}")
		}
		return &node{op: opSlot, word: name, value: value}, nil
	}
	start := r.at
	for r.at < len(r.text) && strings.IndexByte(" \t|()[]<>{}*", r.text[r.at]) < 0 {
		r.at++
	}
	if r.at == start {
		return nil, fmt.Errorf("unexpected %q", string(r.text[r.at]))
	}
	return &node{op: opWord, word: r.text[start:r.at]}, nil
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

// Fillers are the words that may stand between sentences and mean nothing, in
// alphabetical order.
func (p *Parser) Fillers() []string { return slices.Sorted(maps.Keys(p.grammar.fillers)) }
