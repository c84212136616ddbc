package server

import (
	"net/http"
	"time"
)

// zoneBody is the clock by which a place's days are counted.
type zoneBody struct {
	Zone string    `json:"zone"` // IANA name; "": the till's own
	Now  time.Time `json:"now"`  // by that clock
	Name string    `json:"name"` // of the zone that is in force
}

// getZone is GET /v1/merchant/zone.
func (s *Server) getZone(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	return s.tellZone(w, r, p)
}

func (s *Server) tellZone(w http.ResponseWriter, r *http.Request, p *shop) error {
	place, err := s.Records.Place(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, zoneBody{place.ZoneName, s.Now().In(place.Zone), place.Zone.String()})
	return nil
}

// putZone is PUT /v1/merchant/zone.
func (s *Server) putZone(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in struct {
		Zone string `json:"zone"`
	}
	if err := readSetting(w, r, &in, "zone"); err != nil {
		return err
	}
	if err := s.Records.SetZone(r.Context(), p.place.ID, in.Zone); err != nil {
		return inField("zone", err)
	}
	if err := s.shelves.reload(r.Context(), p); err != nil {
		return err
	}
	return s.tellZone(w, r, p)
}
