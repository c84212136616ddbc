package alipay

import (
	"context"
	"errors"
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"
)

// trade is an order as trade.query and trade.pay tell it.
// https://opendocs.alipay.com/open/02ekfh
type trade struct {
	TradeNo    string `json:"trade_no"` // Alipay's
	OutTradeNo string `json:"out_trade_no"`
	Status     string `json:"trade_status"` // of query alone
	Total      string `json:"total_amount"` // yuan, "12.34"
}

// standing is what an order's state comes down to.
type standing int

const (
	unclear standing = iota // ask again
	absent                  // there is no such order: it is on its way, or its code was not scanned yet
	open                    // waits for the shopper
	paid
	over // not paid or wholly given back, and will never be paid
)

var (
	ofSystem = map[string]bool{"ACQ.SYSTEM_ERROR": true, "aop.ACQ.SYSTEM_ERROR": true, "aop.unknow-error": true, "isp.unknow-error": true}
	noTrade  = map[string]bool{"ACQ.TRADE_NOT_EXIST": true}
	// refusing are definite for an order that was sent once: Alipay has looked
	// at it and takes nothing.
	refusing = map[string]payments.Decline{
		"ACQ.BUYER_BALANCE_NOT_ENOUGH": payments.DeclineFunds, "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": payments.DeclineFunds,
		"ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": payments.DeclineFunds, "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": payments.DeclineFunds,
		"ACQ.BEYOND_PAY_RESTRICTION": payments.DeclineFunds, "ACQ.BEYOND_PER_RECEIPT_RESTRICTION": payments.DeclineFunds,
		"ACQ.PAYMENT_AUTH_CODE_INVALID": payments.DeclineExpired, "ACQ.TOTAL_FEE_EXCEED": payments.DeclineAmount,
		"ACQ.ERROR_BALANCE_PAYMENT_DISABLE": payments.DeclineMethod, "ACQ.BUYER_SELLER_EQUAL": payments.DeclineMethod,
		"ACQ.BUYER_ENABLE_STATUS_FORBID": payments.DeclineMethod, "ACQ.PULL_MOBILE_CASHIER_FAIL": payments.DeclineMethod,
		"ACQ.MOBILE_PAYMENT_SWITCH_OFF": payments.DeclineMethod, "ACQ.PAYMENT_FAIL": payments.DeclineMethod,
		"ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE": payments.DeclineMethod, "ACQ.INVALID_PARAMETER": payments.DeclineTrouble,
		"ACQ.ACCESS_FORBIDDEN": payments.DeclineTrouble, "ACQ.PARTNER_ERROR": payments.DeclineTrouble, "ACQ.EXIST_FORBIDDEN_WORD": payments.DeclineTrouble,
		"ACQ.SUBJECT_ERROR": payments.DeclineTrouble, "isv.invalid-signature": payments.DeclineTrouble, "isv.invalid-app-id": payments.DeclineTrouble,
		"isv.insufficient-isv-permissions": payments.DeclineTrouble,
	}
)

// declined is a definite refusal by its code.
func declined(err error) error {
	var e *Error
	if !errors.As(err, &e) || refusing[e.SubCode] == "" {
		return fmt.Errorf("%w: %w", payments.ErrNoCharge, err)
	}
	return &payments.DeclinedError{Reason: refusing[e.SubCode], Code: e.SubCode}
}

func standingOf(t trade, err error) standing {
	var e *Error
	switch {
	case is(err, noTrade):
		return absent
	case errors.As(err, &e) && e.Code == "10003":
		return open
	case is(err, refusing):
		return over
	case err != nil:
		return unclear
	}
	switch t.Status {
	case "TRADE_SUCCESS", "TRADE_FINISHED":
		return paid
	case "TRADE_CLOSED":
		return over
	case "WAIT_BUYER_PAY":
		return open
	}
	return unclear
}

type byNumber struct {
	OutTradeNo string `json:"out_trade_no"`
}

// query asks for an order by our number, three times at most.
func (g *Gateway) query(ctx context.Context, no string) (t trade, err error) {
	err = g.persist(ctx, "alipay.trade.query", byNumber{no}, &t)
	if err == nil && (t.OutTradeNo != no || t.TradeNo == "") {
		err = fmt.Errorf("query %s: %w", no, ErrReply)
	}
	return t, err
}

// Lookup is part of payments.Gateway. A charge that was wholly given back, by
// whatever means, is none.
func (g *Gateway) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	t, err := g.lookup(ctx, key)
	if err != nil {
		return "", err
	}
	return t.over(want)
}

// lookup is the trade of a key, if it is paid.
func (g *Gateway) lookup(ctx context.Context, key string) (trade, error) {
	no, err := OutTradeNo(key)
	if err != nil {
		return trade{}, fmt.Errorf("%w: %w", payments.ErrNoCharge, err)
	}
	t, err := g.query(ctx, no)
	switch s := standingOf(t, err); {
	case s == paid:
		return t, nil
	case s == over && err == nil:
		return trade{}, fmt.Errorf("%w: the trade is closed", payments.ErrNoCharge)
	case s == absent && g.gone(no, err):
		return trade{}, fmt.Errorf("%w: Alipay has no such trade", payments.ErrNoCharge)
	}
	return trade{}, errors.Join(ErrUnknown, err)
}

// over is the reference of a paid trade, if it is over the amount asked for.
func (t trade) over(want money.Amount) (string, error) {
	if got, err := fen(t.Total); err != nil || want != money.Of(got, "CNY") {
		return "", fmt.Errorf("%w: trade %s over %s was paid with %q yuan", errors.Join(payments.ErrAmount, ErrReply), t.OutTradeNo, want, t.Total)
	}
	return t.TradeNo, nil
}

// Reverse is part of payments.Gateway: trade.cancel closes what is not paid and
// gives back what is. Where cancelling is refused, as after a day, what is paid
// is refunded. An order that is not there can be made until it expires.
// https://opendocs.alipay.com/open/02ekfi
func (g *Gateway) Reverse(ctx context.Context, key string) error {
	no, err := OutTradeNo(key)
	if err != nil {
		return nil // nothing can have been charged under such a key
	}
	t, err := g.query(ctx, no)
	if err := g.undo(ctx, no, t, err); err != nil {
		return fmt.Errorf("reverse %s: %w", key, err)
	}
	return nil
}

func (g *Gateway) undo(ctx context.Context, no string, t trade, err error) error {
	switch s := standingOf(t, err); {
	case s == over && err == nil, s == absent && g.gone(no, err):
		return nil
	case s != open && s != paid || err != nil:
		return errors.Join(ErrUnknown, err)
	}
	var reply struct {
		RetryFlag string `json:"retry_flag"` // "Y": it has to be called again
	}
	err = g.persist(ctx, "alipay.trade.cancel", byNumber{no}, &reply)
	switch {
	case err == nil && reply.RetryFlag != "Y":
		return nil
	case err == nil:
		return fmt.Errorf("cancel: %w", ErrUnknown)
	case standingOf(t, nil) == paid && refusedFor(err):
		_, err = g.refund(ctx, refundOrder{OutTradeNo: no, Amount: t.Total, RequestNo: no + "_reverse", Reason: "reversal"})
	}
	return err
}

// refusedFor reports whether Alipay has understood a request and will not do it.
func refusedFor(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == "40004" && !is(err, ofSystem)
}

// fen reads yuan exactly: "12.3" is 1230. ErrReply for what is no amount.
func fen(yuan string) (int64, error) {
	a, err := money.Parse(yuan, "CNY")
	if err != nil || a.Minor < 0 {
		return 0, ErrReply
	}
	return a.Minor, nil
}

// yuan is an amount as Alipay writes it, or ErrNoCharge for what it does not
// take.
func yuan(a money.Amount) (string, error) {
	if a.Currency != "CNY" || a.Minor <= 0 {
		return "", &payments.DeclinedError{Reason: payments.DeclineAmount, Code: "not " + a.String()}
	}
	return a.Decimal(), nil
}
