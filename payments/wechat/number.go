package wechat

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// numberPattern is what an out_trade_no consists of: 6 to 32 of these, unique
// for a merchant. Native orders also take "|", codepay does not.
var numberPattern = regexp.MustCompile(`^[0-9A-Za-z_*-]{6,32}$`)

// OutTradeNo is the order number of a settlement. A key is a bill and an
// attempt, "01J…/01J…", together too long for 32 characters: the attempt's ULID
// is the number, since no two attempts share one, and the whole key travels as
// the order's attachment. A short key keeps all its letters, with "*" for "/".
// ErrKey for any other.
func OutTradeNo(key string) (string, error) {
	if _, attempt, ok := strings.Cut(key, "/"); ok {
		if _, err := ulid.ParseStrict(attempt); err == nil {
			return attempt, nil
		}
	}
	no := strings.ReplaceAll(key, "/", "*")
	if strings.Contains(key, "*") || !numberPattern.MatchString(no) {
		return "", fmt.Errorf("%w %q", ErrKey, key)
	}
	return no, nil
}

// gone reports whether a request for the number, sent when the ULID in it was
// made, can no longer arrive: WeChat Pay refuses signatures that are older than
// Tolerance. False when the number tells no time.
func gone(number string, now time.Time) bool {
	begun, ok := begun(number)
	return ok && now.Sub(begun) > Tolerance+time.Minute
}

// begun is when the ULID at the start of a number was made.
func begun(number string) (time.Time, bool) {
	if len(number) < ulid.EncodedSize {
		return time.Time{}, false
	}
	id, err := ulid.ParseStrict(number[:ulid.EncodedSize])
	return ulid.Time(id.Time()), err == nil
}
