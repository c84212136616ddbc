package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// parties is the body of reverse and, without AppID, of close.
type parties struct {
	AppID    string `json:"appid,omitempty"`
	Merchant string `json:"mchid"`
}

// Reverse is part of payments.Gateway. What is paid is refunded under a number of
// its own, so that Lookup can tell. An order to be scanned is closed, that of a
// scanned code reversed, which gives back what was taken in the meantime. WeChat
// Pay asks not to reverse within 15 seconds from the payment.
// https://pay.weixin.qq.com/docs/merchant/apis/code-payment-v3/direct/reverse.html
func (g *Gateway) Reverse(ctx context.Context, key string) error {
	no, err := OutTradeNo(key)
	if err != nil {
		return nil // nothing can have been charged under such a key
	}
	if at, ok := begun(no); ok && g.c.Now().Sub(at) < reverseWait {
		return fmt.Errorf("reverse %s: %w: it is too soon", key, ErrUnknown)
	}
	o, err := g.query(ctx, no)
	if err := g.undo(ctx, no, o, err); err != nil {
		return fmt.Errorf("reverse %s: %w", key, err)
	}
	return nil
}

func (g *Gateway) undo(ctx context.Context, no string, o order, err error) error {
	switch standingOf(o, err) {
	case absent:
		if gone(no, g.c.Now()) {
			return nil
		}
		return errors.Join(ErrUnknown, err)
	case paid, refunded:
		return g.giveBackAll(ctx, o)
	case over:
		if err == nil && o.TradeState != "PAYERROR" {
			return nil
		}
		return g.reverse(ctx, no)
	case open:
		return g.stop(ctx, no, o)
	}
	return errors.Join(ErrUnknown, err)
}

// stop ends an order that is not paid. Only a codepay order is USERPAYING; for
// the rest the trade type is not told before the payment, and WeChat Pay
// refuses to close what must be reversed.
func (g *Gateway) stop(ctx context.Context, no string, o order) error {
	if o.TradeState != "NOTPAY" {
		return g.reverse(ctx, no)
	}
	err := g.persist(ctx, http.MethodPost, "/v3/pay/transactions/out-trade-no/"+no+"/close", parties{Merchant: g.c.Merchant}, nil)
	var refusal *Error
	if errors.As(err, &refusal) && refusal.Status < 500 {
		return g.reverse(ctx, no)
	}
	return err
}

func (g *Gateway) reverse(ctx context.Context, no string) error {
	return g.persist(ctx, http.MethodPost, "/v3/pay/transactions/out-trade-no/"+no+"/reverse", parties{AppID: g.c.AppID, Merchant: g.c.Merchant}, nil)
}

// reversal is the refund number of a paid order that Reverse gives back. It has
// a sign that no refund's key has.
func reversal(no string) string { return no + "_reverse" }

// giveBackAll refunds a whole order. Only success counts: a refund in process
// can still be closed.
func (g *Gateway) giveBackAll(ctx context.Context, o order) error {
	r, err := g.refund(ctx, refundOrder{OutTradeNo: o.OutTradeNo, OutRefundNo: reversal(o.OutTradeNo),
		Amount: amount{Total: o.Amount.Total, Refund: o.Amount.Total, Currency: "CNY"}})
	if err != nil {
		return err
	}
	if r.Status != "SUCCESS" {
		return fmt.Errorf("%w: the refund is %s", ErrUnknown, r.Status)
	}
	return nil
}
