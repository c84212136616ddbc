package server

import (
	"net/http"
	"strconv"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments/money"

	"github.com/sahilm/fuzzy"
)

const defaultFound, maxFound = 20, 5000

// shortestGTIN is how many digits it takes to be looked for among bar codes.
const shortestGTIN = 8

type itemsBody struct {
	Currency money.Currency `json:"currency"`
	Items    []itemBody     `json:"items"`
}

type itemBody struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	Price    string `json:"price"`
	Unit     string `json:"unit"`
	Category string `json:"category"`
	MinAge   int    `json:"min_age"`
	Picture  string `json:"picture"`
	NameZH   string `json:"name_zh,omitempty"`
}

// searchItems is GET /v1/items: what is typed is matched as the beginning of a
// bar code, and as a subsequence of names and numbers, best first.
func (s *Server) searchItems(w http.ResponseWriter, r *http.Request) error {
	p, err := s.shelves.shop(r.Context(), placeOf(r))
	if err != nil {
		return err
	}
	items := p.current().index.Items()
	limit, err := strconv.Atoi(r.FormValue("limit"))
	query := strings.ToLower(strings.TrimSpace(r.FormValue("q")))
	if err != nil || limit < 1 {
		limit = defaultFound
		if query == "" {
			limit = maxFound
		}
	}
	found := search(items, query)
	body := itemsBody{Currency: p.place.Currency, Items: []itemBody{}}
	for _, i := range found[:min(len(found), limit, maxFound)] {
		it := items[i]
		body.Items = append(body.Items, itemBody{it.Number, it.Name, it.Price.Decimal(), it.Unit, it.Category, it.MinAge, pictureOf(it), it.Chinese()})
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// search returns the positions of the items that fit, all without a query.
func search(items []catalog.Item, query string) []int {
	if len(query) > 100 {
		query = query[:100]
	}
	var found []int
	if query == "" {
		for i := range items {
			found = append(found, i)
		}
		return found
	}
	var texts []string
	var owner []int
	for i, it := range items {
		if len(query) >= shortestGTIN && strings.HasPrefix(it.GTIN, query) {
			found = append(found, i)
		}
		for _, t := range append([]string{it.Name, it.Number, it.NameZH}, it.Also...) {
			texts, owner = append(texts, strings.ToLower(t)), append(owner, i)
		}
	}
	seen := map[int]bool{}
	for _, i := range found {
		seen[i] = true
	}
	for _, m := range fuzzy.Find(query, texts) {
		if i := owner[m.Index]; !seen[i] {
			seen[i] = true
			found = append(found, i)
		}
	}
	return found
}

// session returns the conversation that the request's resume token names.
func (s *Server) session(r *http.Request) (checkout.Session, error) {
	token := bearer(r)
	if token == "" {
		return checkout.Session{}, errSignIn
	}
	return s.Records.LoadSession(r.Context(), token)
}

// getHeard is GET /v1/heard: what was heard in the shopper's own conversation.
func (s *Server) getHeard(w http.ResponseWriter, r *http.Request) error {
	session, err := s.session(r)
	if err != nil {
		return err
	}
	lines, err := s.Records.Heard(r.Context(), session.ID)
	if err != nil {
		return err
	}
	if lines == nil {
		lines = []HeardLine{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"heard": lines})
	return nil
}

type callBody struct {
	From   string `json:"from"`
	Reason string `json:"reason"`
}

// callStaff is POST /v1/calls.
func (s *Server) callStaff(w http.ResponseWriter, r *http.Request) error {
	session, err := s.session(r)
	if err != nil {
		return err
	}
	var in callBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	in.From, in.Reason = clip(in.From, 20), clip(in.Reason, 200)
	id, err := s.Records.CallStaff(r.Context(), session.Place, session.ID, in.From, in.Reason)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]string{"id": id})
	return nil
}

func clip(s string, most int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), most)])
}
