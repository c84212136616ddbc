package wechattest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

type refund struct {
	order  *order
	id     string
	no     string
	refund int64
	made   time.Time
}

// view is an order as the API tells it: before the payment without trade type,
// attachment and transaction.
func (o *order) view() map[string]any {
	v := map[string]any{"appid": o.AppID, "mchid": o.Merchant, "out_trade_no": o.OutTradeNo, "trade_state": o.TradeState,
		"trade_state_desc": o.TradeState, "amount": amount{Total: o.Amount.Total, Payer: o.taken, Currency: "CNY"}, "payer": map[string]string{}}
	if o.taken > 0 {
		v["trade_type"], v["transaction_id"], v["attach"], v["bank_type"] = o.TradeType, o.TransactionID, o.Attach, "OTHERS"
		v["success_time"] = o.made.Format(time.RFC3339)
		v["payer"] = map[string]string{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}
	}
	return v
}

func (s *Server) query(no string, q url.Values, _ func(any) bool) (any, *refusal) {
	o := s.orders[no]
	if q.Get("mchid") != s.Merchant.ID {
		return refuse(http.StatusBadRequest, "PARAM_ERROR", "mchid 错误")
	}
	if o == nil {
		return refuse(http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在")
	}
	s.progress(o)
	answer := o.view()
	if s.Spoil != nil {
		s.Spoil(answer)
	}
	return answer, nil
}

func (s *Server) close(no string, _ url.Values, parse func(any) bool) (any, *refusal) {
	var p struct {
		Merchant string `json:"mchid"`
	}
	o := s.orders[no]
	if !parse(&p) || p.Merchant != s.Merchant.ID {
		return refuse(http.StatusBadRequest, "PARAM_ERROR", "参数错误")
	}
	if o == nil {
		return refuse(http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在")
	}
	switch s.progress(o); {
	case o.TradeType != "NATIVE":
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "付款码订单请调用撤销")
	case o.taken > 0:
		return refuse(http.StatusBadRequest, "ORDERPAID", "该订单已支付")
	}
	o.TradeState = "CLOSED"
	return nil, nil
}

// reverse ends an order of a payment code, and gives back what it took. WeChat
// Pay asks to wait for 15 seconds; this one insists.
func (s *Server) reverse(no string, _ url.Values, parse func(any) bool) (any, *refusal) {
	var p struct {
		AppID    string `json:"appid"`
		Merchant string `json:"mchid"`
	}
	o := s.orders[no]
	if !parse(&p) || p.Merchant != s.Merchant.ID || p.AppID != s.Merchant.AppID {
		return refuse(http.StatusBadRequest, "PARAM_ERROR", "参数错误")
	}
	if o == nil {
		return refuse(http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在")
	}
	switch s.progress(o); {
	case o.TradeType != "MICROPAY":
		return refuse(http.StatusBadRequest, "TRADE_ERROR", "订单支付场景错误，拒绝请求")
	case s.Now().Sub(o.made) < 15*time.Second:
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "支付中，不能撤销")
	case o.TradeState == "REFUND":
		return refuse(http.StatusBadRequest, "TRADE_ERROR", "订单已退款")
	}
	o.TradeState, o.back = "REVOKED", o.taken
	return map[string]string{"appid": o.AppID, "mchid": o.Merchant, "out_trade_no": no}, nil
}

func (s *Server) refund(_ string, _ url.Values, parse func(any) bool) (any, *refusal) {
	var a struct {
		OutTradeNo  string `json:"out_trade_no"`
		OutRefundNo string `json:"out_refund_no"`
		Amount      amount `json:"amount"`
	}
	if !parse(&a) || a.OutRefundNo == "" || len(a.OutRefundNo) > 64 || a.Amount.Currency != "CNY" || a.Amount.Refund <= 0 {
		return refuse(http.StatusBadRequest, "PARAM_ERROR", "参数错误")
	}
	o := s.orders[a.OutTradeNo]
	if o == nil {
		return refuse(http.StatusNotFound, "RESOURCE_NOT_EXISTS", "订单不存在")
	}
	if r := s.refunds[a.OutRefundNo]; r != nil {
		if r.order != o || r.refund != a.Amount.Refund {
			return refuse(http.StatusBadRequest, "INVALID_REQUEST", "退款单参数不一致")
		}
		return s.viewRefund(r), nil
	}
	s.progress(o)
	if o.taken == 0 || a.Amount.Total != o.Amount.Total || o.back+a.Amount.Refund > o.taken {
		return refuse(http.StatusBadRequest, "INVALID_REQUEST", "订单金额或退款金额有误")
	}
	s.serial++
	o.TradeState, o.back = "REFUND", o.back+a.Amount.Refund
	r := &refund{order: o, id: fmt.Sprintf("50000%023d", s.serial), no: a.OutRefundNo, refund: a.Amount.Refund, made: s.Now()}
	s.refunds[r.no] = r
	return s.viewRefund(r), nil
}

func (s *Server) queryRefund(no string, _ url.Values, _ func(any) bool) (any, *refusal) {
	if r := s.refunds[no]; r != nil {
		return s.viewRefund(r), nil
	}
	return refuse(http.StatusNotFound, "RESOURCE_NOT_EXISTS", "退款单不存在")
}

func (s *Server) viewRefund(r *refund) any {
	status := "PROCESSING"
	if s.Now().Sub(r.made) >= s.RefundTakes {
		status = "SUCCESS"
	}
	return map[string]any{"refund_id": r.id, "out_refund_no": r.no, "transaction_id": r.order.TransactionID, "out_trade_no": r.order.OutTradeNo,
		"channel": "ORIGINAL", "user_received_account": "支付用户零钱", "create_time": r.made.Format(time.RFC3339), "status": status,
		"amount": amount{Total: r.order.Amount.Total, Refund: r.refund, Currency: "CNY"}}
}
