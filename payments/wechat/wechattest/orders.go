package wechattest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// Shopper is who shows a payment code. A zero Shopper pays at once.
type Shopper struct {
	Types  time.Duration // typing the password takes; 0: none is asked for
	Never  bool          // the shopper never types it
	Refuse string        // code of a refusal, "NOT_ENOUGH"
	until  time.Time     // the code's end
	used   bool
}

// amount is in fen.
type amount struct {
	Total    int64  `json:"total"`
	Payer    int64  `json:"payer_total,omitempty"`
	Refund   int64  `json:"refund,omitempty"`
	Currency string `json:"currency"`
}

// asked are the parameters of native and codepay together.
type asked struct {
	AppID       string `json:"appid"`
	Merchant    string `json:"mchid"`
	Description string `json:"description"`
	OutTradeNo  string `json:"out_trade_no"`
	TimeExpire  string `json:"time_expire"`
	Attach      string `json:"attach"`
	NotifyURL   string `json:"notify_url"`
	Payer       struct {
		AuthCode string `json:"auth_code"`
	} `json:"payer"`
	Amount amount `json:"amount"`
	Scene  struct {
		Store struct {
			ID    string `json:"id"`
			OutID string `json:"out_id"`
		} `json:"store_info"`
	} `json:"scene_info"`
}

type order struct {
	asked
	TradeType     string
	TradeState    string
	TransactionID string
	codeURL       string
	notify        string
	made          time.Time
	expires       time.Time // of NATIVE
	shopper       *Shopper  // of MICROPAY
	taken, back   int64
}

var (
	codeNumber   = regexp.MustCompile(`^[0-9A-Za-z_*-]{6,32}$`)
	nativeNumber = regexp.MustCompile(`^[0-9A-Za-z_|*-]{6,32}$`)
	authCode     = regexp.MustCompile(`^1[0-5]\d{16}$`)
)

func (s *Server) check(a asked, number *regexp.Regexp) *refusal {
	switch {
	case a.AppID != s.Merchant.AppID || a.Merchant != s.Merchant.ID:
		return &refusal{http.StatusBadRequest, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配"}
	case !number.MatchString(a.OutTradeNo), a.Description == "", len(a.Description) > 127, len(a.Attach) > 128,
		a.Amount.Total <= 0, a.Amount.Currency != "" && a.Amount.Currency != "CNY":
		return &refusal{http.StatusBadRequest, "PARAM_ERROR", "参数错误"}
	}
	return nil
}

func (s *Server) native(_ string, _ url.Values, parse func(any) bool) (any, *refusal) {
	var a asked
	if !parse(&a) || a.NotifyURL == "" {
		return refuse(http.StatusBadRequest, "PARAM_ERROR", "参数错误")
	}
	if no := s.check(a, nativeNumber); no != nil {
		return nil, no
	}
	expires := s.Now().Add(2 * time.Hour)
	if t, err := time.Parse(time.RFC3339, a.TimeExpire); a.TimeExpire != "" {
		if expires = t; err != nil || !t.After(s.Now()) {
			return refuse(http.StatusBadRequest, "PARAM_ERROR", "time_expire 错误")
		}
	}
	o := s.orders[a.OutTradeNo]
	if o == nil {
		s.serial++
		o = &order{asked: a, TradeType: "NATIVE", TradeState: "NOTPAY", notify: a.NotifyURL, made: s.Now(), expires: expires,
			codeURL: fmt.Sprintf("weixin://wxpay/bizpayurl?pr=%d", s.serial)}
		s.orders[a.OutTradeNo] = o
	}
	if no := s.repeated(o, a); no != nil {
		return nil, no
	}
	return map[string]string{"code_url": o.codeURL}, nil
}

// repeated refuses an order that differs from the one under its number, or is
// no longer open.
func (s *Server) repeated(o *order, a asked) *refusal {
	s.progress(o)
	switch {
	case o.asked != a:
		return &refusal{http.StatusBadRequest, "INVALID_REQUEST", "201 商户订单号重复"}
	case o.taken > 0:
		return &refusal{http.StatusBadRequest, "ORDERPAID", "该订单已支付"}
	case o.TradeState != "NOTPAY" && o.TradeState != "USERPAYING":
		return &refusal{http.StatusBadRequest, "ORDER_CLOSED", "该订单已关闭"}
	}
	return nil
}

func (s *Server) codepay(_ string, _ url.Values, parse func(any) bool) (any, *refusal) {
	var a asked
	if !parse(&a) || !authCode.MatchString(a.Payer.AuthCode) || a.Scene.Store.ID == "" && a.Scene.Store.OutID == "" {
		return refuse(http.StatusBadRequest, "PARAM_ERROR", "参数错误")
	}
	if no := s.check(a, codeNumber); no != nil {
		return nil, no
	}
	o := s.orders[a.OutTradeNo]
	if o != nil {
		if no := s.repeated(o, a); no != nil {
			return nil, no
		}
		return s.waits(o)
	}
	shopper := s.codes[a.Payer.AuthCode]
	o = &order{asked: a, TradeType: "MICROPAY", TradeState: "PAYERROR", made: s.Now(), shopper: shopper}
	s.orders[a.OutTradeNo] = o
	switch {
	case shopper == nil:
		return refuse(http.StatusBadRequest, "AUTH_CODE_INVALID", "付款码错误")
	case shopper.used || s.Now().After(shopper.until):
		return refuse(http.StatusBadRequest, "AUTH_CODE_EXPIRED", "付款码已过期，请刷新再试")
	}
	shopper.used = true
	if shopper.Refuse != "" {
		return refuse(http.StatusForbidden, shopper.Refuse, "支付失败")
	}
	o.TradeState = "USERPAYING"
	s.progress(o)
	if o.taken == 0 {
		return s.waits(o)
	}
	if view := o.view(); s.Terse {
		delete(view, "trade_state")
		return view, nil
	}
	return o.view(), nil
}

func (s *Server) waits(o *order) (any, *refusal) {
	if s.Terse {
		return accepted{o.view()}, nil
	}
	return refuse(http.StatusBadRequest, "USERPAYING", "需要用户输入支付密码")
}

// progress lets time act on an order.
func (s *Server) progress(o *order) {
	now := s.Now()
	switch {
	case o.TradeState == "NOTPAY" && !now.Before(o.expires):
		o.TradeState = "CLOSED"
	case o.TradeState == "USERPAYING" && !o.shopper.Never && now.Sub(o.made) >= o.shopper.Types:
		s.take(o)
	}
}

func (s *Server) take(o *order) {
	s.serial++
	o.TradeState, o.taken, o.TransactionID = "SUCCESS", o.Amount.Total, fmt.Sprintf("42000%023d", s.serial)
	if o.notify != "" {
		s.notices = append(s.notices, s.notice(o))
	}
}

// Code makes a payment code, 18 digits, that is good for a minute.
func (s *Server) Code(shopper Shopper) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	code := fmt.Sprintf("13%016d", s.serial)
	shopper.until = s.Now().Add(time.Minute)
	s.codes[code] = &shopper
	return code
}

// ErrScan is what the shopper's app says of a QR code that cannot be paid.
var ErrScan = errors.New("the order is closed or paid")

// Scan pays a native order by its QR code.
func (s *Server) Scan(codeURL string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.orders {
		if o.codeURL != codeURL || o.codeURL == "" {
			continue
		}
		if s.progress(o); o.TradeState != "NOTPAY" {
			return ErrScan
		}
		s.take(o)
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
