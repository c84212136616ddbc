package checkout

import "time"

// Trace is the evidence of one change to a line: what was heard, by what margin
// it was chosen, and what the shopper confirmed when asked. It is kept with the
// bill and shown to nobody but whoever settles a dispute.
type Trace struct {
	At        time.Time `json:"at"`
	Text      string    `json:"text,omitempty"`
	Texts     []string  `json:"texts,omitempty"` // alternatives, best first
	Margin    float64   `json:"margin,omitempty"`
	By        string    `json:"by"`                  // "voice", "typed", "tap"
	Confirmed []Ask     `json:"confirmed,omitempty"` // questions answered with yes or a choice
}

// maxTraceTexts bounds the alternatives that are kept.
const maxTraceTexts = 3

func traceOf(h Heard, by string, at time.Time, confirmed []Ask) Trace {
	texts := h.Evidence.Texts
	return Trace{At: at, Text: h.Text, Texts: texts[:min(len(texts), maxTraceTexts)],
		Margin: h.Evidence.Margin, By: by, Confirmed: confirmed}
}
