// Package conform tries a server against the contract of package other, as
// `voicetill provider check` does for those who wrote one.
package conform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"voicetill/payments/other"
)

// Config says whom to try. Charges are made and given back; a check that fails
// may leave some.
type Config struct {
	URL         string
	Secret      []byte
	Payer       string // has at least ten times AmountMinor
	Poor        string // has less than AmountMinor; "": that check is left out
	Currency    string
	AmountMinor int64 // of one charge, 4 or more
	Client      *http.Client
	Now         func() time.Time
}

// Result is the outcome of one check: a sentence of the contract that holds, or
// an error that says what was seen instead.
type Result struct {
	Sentence string
	Err      error
	LeftOut  string // why it was not tried
}

var errLeftOut = errors.New("left out")

// check tries one sentence of the contract.
type check struct {
	sentence string
	try      func(context.Context, *probe) error
}

var checks = []check{
	{"a request without a signature is refused with 401 and changes nothing", unsigned},
	{"a signature by another secret, for another path or body is refused with 401", forged},
	{"a signature older or newer than 300 seconds is refused with 401", stale},
	{"a charge succeeds with a reference, and its key finds it", charged},
	{"a charge is made once per key, also when asked again later or ten times at once", once},
	{"a key that was used for another charge is answered with 409", conflict},
	{"a key that never arrived is none", unknown},
	{"a reversed charge is reversed, and stays so when it is asked for again", reversed},
	{"a charge that arrives after its reversal never succeeds", fenced},
	{"a refund of a part succeeds once per key, and its key finds it", refunded},
	{"all refunds of a charge are never more than it, also ten at once", bounded},
	{"a refund of what was never charged is declined", baseless},
	{"a payer with too little is declined with what there is, and stays declined", poor},
}

// Run tries every sentence in order and reports each as soon as it is known.
// It returns how many do not hold, and other.ErrConfig for an address or secret
// that cannot be.
func Run(ctx context.Context, c Config, report func(Result)) (failed int, err error) {
	if c.AmountMinor < 4 || c.Payer == "" || c.Currency == "" {
		return 0, fmt.Errorf("%w: a payer, a currency and an amount of at least 4 minor units are needed", other.ErrConfig)
	}
	p, err := newProbe(c)
	if err != nil {
		return 0, err
	}
	for _, k := range checks {
		r := Result{Sentence: k.sentence, Err: k.try(ctx, p)}
		if errors.Is(r.Err, errLeftOut) {
			r.LeftOut, r.Err = r.Err.Error(), nil
		}
		if r.Err != nil {
			failed++
		}
		report(r)
	}
	return failed, nil
}
