package wechat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"voicetill/payments"
)

// nativeOrder is the body of POST /v3/pay/transactions/native.
// https://pay.weixin.qq.com/doc/v3/merchant/4012791877
type nativeOrder struct {
	AppID       string `json:"appid"`
	Merchant    string `json:"mchid"`
	Description string `json:"description"`
	OutTradeNo  string `json:"out_trade_no"`
	TimeExpire  string `json:"time_expire"` // RFC 3339
	Attach      string `json:"attach"`
	NotifyURL   string `json:"notify_url"`
	Amount      amount `json:"amount"`
}

// codeOrder is the body of POST /v3/pay/transactions/codepay, which has neither
// notification nor expiry.
// https://pay.weixin.qq.com/docs/merchant/apis/code-payment-v3/direct/code-pay.html
type codeOrder struct {
	AppID       string `json:"appid"`
	Merchant    string `json:"mchid"`
	Description string `json:"description"`
	OutTradeNo  string `json:"out_trade_no"`
	Attach      string `json:"attach"`
	Payer       payer  `json:"payer"`
	Amount      amount `json:"amount"`
	Scene       scene  `json:"scene_info"`
}

type payer struct {
	AuthCode string `json:"auth_code"` // 18 digits, valid for one minute
}

type scene struct {
	Store store `json:"store_info"`
}

type store struct {
	OutID string `json:"out_id"` // ours, 32 characters at most
}

// Charge is part of payments.Gateway. With a scanned code it stays until the
// shopper has paid, refused or let codeLife pass. Without one it returns
// *payments.HandoffError with a QR code.
func (g *Gateway) Charge(ctx context.Context, c payments.Charge) (string, error) {
	no, err := OutTradeNo(c.Key)
	if err != nil {
		return "", fmt.Errorf("%w: %w", payments.ErrNoCharge, err)
	}
	sum, err := fen(c.Amount)
	if err != nil {
		return "", err
	}
	if c.Code != "" {
		return g.byCode(ctx, c, no, sum)
	}
	return g.byQR(ctx, c, no, sum)
}

func (g *Gateway) byQR(ctx context.Context, c payments.Charge, no string, sum amount) (string, error) {
	expires := g.expires(no)
	if !g.c.Now().Before(expires) { // an order again that is too old to be scanned
		return g.Lookup(ctx, c.Key, c.Amount)
	}
	var reply struct {
		CodeURL string `json:"code_url"`
	}
	err := g.persist(ctx, http.MethodPost, "/v3/pay/transactions/native", nativeOrder{AppID: g.c.AppID, Merchant: g.c.Merchant,
		Description: title(c), OutTradeNo: no, TimeExpire: expires.Format(time.RFC3339), Attach: c.Key, NotifyURL: g.c.Notify, Amount: sum}, &reply)
	if err == nil && reply.CodeURL != "" {
		return "", &payments.HandoffError{Handoff: payments.Handoff{QR: reply.CodeURL, Expires: expires}}
	}
	if err == nil {
		return "", ErrReply
	}
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Status >= 500 {
		return "", errors.Join(ErrUnknown, err)
	}
	o, qerr := g.query(ctx, no) // paid, closed or never made?
	switch s := standingOf(o, qerr); {
	case s == paid:
		return o.over(c.Amount)
	case s == over && qerr == nil, s == absent && is(err, refusing):
		return "", declined(err)
	}
	return "", errors.Join(ErrUnknown, err)
}

// byCode pays by a scanned code. An unclear answer is followed by a query after
// five seconds, "the shopper is typing a password" by one after ten; an order
// that is not there yet is sent again under its number, which WeChat Pay takes
// once. What is not paid after codeLife is unknown: the till reverses it.
func (g *Gateway) byCode(ctx context.Context, c payments.Charge, no string, sum amount) (string, error) {
	begun, sent := g.c.Now(), 1
	o, err := g.codepay(ctx, c, no, sum)
	for {
		s := standingOf(o, err)
		late := g.c.Now().Sub(begun) >= codeLife
		switch {
		case s == paid:
			return o.over(c.Amount)
		case s == over && sent == 1:
			return "", refusedBy(o, err)
		case s == over && g.c.Now().Sub(begun) >= reverseWait, late:
			return "", fmt.Errorf("%w: it was not confirmed in time: %w", ErrUnknown, cmp.Or(err, errOpen))
		}
		pause := systemPause
		if s == open {
			pause = payPause
		}
		if werr := g.c.Wait(ctx, pause); werr != nil {
			return "", errors.Join(ErrUnknown, err, werr)
		}
		if o, err = g.query(ctx, no); standingOf(o, err) == absent && g.c.Now().Sub(begun) < codeLife {
			o, err = g.codepay(ctx, c, no, sum)
			sent++
		}
	}
}

func (g *Gateway) codepay(ctx context.Context, c payments.Charge, no string, sum amount) (o order, err error) {
	err = g.call(ctx, http.MethodPost, "/v3/pay/transactions/codepay", codeOrder{AppID: g.c.AppID, Merchant: g.c.Merchant,
		Description: title(c), OutTradeNo: no, Attach: c.Key, Payer: payer{c.Code}, Amount: sum,
		Scene: scene{store{cut(c.Merchant, 32)}}}, &o)
	if err == nil && (o.OutTradeNo != no || o.Merchant != g.c.Merchant || o.TransactionID == "") {
		o.TradeState = "" // the query will tell
	}
	return o, err
}

var errOpen = errors.New("the order is open")

func refusedBy(o order, err error) error {
	if err == nil {
		return fmt.Errorf("%w: the order is %s", payments.ErrNoCharge, o.TradeState)
	}
	return declined(err)
}

// title is what the shopper's statement shows, 127 bytes at most.
func title(c payments.Charge) string {
	if c.Title == "" {
		return "voicetill"
	}
	return cut(c.Title, 127)
}

// cut is s, or as many whole characters of it as fit n bytes.
func cut(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
