package alipay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"voicetill/payments"
)

// order is the content of trade.pay and trade.precreate.
// https://opendocs.alipay.com/open/1f1fe18c_alipay.trade.pay
// https://opendocs.alipay.com/open/8ad49e4a_alipay.trade.precreate
type order struct {
	OutTradeNo  string `json:"out_trade_no"`
	TotalAmount string `json:"total_amount"` // yuan
	Subject     string `json:"subject"`
	Body        string `json:"body"`            // the amount again: notifications repeat it
	TimeExpire  string `json:"time_expire"`     // Beijing time
	Product     string `json:"product_code"`    //
	Scene       string `json:"scene,omitempty"` // of trade.pay
	AuthCode    string `json:"auth_code,omitempty"`
}

// Charge is part of payments.Gateway. With a scanned code it stays until the
// shopper has paid, refused or let codeLife pass. Without one it returns
// *payments.HandoffError with a QR code.
func (g *Gateway) Charge(ctx context.Context, c payments.Charge) (string, error) {
	no, err := OutTradeNo(c.Key)
	if err != nil {
		return "", fmt.Errorf("%w: %w", payments.ErrNoCharge, err)
	}
	sum, err := yuan(c.Amount)
	if err != nil {
		return "", err
	}
	o := order{OutTradeNo: no, TotalAmount: sum, Subject: title(c), Body: c.Amount.String(), Product: "FACE_TO_FACE_PAYMENT",
		TimeExpire: g.expires(no).Format(clock)}
	if !g.c.Now().Before(g.expires(no)) { // an order again that is too old to be paid
		return g.Lookup(ctx, c.Key, c.Amount)
	}
	if c.Code != "" {
		o.Scene, o.AuthCode = "bar_code", c.Code
		return g.byCode(ctx, c, o)
	}
	return g.byQR(ctx, c, o)
}

func (g *Gateway) byQR(ctx context.Context, c payments.Charge, o order) (string, error) {
	var reply struct {
		OutTradeNo string `json:"out_trade_no"`
		QRCode     string `json:"qr_code"`
	}
	err := g.persist(ctx, "alipay.trade.precreate", o, &reply)
	if err == nil && reply.QRCode != "" && reply.OutTradeNo == o.OutTradeNo {
		return "", &payments.HandoffError{Handoff: payments.Handoff{QR: reply.QRCode, Expires: g.expires(o.OutTradeNo)}}
	}
	if err == nil {
		return "", ErrReply
	}
	if !refusedFor(err) && !is(err, refusing) {
		return "", errors.Join(ErrUnknown, err)
	}
	t, qerr := g.query(ctx, o.OutTradeNo) // paid, closed or never made?
	switch s := standingOf(t, qerr); {
	case s == paid:
		return t.over(c.Amount)
	case s == over && qerr == nil, s == absent && is(err, refusing):
		return "", declined(err)
	}
	return "", errors.Join(ErrUnknown, err)
}

// byCode pays by a scanned code and asks every four seconds how it stands; an
// order that is not there yet is sent again under its number, which Alipay
// takes once. What is not paid after a minute is unknown: the till cancels it.
func (g *Gateway) byCode(ctx context.Context, c payments.Charge, o order) (string, error) {
	start, sent := g.c.Now(), 1
	t, err := g.pay(ctx, o)
	for {
		s, late := standingOf(t, err), g.c.Now().Sub(start) >= codeLife
		switch {
		case s == paid:
			return t.over(c.Amount)
		case s == over && sent == 1 && err != nil:
			return "", declined(err)
		case s == over && err == nil:
			return "", fmt.Errorf("%w: the trade is closed", payments.ErrNoCharge)
		case late:
			return "", fmt.Errorf("%w: it was not confirmed in time: %w", ErrUnknown, cmp.Or(err, errOpen))
		}
		if werr := g.c.Wait(ctx, pollPause); werr != nil {
			return "", errors.Join(ErrUnknown, err, werr)
		}
		refusal := err
		if t, err = g.query(ctx, o.OutTradeNo); standingOf(t, err) != absent || g.c.Now().Sub(start) >= codeLife {
			continue
		}
		if is(refusal, refusing) {
			return "", errors.Join(ErrUnknown, refusal) // an earlier request may still be on its way
		}
		t, err = g.pay(ctx, o)
		sent++
	}
}

// pay sends trade.pay once. Success means paid.
func (g *Gateway) pay(ctx context.Context, o order) (t trade, err error) {
	err = g.call(ctx, "alipay.trade.pay", o, &t)
	if err == nil {
		t.Status = "TRADE_SUCCESS"
		if t.OutTradeNo != o.OutTradeNo || t.TradeNo == "" {
			t.Status = "" // the query will tell
		}
	}
	return t, err
}

var errOpen = errors.New("the trade is open")

// title is the subject, 256 bytes at most, without the signs that Alipay
// refuses.
func title(c payments.Charge) string {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/=&", r) {
			return ' '
		}
		return r
	}, c.Title)
	for len(s) > 256 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	if s == "" {
		return "voicetill"
	}
	return s
}
