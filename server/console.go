package server

import (
	"net/http"
	"time"
)

// changedMessage names what a console shows and has changed: it is to be asked
// for anew.
type changedMessage struct {
	Type  string   `json:"type"` // "changed"
	Parts []string `json:"parts"`
}

// consoleSocket is GET /v1/merchant/events, a WebSocket that tells the console of
// a place what has changed. What a client says there is ignored.
func (s *Server) consoleSocket(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	l, err := s.watchers.listen(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	defer s.watchers.leave(p.place.ID, l)
	k, err := s.upgrade(w, r)
	if err != nil {
		return err
	}
	defer k.finish(s)
	told := make(chan struct{})
	go func() { defer close(told); s.tellConsole(k, r, p, l) }()
	k.each(func(bool, []byte) {})
	<-told
	return nil
}

// tellConsole sends what changes until the socket is over, or nobody is signed
// in any more.
func (s *Server) tellConsole(k *socket, r *http.Request, p *shop, l *listener) {
	check := time.NewTicker(s.Limits.Idle / 4)
	defer check.Stop()
	for {
		select {
		case <-l.wake:
			k.send(changedMessage{"changed", l.take()})
		case <-check.C:
			if _, err := s.own(r.WithContext(k.ctx), p.place.ID); err != nil {
				k.end(err)
				return
			}
		case <-k.ctx.Done():
			return
		}
	}
}
