package alipay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"voicetill/payments/rsakey"
)

// maxBody is the size in bytes that no answer and no notification exceeds.
const maxBody = 64 << 10

// status is what every signed answer begins with.
type status struct {
	Code    string `json:"code"` // see Error
	Msg     string `json:"msg"`
	SubCode string `json:"sub_code"`
	SubMsg  string `json:"sub_msg"` // Chinese, for the operator
}

// Error is an answer that is no success: 10003 waits for the shopper, 20000 is
// unclear, 40004 is refused with a reason, 40001 to 40006 are mistakes of ours.
// https://opendocs.alipay.com/common/02km9f
type Error struct {
	status
	at time.Time // by Alipay's clock, zero: not told
}

func (e *Error) Error() string {
	return fmt.Sprintf("Alipay answers %s %s: %s %s", e.Code, e.Msg, e.SubCode, e.SubMsg)
}

// is reports whether err is an answer with one of the sub-codes.
func is[V any](err error, codes map[string]V) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	_, ok := codes[e.SubCode]
	return ok
}

// signed is the text that Alipay and applications sign: the parameters in order
// of their names, without the empty ones and those left out.
func signed(v url.Values, without ...string) string {
	var pairs []string
	for name, values := range v {
		if !slices.Contains(without, name) && len(values) > 0 && values[0] != "" {
			pairs = append(pairs, name+"="+values[0])
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// parameters are those of a signed request. https://opendocs.alipay.com/common/02kf5q
func (g *Gateway) parameters(method string, content any) (url.Values, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	v := url.Values{"app_id": {g.c.AppID}, "method": {method}, "format": {"JSON"}, "charset": {"utf-8"}, "sign_type": {"RSA2"},
		"timestamp": {g.c.Now().In(beijing).Format(clock)}, "version": {"1.0"}, "notify_url": {g.c.Notify}, "biz_content": {string(text)}}
	signature, err := rsakey.Sign(g.c.Key, []byte(signed(v)))
	v.Set("sign", signature)
	return v, err
}

// call sends a request once and reads the signed answer into result. *Error is
// an answer that is no success. After any other error it is unknown what the
// request has done.
func (g *Gateway) call(ctx context.Context, method string, content, result any) error {
	if err := g.exchange(ctx, method, content, result); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

func (g *Gateway) exchange(ctx context.Context, method string, content, result any) error {
	v, err := g.parameters(method, content)
	if err != nil {
		return err
	}
	body := url.Values{"biz_content": v["biz_content"]}
	v.Del("biz_content")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.c.URL+"?"+v.Encode(), strings.NewReader(body.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	resp, err := g.c.Client.Do(r)
	if err != nil {
		return hideQuery(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: status %d", ErrReply, resp.StatusCode)
	case len(text) > maxBody:
		return ErrReply
	}
	err = g.read(method, text, result)
	var e *Error
	if errors.As(err, &e) {
		e.at, _ = http.ParseTime(resp.Header.Get("Date")) // none is none
	}
	return err
}

// hideQuery leaves the address out of a client's error: it holds the signature.
func hideQuery(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// read verifies an answer, {"alipay_trade_pay_response": {…}, "sign": "…"}: the
// signature is over the bytes of the inner object as they came.
func (g *Gateway) read(method string, text []byte, result any) error {
	var nodes map[string]json.RawMessage
	if json.Unmarshal(text, &nodes) != nil {
		return ErrReply
	}
	var signature string
	node, ok := nodes[strings.ReplaceAll(method, ".", "_")+"_response"]
	if !ok {
		node, ok = nodes["error_response"]
	}
	if !ok || len(node) == 0 || node[0] != '{' {
		return ErrReply
	}
	if sign, there := nodes["sign"]; there && json.Unmarshal(sign, &signature) != nil {
		return ErrReply
	}
	var s status
	if json.Unmarshal(node, &s) != nil {
		return ErrReply
	}
	if rsakey.Verify(g.c.AlipayKey, node, signature) != nil {
		if s.Code != "10000" && s.Code != "10003" { // what a wrong key of ours looks like; nothing is decided by it
			return fmt.Errorf("%w (it reads: %s)", ErrSignature, (&Error{status: s}).Error())
		}
		return ErrSignature
	}
	if s.Code != "10000" {
		return &Error{status: s}
	}
	if json.Unmarshal(node, result) != nil {
		return ErrReply
	}
	return nil
}

// persist calls until there is a clear answer, three times at most: for
// requests whose repetition changes nothing.
func (g *Gateway) persist(ctx context.Context, method string, content, result any) (err error) {
	for range tries {
		var e *Error
		err = g.call(ctx, method, content, result)
		if err == nil || ctx.Err() != nil || errors.As(err, &e) && e.Code != "20000" && !is(err, ofSystem) {
			break
		}
	}
	return err
}
