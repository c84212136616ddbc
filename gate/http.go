package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
)

// maxBody bounds what a request carries, in bytes.
const maxBody = 4 << 10

// Handler serves the camera page of pages (gate.html and assets/) at /, and to
// hardware the calls of the till: GET /v1/pass/{token} looks, POST
// /v1/pass/{token}/open opens, GET /v1/gate tells how the gate stands, POST
// /v1/gate/open opens by hand.
func (g *Gate) Handler(pages fs.FS) (http.Handler, error) {
	page, err := fs.ReadFile(pages, "gate.html")
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(page) // the client may be gone
	})
	files := http.FileServerFS(pages)
	mux.HandleFunc("GET /assets/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /v1/gate", g.serveState)
	mux.HandleFunc("POST /v1/gate/open", g.serveHand)
	mux.HandleFunc("GET /v1/pass/{token}", g.serveLook)
	mux.HandleFunc("POST /v1/pass/{token}/open", g.serveOpen)
	return http.NewCrossOriginProtection().Handler(mux), nil
}

func (g *Gate) serveState(w http.ResponseWriter, r *http.Request) {
	state, err := g.State()
	g.answer(w, state, err)
}

func (g *Gate) serveLook(w http.ResponseWriter, r *http.Request) {
	v, err := g.Look(r.PathValue("token"))
	g.answer(w, v, err)
}

func (g *Gate) serveOpen(w http.ResponseWriter, r *http.Request) {
	v, err := g.Open(r.Context(), r.PathValue("token"))
	g.answer(w, v, err)
}

func (g *Gate) serveHand(w http.ResponseWriter, r *http.Request) {
	var in struct {
		PIN    string `json:"pin"`
		Reason string `json:"reason"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		g.answer(w, nil, errBody)
		return
	}
	reason := []rune(strings.TrimSpace(in.Reason))
	v, err := g.OpenByHand(r.Context(), in.PIN, string(reason[:min(len(reason), 200)]))
	g.answer(w, v, err)
}

var errBody = errors.New("the request is not understood")

// faults are the errors that a client can do something about.
var faults = []struct {
	err    error
	status int
	code   string
}{
	{errBody, 400, "bad_request"},
	{ErrNoReason, 400, "no_reason"},
	{ErrWrongPIN, 401, "wrong_pin"},
	{ErrLocked, 429, "locked"},
	{ErrNoHand, 501, "no_hand"},
}

func (g *Gate) answer(w http.ResponseWriter, v any, err error) {
	status, body := http.StatusOK, v
	if err != nil {
		status, body = http.StatusInternalServerError, faultBody("internal", "Something is wrong with this gate. Please ask staff.")
		known := false
		for _, f := range faults {
			if errors.Is(err, f.err) {
				status, body, known = f.status, faultBody(f.code, err.Error()), true
			}
		}
		if !known {
			g.Log.Error("gate failed", "gate", g.Name, "err", err)
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func faultBody(code, text string) any {
	return map[string]any{"error": map[string]string{"code": code, "text": text}}
}
