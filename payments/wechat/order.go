package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// amount is in fen.
type amount struct {
	Total    int64  `json:"total"`
	Refund   int64  `json:"refund,omitempty"`
	Currency string `json:"currency"`
}

// order is a transaction as queries, codepay and notifications tell it. Before
// it is paid most is left out, the trade type too.
// https://pay.weixin.qq.com/doc/v3/merchant/4012791859
type order struct {
	AppID         string `json:"appid"`
	Merchant      string `json:"mchid"`
	OutTradeNo    string `json:"out_trade_no"`
	TransactionID string `json:"transaction_id"`
	TradeType     string `json:"trade_type"`  // NATIVE, MICROPAY, …
	TradeState    string `json:"trade_state"` // see standing
	Attach        string `json:"attach"`      // our key; told once paid
	Amount        amount `json:"amount"`
}

// standing is what an order's state comes down to.
type standing int

const (
	unclear standing = iota // ask again
	absent                  // there is no such order; it may be on its way
	open                    // waits for the shopper
	paid
	refunded // paid, and given back wholly or in part
	over     // not paid, and will never be
)

// Codes of refusals. v2's spellings are taken as well, since both are seen.
var (
	noOrder = map[string]bool{"ORDER_NOT_EXIST": true, "ORDERNOTEXIST": true, "RESOURCE_NOT_EXISTS": true, "NOT_FOUND": true}
	waiting = map[string]bool{"USERPAYING": true, "USER_PAYING": true}
	// refusing are definite for an order that was sent once: WeChat Pay has
	// looked at it and takes nothing.
	refusing = map[string]payments.Decline{
		"NOTENOUGH": payments.DeclineFunds, "NOT_ENOUGH": payments.DeclineFunds, "RULE_LIMIT": payments.DeclineFunds, "RULELIMIT": payments.DeclineFunds,
		"AUTHCODEEXPIRE": payments.DeclineExpired, "AUTH_CODE_EXPIRE": payments.DeclineExpired, "AUTH_CODE_EXPIRED": payments.DeclineExpired,
		"AUTH_CODE_ERROR": payments.DeclineMethod, "AUTH_CODE_INVALID": payments.DeclineMethod, "NOTSUPORTCARD": payments.DeclineMethod,
		"NOT_SUPPORT_CARD": payments.DeclineMethod, "BUYER_MISMATCH": payments.DeclineMethod, "ACCOUNT_ERROR": payments.DeclineMethod,
		"USER_ACCOUNT_ABNORMAL": payments.DeclineMethod, "OPENID_MISMATCH": payments.DeclineMethod, "TRADE_ERROR": payments.DeclineMethod,
		"PARAM_ERROR": payments.DeclineTrouble, "NO_AUTH": payments.DeclineTrouble, "APPID_MCHID_NOT_MATCH": payments.DeclineTrouble,
		"MCH_NOT_EXISTS": payments.DeclineTrouble, "SIGN_ERROR": payments.DeclineTrouble,
	}
)

// declined is a definite refusal by its code.
func declined(err error) error {
	var e *Error
	if !errors.As(err, &e) || refusing[e.Code] == "" {
		return fmt.Errorf("%w: %w", payments.ErrNoCharge, err)
	}
	return &payments.DeclinedError{Reason: refusing[e.Code], Code: e.Code}
}

func standingOf(o order, err error) standing {
	switch {
	case is(err, noOrder):
		return absent
	case is(err, waiting):
		return open
	case is(err, refusing):
		return over
	case err != nil:
		return unclear
	}
	switch o.TradeState {
	case "SUCCESS":
		return paid
	case "REFUND":
		return refunded
	case "CLOSED", "REVOKED", "PAYERROR":
		return over
	case "NOTPAY", "USERPAYING", "ACCEPT":
		return open
	}
	return unclear
}

// query asks for an order by our number, three times at most.
func (g *Gateway) query(ctx context.Context, no string) (o order, err error) {
	err = g.persist(ctx, http.MethodGet, "/v3/pay/transactions/out-trade-no/"+no+"?mchid="+url.QueryEscape(g.c.Merchant), nil, &o)
	if err == nil && (o.OutTradeNo != no || o.Merchant != g.c.Merchant || o.TradeState == "SUCCESS" && o.TransactionID == "") {
		err = fmt.Errorf("query %s: %w", no, ErrReply)
	}
	return o, err
}

// Lookup is part of payments.Gateway.
func (g *Gateway) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	o, err := g.lookup(ctx, key)
	if err != nil {
		return "", err
	}
	return o.over(want)
}

// lookup is the order of a key, if it is paid.
func (g *Gateway) lookup(ctx context.Context, key string) (order, error) {
	no, err := OutTradeNo(key)
	if err != nil {
		return order{}, fmt.Errorf("%w: %w", payments.ErrNoCharge, err)
	}
	o, err := g.query(ctx, no)
	switch standingOf(o, err) {
	case paid:
		return o, nil
	case over:
		if err == nil {
			return order{}, fmt.Errorf("%w: the order is %s", payments.ErrNoCharge, o.TradeState)
		}
	case refunded:
		return g.reversedOrKept(ctx, o)
	case absent:
		if gone(no, g.c.Now()) {
			return order{}, fmt.Errorf("%w: WeChat Pay has no such order", payments.ErrNoCharge)
		}
	}
	return order{}, errors.Join(ErrUnknown, err)
}

// over is the reference of a paid order, if it is over the amount asked for.
func (o order) over(want money.Amount) (string, error) {
	if got := money.Of(o.Amount.Total, "CNY"); o.TransactionID == "" || got != want || o.Amount.Currency != "" && o.Amount.Currency != "CNY" {
		return "", fmt.Errorf("%w: order %s over %s was paid with %d %s", errors.Join(payments.ErrAmount, ErrReply), o.OutTradeNo, want, o.Amount.Total, o.Amount.Currency)
	}
	return o.TransactionID, nil
}

// reversedOrKept tells a charge that Reverse gave back from one that the
// merchant refunded later.
func (g *Gateway) reversedOrKept(ctx context.Context, o order) (order, error) {
	r, err := g.queryRefund(ctx, reversal(o.OutTradeNo))
	switch {
	case is(err, noOrder):
		return o, nil
	case err != nil:
		return order{}, err
	case r.Status == "SUCCESS":
		return order{}, fmt.Errorf("%w: it was reversed", payments.ErrNoCharge)
	}
	return order{}, fmt.Errorf("%w: the reversal is %s", ErrUnknown, r.Status)
}

// expires is when a native order can no longer be paid: the same for each
// request with the key, since a repeated order must not differ.
func (g *Gateway) expires(no string) time.Time {
	at, ok := begun(no)
	if !ok {
		at = g.c.Now()
	}
	return at.Add(QRLife).In(beijing).Truncate(time.Second)
}

var beijing = time.FixedZone("CST", 8*60*60)

// fen is an amount as WeChat Pay counts it, or ErrNoCharge for what it does not
// take.
func fen(a money.Amount) (amount, error) {
	if a.Currency != "CNY" || a.Minor <= 0 {
		return amount{}, &payments.DeclinedError{Reason: payments.DeclineAmount, Code: "not " + a.String()}
	}
	return amount{Total: a.Minor, Currency: "CNY"}, nil
}
