package server

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"voicetill/checkout"
)

var example = regexp.MustCompile("(?s)<!-- example: (\\w+) -->\n```json\n(.*?)```")

// messages are the structs of the protocol by their names in the document.
var messages = map[string]any{
	"command": checkout.Command{}, "hello": helloMessage{}, "say": sayMessage{}, "do": doMessage{}, "prove": proveMessage{}, "decide": decideMessage{}, "confirming": confirmingMessage{},
	"end": plainMessage{}, "played": plainMessage{}, "ping": plainMessage{}, "pong": plainMessage{}, "welcome": welcomeMessage{}, "partial": partialMessage{},
	"heard": heardMessage{}, "reply": replyMessage{}, "bill": billMessage{}, "handoff": handoffMessage{}, "receipt": receiptMessage{}, "lost": lostMessage{},
	"error": errorMessage{}, "config": configMessage{}, "partialResult": partialResult{}, "finalResult": finalResult{},
	"alternativesResult": alternativesResult{},
}

func TestTheDocumentHasEveryMessageAsItIs(t *testing.T) {
	doc, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range example.FindAllStringSubmatch(string(doc), -1) {
		name, text := m[1], m[2]
		seen[name] = true
		shape, ok := messages[name]
		if !ok {
			t.Errorf("there is no message %s", name)
			continue
		}
		into := reflect.New(reflect.TypeOf(shape))
		dec := json.NewDecoder(strings.NewReader(text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(into.Interface()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		again, err := json.Marshal(into.Interface())
		if err != nil {
			t.Fatal(err)
		}
		if want, got := plain(t, []byte(text)), plain(t, again); !covers(got, want) {
			t.Errorf("%s: the document has\n%v\nthe server\n%v", name, want, got)
		}
	}
	for name := range messages {
		if !seen[name] {
			t.Errorf("the document has no example of %s", name)
		}
	}
}

func plain(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// covers reports whether got has all that want has.
func covers(got, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for k, v := range w {
			ok = ok && covers(g[k], v)
		}
		return ok
	case []any:
		g, ok := got.([]any)
		ok = ok && len(g) == len(w)
		for i := range w {
			ok = ok && covers(g[i], w[i])
		}
		return ok
	}
	return reflect.DeepEqual(got, want)
}

func TestTheDocumentHasEveryErrorWithItsCodes(t *testing.T) {
	doc, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## Errors")
	for _, f := range append(faults, somethingWrong, fault{code: "locked", status: 429}) {
		row := ""
		for _, line := range strings.Split(table, "\n") {
			if strings.Contains(line, "`"+f.code+"`") {
				row = line
			}
		}
		if row == "" || !strings.Contains(row, fmt.Sprint(f.status)) {
			t.Errorf("%s with status %d: the document has %q", f.code, f.status, row)
		}
	}
}

func FuzzAMessageNeverBreaksTheReader(f *testing.F) {
	for _, s := range []string{`{"type":"say"}`, `{"type":7}`, `[]`, `{"config":{"words":2}}`, `{"type":"do","command":{"quantity":1e9}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, shape := range messages {
			into := reflect.New(reflect.TypeOf(shape))
			if err := json.Unmarshal(data, into.Interface()); err != nil {
				continue
			}
			if _, err := json.Marshal(into.Interface()); err != nil {
				t.Errorf("%s was read as %T and cannot be written: %v", data, shape, err)
			}
		}
	})
}
