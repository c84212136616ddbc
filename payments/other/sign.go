package other

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrSignature says that a message is not signed with the shared secret, is
// signed for something else, or is older than Tolerance.
var ErrSignature = errors.New("the signature is missing, wrong or too old")

// SignRequest is the header of a request or a callback: HMAC-SHA-256 over
// "request", time, method, path with query, and body, each ended by a newline
// but the last.
func SignRequest(secret []byte, at time.Time, method, uri string, body []byte) string {
	return sign(secret, at, body, "request", method, uri)
}

// CheckRequest is nil for a header that SignRequest made no longer than
// Tolerance ago, else ErrSignature.
func CheckRequest(secret []byte, now time.Time, header, method, uri string, body []byte) error {
	return check(secret, now, header, body, "request", method, uri)
}

// SignReply is the header of a reply. It covers the request's header, so that
// no reply fits another request.
func SignReply(secret []byte, at time.Time, request string, status int, body []byte) string {
	return sign(secret, at, body, "reply", request, strconv.Itoa(status))
}

// CheckReply is nil for a header that SignReply made for that request, else
// ErrSignature.
func CheckReply(secret []byte, now time.Time, header, request string, status int, body []byte) error {
	return check(secret, now, header, body, "reply", request, strconv.Itoa(status))
}

func sign(secret []byte, at time.Time, body []byte, parts ...string) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return fmt.Sprintf("t=%s,v1=%s", t, hex.EncodeToString(mac(secret, t, body, parts)))
}

func mac(secret []byte, t string, body []byte, parts []string) []byte {
	h := hmac.New(sha256.New, secret)
	for _, p := range []string{parts[0], t, strings.Join(parts[1:], "\n")} {
		h.Write([]byte(p + "\n"))
	}
	h.Write(body)
	return h.Sum(nil)
}

func check(secret []byte, now time.Time, header string, body []byte, parts ...string) error {
	t, signature, ok := strings.Cut(header, ",v1=")
	t, timed := strings.CutPrefix(t, "t=")
	seconds, err := strconv.ParseInt(t, 10, 64)
	got, hexErr := hex.DecodeString(signature)
	if !ok || !timed || err != nil || hexErr != nil {
		return fmt.Errorf("%w: %s is missing, or not t=SECONDS,v1=HEX", ErrSignature, SignatureHeader)
	}
	if !hmac.Equal(got, mac(secret, t, body, parts)) {
		return fmt.Errorf("%w: it was made with another secret, or for another message", ErrSignature)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > Tolerance || age < -Tolerance {
		return fmt.Errorf("%w: its time differs by more than %s from the clock here", ErrSignature, Tolerance)
	}
	return nil
}
