package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
)

type importBody struct {
	catalog.Changes
	Version  string        `json:"version"`
	Said     *waysBody     `json:"said,omitempty"`     // where the till hears
	Pictures *picturesBody `json:"pictures,omitempty"` // where there are any
}

// waysBody counts the items by how shoppers can say them.
type waysBody struct {
	Ready     int `json:"ready"`
	Taught    int `json:"taught"`
	Respelled int `json:"respelled"`
	ByNumber  int `json:"by_number"`
}

// ways counts the items, nil where the till hears nothing.
func (s *Server) ways(items []catalog.Item) *waysBody {
	if s.Engine == nil {
		return nil
	}
	n := checkout.CountWays(items, s.Engine.Knows)
	return &waysBody{n[checkout.VoiceReady], n[checkout.ByTaught], n[checkout.ByGuess], n[checkout.ByNumber]}
}

// respell adds what was taught before and what can be worked out.
func (s *Server) respell(ctx context.Context, before, items []catalog.Item) ([]catalog.Item, error) {
	items = catalog.KeepTaught(before, items)
	if s.Respell == nil {
		return items, nil
	}
	return s.Respell(ctx, items)
}

type rowErrorsBody struct {
	Errors catalog.RowErrors `json:"errors"`
}

// putCatalog is PUT /v1/places/{id}/catalog, a CSV file, a workbook, or a
// ZIP of one with pictures: all or nothing, and in use when it is answered. A faulty picture is
// named and costs nothing else.
func (s *Server) putCatalog(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	as, err := columnsOf(r)
	if err != nil {
		return err
	}
	items, files, err := s.readUpload(http.MaxBytesReader(w, r.Body, s.Limits.Upload), p.place.Currency, as)
	var rows catalog.RowErrors
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &rows):
		writeJSON(w, http.StatusUnprocessableEntity, rowErrorsBody{rows.In(r.URL.Query().Get("lang"))})
		return nil
	case errors.As(err, &long):
		return errTooBig
	case err != nil:
		return fmt.Errorf("read catalogue: %w", err)
	}
	steps := newProgress(w, r)
	err = s.takeCatalog(r.Context(), p, items, files, steps)
	return steps.fail(s, r, err)
}

// columnsOf reads ?columns=, a JSON object of headers.
func columnsOf(r *http.Request) (as catalog.Columns, err error) {
	text := r.URL.Query().Get("columns")
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &as); err != nil {
		return nil, errNotJSON
	}
	return as, nil
}

// takeCatalog makes items what the place sells, and answers.
func (s *Server) takeCatalog(ctx context.Context, p *shop, items []catalog.Item, files fs.FS, steps *progress) error {
	_, before, err := s.Records.Catalog(ctx, p.place.ID)
	if err != nil {
		return err
	}
	steps.at("spelling")
	if items, err = s.respell(ctx, before, items); err != nil {
		return err
	}
	steps.at("pictures")
	items, shown, err := s.gatherPictures(ctx, p.place.ID, before, items, files)
	if err != nil {
		return err
	}
	steps.at("storing")
	version, err := s.Records.ReplaceCatalog(ctx, p.place.ID, items)
	if err != nil {
		return err
	}
	steps.at("learning")
	if err := s.shelves.reload(ctx, p); err != nil {
		return err
	}
	steps.done(importBody{catalog.Compare(before, items), version, s.ways(items), shown})
	return nil
}

// ndjson is the type of an answer of one JSON object a line.
const ndjson = "application/x-ndjson"

// progress tells a client that accepts it what is being done with its upload,
// and gives the answer. Without, the answer alone is sent.
type progress struct {
	w     http.ResponseWriter
	tells bool
	begun bool
}

func newProgress(w http.ResponseWriter, r *http.Request) *progress {
	return &progress{w: w, tells: strings.Contains(r.Header.Get("Accept"), ndjson)}
}

// at says that a stage begins: spelling, pictures, storing, learning.
func (p *progress) at(stage string) {
	if p.tells {
		p.line(map[string]string{"stage": stage})
	}
}

func (p *progress) done(answer any) {
	if p.tells {
		p.line(map[string]any{"done": answer})
		return
	}
	writeJSON(p.w, http.StatusOK, answer)
}

// fail tells an error to a client that has a status already; else it is returned.
func (p *progress) fail(s *Server, r *http.Request, err error) error {
	if err == nil || !p.begun {
		return err
	}
	p.line(s.errorOf(r, err))
	return nil
}

func (p *progress) line(v any) {
	if !p.begun {
		p.w.Header().Set("Content-Type", ndjson)
		p.w.Header().Set("Cache-Control", "no-store")
		p.begun = true
	}
	_ = json.NewEncoder(p.w).Encode(v) // the client may be gone
	_ = http.NewResponseController(p.w).Flush()
}
