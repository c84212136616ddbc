package server

import (
	"net/http"
	"time"
)

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "uptime_s": int(s.Now().Sub(s.started) / time.Second)})
	return nil
}

type readiness struct {
	Ready    bool `json:"ready"`
	Database bool `json:"database"`
	Speech   bool `json:"speech"` // false also for a till of typed input, which is ready all the same
	Draining bool `json:"draining"`
}

// readyz says whether shoppers may be sent here.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	a := readiness{Database: s.Records.Ping(r.Context()) == nil, Speech: s.Engine != nil, Draining: s.draining.Load()}
	a.Ready = a.Database && !a.Draining
	status := http.StatusOK
	if !a.Ready {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, a)
	return nil
}
