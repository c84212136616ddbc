package payments

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"
)

// newID is a ULID that tells a time by the till's clock: gateways read in a key
// when its attempt was made.
func newID(at time.Time) string {
	return ulid.MustNew(ulid.Timestamp(at), ids).String()
}

// ids orders what begins in one millisecond, whatever other clocks make.
var ids = &ulid.LockedMonotonicReader{MonotonicReader: ulid.Monotonic(rand.Reader, 0)}
