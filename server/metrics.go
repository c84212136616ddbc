package server

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what GET /metrics shows.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	replies    *prometheus.CounterVec
	errors     *prometheus.CounterVec
	utterances prometheus.Counter
	lost       prometheus.Counter
	audio      prometheus.Counter
}

func newMetrics(s *Server) *metrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "voicetill", Name: name, Help: help}
	}
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		requests:   prometheus.NewCounterVec(counter("http_requests_total", "Requests by status."), []string{"status"}),
		replies:    prometheus.NewCounterVec(counter("replies_total", "Replies to shoppers by the state after them."), []string{"state"}),
		errors:     prometheus.NewCounterVec(counter("errors_total", "Errors told to shoppers, by code."), []string{"code"}),
		utterances: prometheus.NewCounter(counter("utterances_total", "Utterances that were recognised.")),
		lost:       prometheus.NewCounter(counter("lost_frames_total", "Audio frames dropped because they came too fast.")),
		audio:      prometheus.NewCounter(counter("audio_seconds_total", "Audio that was listened to.")),
	}
	open := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "voicetill", Name: "sockets", Help: "Open WebSockets."},
		func() float64 { return float64(s.sockets.count()) })
	m.registry.MustRegister(m.requests, m.replies, m.errors, m.utterances, m.lost, m.audio, open,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// measured counts requests by status.
func (s *Server) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r) // a hijacked connection has no status
			return
		}
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(sw, r)
		s.metrics.requests.WithLabelValues(strconv.Itoa(sw.status)).Inc()
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
