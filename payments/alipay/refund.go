package alipay

import (
	"context"
	"errors"
	"fmt"

	"voicetill/payments"
)

// refundOrder is the content of trade.refund.
// https://opendocs.alipay.com/open/02ekfk
type refundOrder struct {
	OutTradeNo string `json:"out_trade_no"`
	Amount     string `json:"refund_amount"`  // yuan
	RequestNo  string `json:"out_request_no"` // the same number is refunded once
	Reason     string `json:"refund_reason,omitempty"`
}

// refundQuery is the content of trade.fastpay.refund.query.
// https://opendocs.alipay.com/open/02ekfl
type refundQuery struct {
	OutTradeNo string `json:"out_trade_no"`
	RequestNo  string `json:"out_request_no"`
}

// refundState is what refund and query answer. A query for a refund that does
// not exist succeeds, with nothing in it.
type refundState struct {
	TradeNo    string `json:"trade_no"`
	FundChange string `json:"fund_change"`   // of refund: "Y" when money moved by this request
	Status     string `json:"refund_status"` // of query: REFUND_SUCCESS, or left out
	RequestNo  string `json:"out_request_no"`
}

// unrefundable are definite when no refund of the number exists.
var unrefundable = map[string]bool{"ACQ.TRADE_NOT_EXIST": true, "ACQ.TRADE_HAS_FINISHED": true, "ACQ.TRADE_STATUS_ERROR": true,
	"ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": true, "ACQ.REASON_TRADE_BEEN_FREEZEN": true, "ACQ.REFUND_FEE_ERROR": true,
	"ACQ.TRADE_NOT_ALLOW_REFUND": true, "ACQ.INVALID_PARAMETER": true, "ACQ.REFUND_ACCOUNT_NOT_EXIST": true,
	"ACQ.DISCORDANT_REPEAT_REQUEST": true, "ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND": true, "ACQ.ALREADY_REFUND": true}

// Refund is part of payments.Gateway. The reference is Alipay's trade number
// and the refund's key, since Alipay gives refunds no number of their own. What
// the merchant's balance does not cover is tried again.
func (g *Gateway) Refund(ctx context.Context, r payments.Refund) (string, error) {
	no, err := OutTradeNo(r.Charge)
	sum, yerr := yuan(r.Amount)
	if err != nil || yerr != nil || r.Amount.Minor > r.Charged.Minor {
		return "", fmt.Errorf("%w: %s of %s under %q is nothing that Alipay gives back", payments.ErrNoRefund, r.Amount, r.Charged, r.Charge)
	}
	ref, err := g.refund(ctx, refundOrder{OutTradeNo: no, Amount: sum, RequestNo: r.Key, Reason: r.Reason})
	if is(err, unrefundable) {
		if _, qerr := g.queryRefund(ctx, no, r.Key); errors.Is(qerr, errNoRefund) {
			return "", fmt.Errorf("%w: %w", payments.ErrNoRefund, err)
		}
	}
	return ref, err
}

// refund succeeds when the money has moved: at once, or as the query tells.
func (g *Gateway) refund(ctx context.Context, asked refundOrder) (string, error) {
	var s refundState
	if err := g.persist(ctx, "alipay.trade.refund", asked, &s); err != nil {
		return "", err
	}
	if s.FundChange == "Y" && s.TradeNo != "" {
		return s.TradeNo + "/" + asked.RequestNo, nil
	}
	ref, err := g.queryRefund(ctx, asked.OutTradeNo, asked.RequestNo)
	if errors.Is(err, errNoRefund) {
		return "", fmt.Errorf("%w: the refund was accepted and has not happened yet", ErrUnknown)
	}
	return ref, err
}

var errNoRefund = errors.New("Alipay tells of no such refund")

// queryRefund is the reference of a refund that has happened, errNoRefund if
// Alipay knows none, or another error.
func (g *Gateway) queryRefund(ctx context.Context, no, request string) (string, error) {
	var s refundState
	err := g.persist(ctx, "alipay.trade.fastpay.refund.query", refundQuery{no, request}, &s)
	switch {
	case is(err, noTrade):
		return "", errNoRefund
	case err != nil:
		return "", err
	case s.Status == "REFUND_SUCCESS" && s.RequestNo == request && s.TradeNo != "":
		return s.TradeNo + "/" + request, nil
	case s.RequestNo == "" && s.Status == "":
		return "", errNoRefund
	}
	return "", fmt.Errorf("%w: the refund is %q", ErrUnknown, s.Status)
}
