package alipaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"voicetill/payments/money"
)

// Shopper is who shows a payment code. A zero Shopper pays at once.
type Shopper struct {
	Types  time.Duration // typing the password takes; 0: none is asked for
	Never  bool          // the shopper never types it
	Refuse string        // sub-code of a refusal, "ACQ.BUYER_BALANCE_NOT_ENOUGH"
	until  time.Time     // the code's end
	used   bool
}

// asked are the parameters of pay and precreate together.
type asked struct {
	OutTradeNo string `json:"out_trade_no"`
	Total      string `json:"total_amount"`
	Subject    string `json:"subject"`
	Body       string `json:"body"`
	TimeExpire string `json:"time_expire"`
	Scene      string `json:"scene"`
	AuthCode   string `json:"auth_code"`
}

// order is one that was asked for. It is a trade once it has a number: at once
// by pay, at the scan by precreate.
type order struct {
	asked
	tradeNo string
	status  string
	qr      string
	notify  string
	made    time.Time
	expires time.Time
	shopper *Shopper
	total   int64 // fen
	taken   int64
	back    int64
	refunds map[string]*refund
}

type refund struct {
	amount int64
	made   time.Time
}

var (
	number   = regexp.MustCompile(`^[0-9A-Za-z_]{1,64}$`)
	authCode = regexp.MustCompile(`^(2[5-9]|30)\d{14,22}$`)
	beijing  = time.FixedZone("CST", 8*60*60)
)

func yuan(fen int64) string { return money.Of(fen, "CNY").Decimal() }

func (s *Server) read(content []byte, a *asked) (total int64, expires time.Time, refusal node) {
	expires = s.Now().Add(90 * 24 * time.Hour)
	if json.Unmarshal(content, a) != nil || !number.MatchString(a.OutTradeNo) || a.Subject == "" {
		return 0, expires, failed("40004", "ACQ.INVALID_PARAMETER", "参数无效")
	}
	sum, err := money.Parse(a.Total, "CNY")
	if err != nil || sum.Minor <= 0 {
		return 0, expires, failed("40004", "ACQ.INVALID_PARAMETER", "total_amount 无效")
	}
	if a.TimeExpire != "" {
		if expires, err = time.ParseInLocation("2006-01-02 15:04:05", a.TimeExpire, beijing); err != nil || !expires.After(s.Now()) {
			return 0, expires, failed("40004", "ACQ.INVALID_PARAMETER", "time_expire 无效")
		}
	}
	return sum.Minor, expires, nil
}

// repeated refuses an order that differs from the one under its number, or is
// no longer open.
func (s *Server) repeated(o *order, a asked) node {
	s.progress(o)
	switch {
	case o.asked != a:
		return failed("40004", "ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
	case o.taken > o.back:
		return failed("40004", "ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
	case o.status == "TRADE_CLOSED":
		return failed("40004", "ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
	}
	return nil
}

func (s *Server) precreate(content []byte, notify string) node {
	var a asked
	total, expires, refusal := s.read(content, &a)
	if refusal != nil {
		return refusal
	}
	o := s.orders[a.OutTradeNo]
	if o == nil {
		s.serial++
		o = &order{asked: a, qr: fmt.Sprintf("https://qr.alipay.com/bax%d", s.serial), notify: notify, made: s.Now(), expires: expires, total: total}
		s.orders[a.OutTradeNo] = o
	}
	if no := s.repeated(o, a); no != nil {
		return no
	}
	return good(node{"out_trade_no": a.OutTradeNo, "qr_code": o.qr})
}

func (s *Server) pay(content []byte, notify string) node {
	var a asked
	total, expires, refusal := s.read(content, &a)
	if refusal != nil {
		return refusal
	}
	if a.Scene != "bar_code" || !authCode.MatchString(a.AuthCode) {
		return failed("40004", "ACQ.INVALID_PARAMETER", "auth_code 无效")
	}
	o := s.orders[a.OutTradeNo]
	if o != nil {
		if no := s.repeated(o, a); no != nil {
			return no
		}
		return s.waits(o)
	}
	shopper := s.codes[a.AuthCode]
	if shopper == nil || shopper.used || s.Now().After(shopper.until) {
		return failed("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID", "支付失败，获取顾客账户信息失败")
	}
	shopper.used = true
	if shopper.Refuse != "" {
		return failed("40004", shopper.Refuse, "支付失败")
	}
	o = &order{asked: a, notify: notify, made: s.Now(), expires: expires, shopper: shopper, total: total, status: "WAIT_BUYER_PAY", tradeNo: s.number()}
	s.orders[a.OutTradeNo] = o
	if s.progress(o); o.taken == 0 {
		return s.waits(o)
	}
	return good(node{"out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo, "total_amount": yuan(o.total), "buyer_logon_id": "159****5620"})
}

func (s *Server) waits(o *order) node {
	return node{"code": "10003", "msg": "order success pay inprocess", "out_trade_no": o.OutTradeNo, "trade_no": o.tradeNo}
}

func (s *Server) number() string {
	s.serial++
	return fmt.Sprintf("20260520%020d", s.serial)
}

// progress lets time act on an order.
func (s *Server) progress(o *order) {
	if o.status != "WAIT_BUYER_PAY" {
		return
	}
	switch now := s.Now(); {
	case o.shopper != nil && !o.shopper.Never && now.Sub(o.made) >= o.shopper.Types:
		s.take(o)
	case !now.Before(o.expires):
		o.status = "TRADE_CLOSED"
	}
}

func (s *Server) take(o *order) {
	o.status, o.taken = "TRADE_SUCCESS", o.total
	s.tell(o)
}

func (s *Server) tell(o *order) {
	if o.notify != "" {
		s.notices = append(s.notices, s.notice(o))
	}
}

// Code makes a payment code, 18 digits, that is good for a minute.
func (s *Server) Code(shopper Shopper) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	code := fmt.Sprintf("28%016d", s.serial)
	shopper.until = s.Now().Add(time.Minute)
	s.codes[code] = &shopper
	return code
}

// ErrScan is what the shopper's app says of a QR code that cannot be paid.
var ErrScan = errors.New("the order is closed or paid")

// Scan makes a trade of a QR code's order, and pays it unless the shopper only
// looks.
func (s *Server) Scan(qr string, pays bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.orders {
		if o.qr != qr || qr == "" {
			continue
		}
		if !s.Now().Before(o.expires) {
			return ErrScan
		}
		if o.status == "" {
			o.status, o.tradeNo = "WAIT_BUYER_PAY", s.number()
			s.tell(o)
		}
		if s.progress(o); o.status != "WAIT_BUYER_PAY" {
			return ErrScan
		}
		if pays {
			s.take(o)
		}
		return nil
	}
	return ErrScan
}

// Kept is what was taken under an order number and not given back, in fen.
func (s *Server) Kept(no string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[no]
	if o == nil {
		return 0
	}
	s.progress(o)
	return o.taken - o.back
}
