package alipay

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// keyPattern is a settlement's key, "01J…/01J…", with what Alipay takes in an
// out_trade_no: 64 letters, digits and underscores.
var keyPattern = regexp.MustCompile(`^[0-9A-Za-z]+/[0-9A-Za-z]+$`)

// OutTradeNo is the order number of a settlement's key: "_" for "/". ErrKey for
// a key of another form.
func OutTradeNo(key string) (string, error) {
	if len(key) > 56 || !keyPattern.MatchString(key) { // reversal adds eight
		return "", fmt.Errorf("%w %q", ErrKey, key)
	}
	return strings.Replace(key, "/", "_", 1), nil
}

// Key is the settlement that an order number was made of, or ErrKey.
func Key(no string) (string, error) {
	key := strings.Replace(no, "_", "/", 1)
	if back, err := OutTradeNo(key); err != nil || back != no {
		return "", fmt.Errorf("%w: order number %q", ErrKey, no)
	}
	return key, nil
}

// begun is when the attempt in an order number was made, if it tells.
func begun(no string) (time.Time, bool) {
	_, attempt, _ := strings.Cut(no, "_")
	id, err := ulid.ParseStrict(attempt)
	return ulid.Time(id.Time()), err == nil
}

// expires is when Alipay takes an order no more: the same for each request with
// the key, since a repeated order must not differ.
func (g *Gateway) expires(no string) time.Time {
	at, ok := begun(no)
	if !ok {
		at = g.c.Now()
	}
	return at.Add(QRLife).In(beijing).Truncate(time.Second)
}

// gone reports whether a request for the order, or the scan of its code, can no
// longer make it, after absent has said that there is none: it carries its expiry,
// which has passed by the clock here and by Alipay's, since one here that was set
// forwards says nothing of the code that the shopper sees.
func (g *Gateway) gone(no string, absent error) bool {
	_, ok := begun(no)
	at := g.c.Now()
	var e *Error
	if errors.As(absent, &e) && !e.at.IsZero() && e.at.Before(at) {
		at = e.at
	}
	return ok && at.Sub(g.expires(no)) > slack
}

var beijing = time.FixedZone("CST", 8*60*60)

// clock is Alipay's way to write a time, in Beijing's.
const clock = "2006-01-02 15:04:05"
