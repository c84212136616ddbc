package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/server"
	"voicetill/speech/respell"
)

// silentSpeller spells and says nothing.
type silentSpeller struct{}

func (silentSpeller) Spell(context.Context, []string) (map[string][]respell.Spelling, error) {
	return nil, nil
}
func (silentSpeller) Say(string) (respell.Phones, bool) { return nil, false }

func withSpeller(c *server.Config) { c.Speller = silentSpeller{} }

func numbers(body map[string]any) (list []string) {
	for _, it := range body["items"].([]any) {
		list = append(list, it.(map[string]any)["number"].(string))
	}
	return list
}

func TestTheCatalogueInPages(t *testing.T) {
	x := newTill(t, withSpeller)
	x.engine.Lacks("goat", "羊奶", "山羊奶", "羊", "奶", "山")
	m := x.merchant()
	for _, tt := range []struct {
		name, query string
		want        string
		total       float64
	}{
		{"the first by number", "sort=number&limit=2", "[1203 1204]", 52},
		{"the second page", "sort=number&limit=2&offset=2", "[1213 1215]", 52},
		{"after the last", "limit=2&offset=999", "[]", 52},
		{"found by a name in any case", "q=GOAT%20m&limit=9", "[1230]", 1},
		{"found by another name", "q=山羊奶&limit=9", "[1230]", 1},
		{"the dearest first", "sort=price&down=1&limit=1&category=dairy", "[3350]", 8},
		{"that can be said by number only", "said=number&limit=9", "[1230]", 1},
	} {
		status, body := x.call(m, "GET", "/v1/merchant/items?"+tt.query, "")
		if got := fmt.Sprint(numbers(body)); status != 200 || got != tt.want || body["total"] != tt.total {
			t.Errorf("%s: got %d %s of %v, want %s of %v", tt.name, status, got, body["total"], tt.want, tt.total)
		}
	}
	r, err := m.Get(x.http.URL + "/v1/merchant/items?format=csv")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	items, err := catalog.ReadCSV(r.Body, "EUR")
	if err != nil || len(items) != 52 {
		t.Errorf("the file has %d items, %v", len(items), err)
	}
}

// A name that a spreadsheet would calculate goes out and comes back unharmed.
func TestAFormulaGoesOutAsText(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	const name = "=HYPERLINK(1)"
	if status, body := x.call(m, "PUT", "/v1/places/demo/catalog", "number,name,price\n1,"+name+",1\n2,-5 degrees,2\n"); status != 200 {
		t.Fatalf("got %d %v", status, body)
	}
	r, err := m.Get(x.http.URL + "/v1/merchant/items?format=csv")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(string(text), "1,'"+name+",") || !strings.Contains(string(text), "2,'-5 degrees,") {
		t.Errorf("got %s, %v", text, err)
	}
	items, err := catalog.ReadCSV(strings.NewReader(string(text)), "EUR")
	if err != nil || items[0].Name != name || items[1].Name != "-5 degrees" {
		t.Errorf("read back: %+v, %v", items, err)
	}
}

func TestAnItemIsChanged(t *testing.T) {
	x := newTill(t, withSpeller)
	m := x.merchant()
	p := x.open("")
	p.want("welcome")
	status, body := x.call(m, "PATCH", "/v1/merchant/items/1203", `{"name": "barista drink", "price": "3.10", "stock": "7"}`)
	if status != 200 || body["name"] != "barista drink" || body["price"] != "3.10" || body["stock"] != "7" {
		t.Fatalf("got %d %v", status, body)
	}
	if r := p.say("1", "two barista drink"); r.Cart.Total != "6.20" {
		t.Errorf("sold for %s", r.Cart.Total)
	}
	status, body = x.call(m, "PATCH", "/v1/merchant/items/1203", `{"price": "free", "name": ""}`)
	if got := fmt.Sprint(body["errors"]); status != 422 || !strings.Contains(got, "column:name") || !strings.Contains(got, "column:price") {
		t.Errorf("got %d %s", status, got)
	}
	for path, want := range map[string]int{"/v1/merchant/items/99999": 404, "/v1/merchant/items/1203": 400} {
		body := `{"price": "1.00"}`
		if want == 400 {
			body = `{"price": 1}`
		}
		if status, _ := x.call(m, "PATCH", path, body); status != want {
			t.Errorf("%s: got %d, want %d", path, status, want)
		}
	}
	if status, _ := x.call(x.browser(), "PATCH", "/v1/merchant/items/1203", `{"price": "0.01"}`); status != 401 {
		t.Errorf("a stranger: %d", status)
	}
}

func TestAnUploadTellsItsProgress(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	put := func(body string) (int, []string) {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", x.http.URL+"/v1/places/demo/catalog", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/x-ndjson")
		answer, err := m.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	status, lines := put(csv)
	if status != 200 || fmt.Sprint(lines[:len(lines)-1]) != `[{"stage":"spelling"} {"stage":"pictures"} {"stage":"storing"} {"stage":"learning"}]` {
		t.Errorf("got %d %q", status, lines)
	}
	var last struct{ Done catalog.Changes }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Done.Items == 0 {
		t.Errorf("at last %s, %v", lines[len(lines)-1], err)
	}
	if status, lines := put("number\n1\n"); status != 422 || !strings.Contains(lines[0], "errors") {
		t.Errorf("a faulty file: %d %q", status, lines)
	}
}
