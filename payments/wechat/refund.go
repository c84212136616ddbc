package wechat

import (
	"context"
	"fmt"
	"net/http"

	"voicetill/payments"
)

// refundOrder is the body of POST /v3/refund/domestic/refunds.
// https://pay.weixin.qq.com/doc/v3/merchant/4012791883
type refundOrder struct {
	OutTradeNo  string `json:"out_trade_no"`
	OutRefundNo string `json:"out_refund_no"` // 64 characters at most; the same number is refunded once
	Reason      string `json:"reason,omitempty"`
	Amount      amount `json:"amount"`
}

// refund is how a refund stands: PROCESSING, SUCCESS, CLOSED (failed for good)
// or ABNORMAL (the shopper's card is gone; the merchant finishes it by hand on
// the merchant platform).
type refund struct {
	RefundID    string `json:"refund_id"`
	OutRefundNo string `json:"out_refund_no"`
	Status      string `json:"status"`
}

// unrefundable are definite when no refund of the number exists.
var unrefundable = map[string]bool{"PARAM_ERROR": true, "INVALID_REQUEST": true, "RESOURCE_NOT_EXISTS": true,
	"MCH_NOT_EXISTS": true, "NO_AUTH": true, "REFUND_FEE_MISMATCH": true, "TRADE_OVERDUE": true}

// Refund is part of payments.Gateway. It succeeds when WeChat Pay says so, which
// takes minutes to a balance and up to three days to a bank card; until then
// the outcome is unknown. NOT_ENOUGH (the merchant's own balance) is tried
// again.
func (g *Gateway) Refund(ctx context.Context, r payments.Refund) (string, error) {
	no, err := OutTradeNo(r.Charge)
	if err != nil || r.Amount.Currency != "CNY" || r.Amount.Minor <= 0 || r.Amount.Minor > r.Charged.Minor {
		return "", fmt.Errorf("%w: %s of %s under %q is nothing that WeChat Pay gives back", payments.ErrNoRefund, r.Amount, r.Charged, r.Charge)
	}
	got, err := g.refund(ctx, refundOrder{OutTradeNo: no, OutRefundNo: r.Key, Reason: cut(r.Reason, 80),
		Amount: amount{Total: r.Charged.Minor, Refund: r.Amount.Minor, Currency: "CNY"}})
	if is(err, unrefundable) {
		if _, qerr := g.queryRefund(ctx, r.Key); is(qerr, noOrder) {
			return "", fmt.Errorf("%w: %w", payments.ErrNoRefund, err)
		}
	}
	if err != nil {
		return "", err
	}
	return got.outcome()
}

func (r refund) outcome() (string, error) {
	switch {
	case r.Status == "SUCCESS" && r.RefundID != "":
		return r.RefundID, nil
	case r.Status == "CLOSED":
		return "", fmt.Errorf("%w: WeChat Pay has closed it", payments.ErrNoRefund)
	case r.Status == "ABNORMAL":
		return "", fmt.Errorf("%w: the shopper's card or account is closed: finish refund %s on the merchant platform", ErrUnknown, r.OutRefundNo)
	}
	return "", fmt.Errorf("%w: refund %s is %s", ErrUnknown, r.OutRefundNo, r.Status)
}

func (g *Gateway) refund(ctx context.Context, asked refundOrder) (r refund, err error) {
	err = g.persist(ctx, http.MethodPost, "/v3/refund/domestic/refunds", asked, &r)
	if err == nil && r.OutRefundNo != asked.OutRefundNo {
		err = fmt.Errorf("refund %s: %w", asked.OutRefundNo, ErrReply)
	}
	return r, err
}

func (g *Gateway) queryRefund(ctx context.Context, no string) (r refund, err error) {
	err = g.persist(ctx, http.MethodGet, "/v3/refund/domestic/refunds/"+no, nil, &r)
	if err == nil && r.OutRefundNo != no {
		err = fmt.Errorf("query refund %s: %w", no, ErrReply)
	}
	return r, err
}
