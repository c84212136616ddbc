package store

import "context"

// registrationSetting is the place's setting that Registration reads.
const registrationSetting = "registration"

type registration struct {
	Open bool `json:"open"`
}

// Registration is whether shoppers of a place make accounts by themselves: they
// do until SetRegistration says otherwise.
func (db *DB) Registration(ctx context.Context, place string) (open bool, err error) {
	r := registration{Open: true}
	_, err = db.PlaceSetting(ctx, place, registrationSetting, &r)
	return r.Open, err
}

// SetRegistration opens or ends registration at a place, or returns ErrNoPlace.
func (db *DB) SetRegistration(ctx context.Context, place string, open bool) error {
	return db.SetPlaceSetting(ctx, place, registrationSetting, registration{open})
}
