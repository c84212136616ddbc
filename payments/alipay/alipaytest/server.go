// Package alipaytest is Alipay's gateway in memory, as far as the till uses it:
// it checks the application's signatures, signs its own answers and
// notifications, and keeps trades and refunds by the application's numbers.
// Alipay's own SDK drives it in a test, so that it is no mirror of package
// alipay.
package alipaytest

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"voicetill/payments/rsakey"
)

// App is who may ask.
type App struct {
	ID, Seller string
	Key        *rsa.PublicKey
}

// Server is the gateway. Its exported fields are set before it is used. It is
// safe for concurrent use.
type Server struct {
	App          App
	Key          *rsa.PrivateKey // Alipay's
	Now          func() time.Time
	RefundTakes  time.Duration               // until a refund has happened
	SystemErrors int                         // percent of requests that answer 20000, half of them after acting
	RetryCancels int                         // percent of cancels that answer retry_flag Y and have done nothing
	NoCancels    bool                        // cancelling is refused, as after a day
	Spoil        func(answer map[string]any) // changes what a query is told; nil: nothing
	Random       *mathrand.Rand

	mu      sync.Mutex
	orders  map[string]*order // by out_trade_no
	codes   map[string]*Shopper
	notices []*http.Request
	serial  int64
}

// New makes a Server.
func New(app App, key *rsa.PrivateKey, now func() time.Time) *Server {
	return &Server{App: app, Key: key, Now: now, Random: mathrand.New(mathrand.NewPCG(1, 1)),
		orders: map[string]*order{}, codes: map[string]*Shopper{}}
}

// node is the inner object of an answer.
type node map[string]any

func failed(code, sub, message string) node {
	msg := map[string]string{"10003": "order success pay inprocess", "20000": "Service Currently Unavailable", "40002": "Invalid Arguments",
		"40004": "Business Failed"}[code]
	return node{"code": code, "msg": msg, "sub_code": sub, "sub_msg": message}
}

func good(n node) node {
	n["code"], n["msg"] = "10000", "Success"
	return n
}

// ServeHTTP is part of http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	method := r.Form.Get("method")
	serve, known := methods[method]
	switch {
	case !known:
		s.reply(w, "error", failed("40002", "isv.invalid-method", "不存在的方法名"))
		return
	case !s.genuine(r.Form):
		s.reply(w, method, failed("40002", "isv.invalid-signature", "无效签名"))
		return
	}
	lot := s.Random.IntN(200)
	if lot < s.SystemErrors {
		s.reply(w, method, failed("20000", "aop.unknow-error", "系统繁忙"))
		return
	}
	answer := serve(s, []byte(r.Form.Get("biz_content")), r.Form.Get("notify_url"))
	if lot < 2*s.SystemErrors {
		answer = failed("20000", "aop.unknow-error", "系统繁忙")
	}
	s.reply(w, method, answer)
}

var methods = map[string]func(s *Server, content []byte, notify string) node{
	"alipay.trade.pay":                  (*Server).pay,
	"alipay.trade.precreate":            (*Server).precreate,
	"alipay.trade.query":                (*Server).query,
	"alipay.trade.cancel":               (*Server).cancel,
	"alipay.trade.refund":               (*Server).refund,
	"alipay.trade.fastpay.refund.query": (*Server).queryRefund,
}

// Text is what is signed: all parameters but the empty and those named, in
// order.
func Text(v url.Values, without ...string) []byte {
	var names []string
	for name := range v {
		if v.Get(name) != "" && !slices.Contains(without, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = name + "=" + v.Get(name)
	}
	return []byte(strings.Join(names, "&"))
}

func (s *Server) genuine(v url.Values) bool {
	if v.Get("app_id") != s.App.ID || v.Get("sign_type") != "RSA2" || v.Get("version") != "1.0" || !strings.EqualFold(v.Get("charset"), "utf-8") {
		return false
	}
	if _, err := time.Parse("2006-01-02 15:04:05", v.Get("timestamp")); err != nil {
		return false
	}
	return rsakey.Verify(s.App.Key, Text(v, "sign"), v.Get("sign")) == nil
}

// reply signs the inner object as it is sent, with Alipay's escaped slashes.
func (s *Server) reply(w http.ResponseWriter, method string, n node) {
	inner, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	raw := strings.ReplaceAll(string(inner), "/", `\/`)
	signature, err := rsakey.Sign(s.Key, []byte(raw))
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	_, _ = io.WriteString(w, fmt.Sprintf(`{"%s_response":%s,"sign":"%s"}`, strings.ReplaceAll(method, ".", "_"), raw, signature))
}

// Notices are the notifications that wait to be delivered, oldest first. They
// are handed out once.
func (s *Server) Notices() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.notices
	s.notices = nil
	return n
}

// Again makes a notification for a trade anew, as Alipay does when it repeats
// one. Nil when there is nothing to tell.
func (s *Server) Again(no string) *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.orders[no]; o != nil && o.tradeNo != "" && o.notify != "" {
		return s.notice(o)
	}
	return nil
}

func (s *Server) notice(o *order) *http.Request {
	s.serial++
	v := url.Values{"app_id": {s.App.ID}, "seller_id": {s.App.Seller}, "charset": {"utf-8"}, "version": {"1.0"}, "sign_type": {"RSA2"},
		"notify_type": {"trade_status_sync"}, "notify_id": {fmt.Sprintf("%034d", s.serial)}, "out_trade_no": {o.OutTradeNo},
		"notify_time": {s.Now().Format("2006-01-02 15:04:05")}, "trade_no": {o.tradeNo}, "trade_status": {o.status},
		"total_amount": {yuan(o.total)}, "subject": {o.Subject}, "body": {o.Body}, "buyer_id": {"2088102122524333"}}
	signature, err := rsakey.Sign(s.Key, Text(v, "sign", "sign_type"))
	if err != nil {
		panic(err)
	}
	v.Set("sign", signature)
	r, err := http.NewRequest(http.MethodPost, o.notify, strings.NewReader(v.Encode()))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r
}
