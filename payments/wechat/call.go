package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxBody is the size in bytes that no answer and no notification exceeds.
const maxBody = 64 << 10

// Error is a refusal that WeChat Pay has signed.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`    // "ORDER_NOT_EXIST"
	Message string `json:"message"` // Chinese, for the operator
}

func (e *Error) Error() string {
	return fmt.Sprintf("WeChat Pay refuses with %d %s: %s", e.Status, e.Code, e.Message)
}

// is reports whether err is a refusal with one of the codes.
func is[V any](err error, codes map[string]V) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	_, ok := codes[e.Code]
	return ok
}

// answer is a response that was read but not yet verified.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) failure() *Error {
	e := &Error{Status: a.status}
	if json.Unmarshal(a.body, e) != nil {
		e.Code, e.Message = "", ""
	}
	return e
}

// send signs and sends a request once.
func (g *Gateway) send(ctx context.Context, method, uri string, body []byte) (a answer, err error) {
	authorization, err := g.c.authorization(method, uri, body)
	if err != nil {
		return a, err
	}
	r, err := http.NewRequestWithContext(ctx, method, g.c.URL+uri, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "voicetill")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if g.c.PublicKeyID != "" {
		r.Header.Set("Wechatpay-Serial", g.c.PublicKeyID)
	}
	resp, err := g.c.Client.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(text) > maxBody {
		err = ErrReply
	}
	return answer{resp.StatusCode, resp.Header, text}, err
}

// call sends a request once and reads the signed answer into result, which may
// be nil. *Error is a refusal. After any other error it is unknown what the
// request has done.
func (g *Gateway) call(ctx context.Context, method, uri string, request, result any) error {
	if err := g.exchange(ctx, method, uri, request, result); err != nil {
		return fmt.Errorf("%s %s: %w", method, uri, err)
	}
	return nil
}

func (g *Gateway) exchange(ctx context.Context, method, uri string, request, result any) (err error) {
	var body []byte
	if request != nil {
		if body, err = json.Marshal(request); err != nil {
			return err
		}
	}
	a, err := g.send(ctx, method, uri, body)
	if err != nil {
		return err
	}
	if err := g.verify(ctx, a.header, a.body); err != nil {
		if a.status >= 300 { // what a wrong key of ours looks like
			return fmt.Errorf("%w (it reads: %w)", err, unsigned{a.failure()})
		}
		return err
	}
	if a.status >= 300 {
		return a.failure()
	}
	if result == nil {
		return nil
	}
	if json.Unmarshal(a.body, result) != nil {
		return ErrReply
	}
	return nil
}

// unsigned shows a refusal to the operator and to nobody else: nothing is
// decided by it.
type unsigned struct{ e *Error }

func (u unsigned) Error() string { return u.e.Error() }

// persist calls until there is an answer, three times at most: for requests
// whose repetition changes nothing.
func (g *Gateway) persist(ctx context.Context, method, uri string, request, result any) (err error) {
	for range tries {
		var e *Error
		err = g.call(ctx, method, uri, request, result)
		if err == nil || ctx.Err() != nil || errors.As(err, &e) && e.Status < 500 {
			break
		}
	}
	return err
}
