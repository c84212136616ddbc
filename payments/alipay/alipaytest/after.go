package alipaytest

import (
	"encoding/json"

	"voicetill/payments/money"
)

// numbers are the parameters of query, cancel and what is about refunds.
type numbers struct {
	OutTradeNo string `json:"out_trade_no"`
	TradeNo    string `json:"trade_no"`
	RequestNo  string `json:"out_request_no"`
	Amount     string `json:"refund_amount"`
}

// find is the trade, nil if there is none: a code that nobody scanned is none.
func (s *Server) find(content []byte) (n numbers, o *order) {
	if json.Unmarshal(content, &n) != nil {
		return n, nil
	}
	if o = s.orders[n.OutTradeNo]; o == nil || o.tradeNo == "" {
		return n, nil
	}
	s.progress(o)
	return n, o
}

func (s *Server) query(content []byte, _ string) node {
	_, o := s.find(content)
	if o == nil {
		return failed("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
	}
	answer := good(node{"out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo, "trade_status": o.status, "total_amount": yuan(o.total),
		"buyer_logon_id": "159****5620", "send_pay_date": s.Now().Format("2006-01-02 15:04:05")})
	if s.Spoil != nil {
		s.Spoil(answer)
	}
	return answer
}

// cancel of a code that nobody scanned succeeds without an action, and the code
// can be scanned all the same.
func (s *Server) cancel(content []byte, _ string) node {
	n, o := s.find(content)
	if o == nil {
		return good(node{"out_trade_no": n.OutTradeNo, "retry_flag": "N"})
	}
	if s.NoCancels {
		return failed("40004", "ACQ.CANCEL_NOT_ALLOWED", "交易不允许撤销")
	}
	if s.Random.IntN(100) < s.RetryCancels {
		return good(node{"out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo, "retry_flag": "Y"})
	}
	action := "close"
	if o.taken > o.back {
		action, o.back = "refund", o.taken
	}
	if o.status != "TRADE_CLOSED" {
		o.status = "TRADE_CLOSED"
		s.tell(o)
	}
	return good(node{"out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo, "retry_flag": "N", "action": action})
}

func (s *Server) refund(content []byte, _ string) node {
	n, o := s.find(content)
	if o == nil {
		return failed("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
	}
	sum, err := money.Parse(n.Amount, "CNY")
	if err != nil || sum.Minor <= 0 || n.RequestNo == "" || len(n.RequestNo) > 64 {
		return failed("40004", "ACQ.INVALID_PARAMETER", "参数无效")
	}
	r, changed := o.refunds[n.RequestNo], "N"
	switch {
	case r != nil && r.amount != sum.Minor:
		return failed("40004", "ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")
	case r != nil:
	case o.taken == 0 || o.status != "TRADE_SUCCESS":
		return failed("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
	case o.back+sum.Minor > o.taken:
		return failed("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
	default:
		if o.refunds == nil {
			o.refunds = map[string]*refund{}
		}
		o.refunds[n.RequestNo] = &refund{sum.Minor, s.Now()}
		if o.back += sum.Minor; o.back == o.taken {
			o.status = "TRADE_CLOSED"
		}
		if s.RefundTakes == 0 {
			changed = "Y"
		}
		s.tell(o)
	}
	return good(node{"out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo, "fund_change": changed, "refund_fee": yuan(o.back)})
}

func (s *Server) queryRefund(content []byte, _ string) node {
	n, o := s.find(content)
	if o == nil {
		return failed("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
	}
	r := o.refunds[n.RequestNo]
	if r == nil {
		return good(node{})
	}
	answer := good(node{"out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo, "out_request_no": n.RequestNo,
		"refund_amount": yuan(r.amount), "total_amount": yuan(o.total)})
	if s.Now().Sub(r.made) >= s.RefundTakes {
		answer["refund_status"] = "REFUND_SUCCESS"
	}
	return answer
}
