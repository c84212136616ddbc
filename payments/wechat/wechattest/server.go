// Package wechattest is WeChat Pay's API v3 in memory, as far as the till uses
// it: it checks the merchant's signatures, signs and encrypts its own messages,
// and keeps orders and refunds by the merchant's numbers. An independent SDK
// drives it in its own test, so that it is no mirror of package wechat.
package wechattest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"time"

	"voicetill/payments/rsakey"
)

// Merchant is who may ask.
type Merchant struct {
	AppID, ID string
	Serial    string         // of its certificate
	Key       *rsa.PublicKey // of its certificate
	APIv3     []byte         // 32 bytes
}

// PublicKeyID names the platform's public key for merchants who use it.
const PublicKeyID = "PUB_KEY_ID_0114232134912410000000000000"

// Server is the API. Its exported fields are set before it is used. It is safe
// for concurrent use.
type Server struct {
	Merchant     Merchant
	Now          func() time.Time
	Key          *rsa.PrivateKey             // the platform's, behind PublicKeyID and the first certificate
	RefundTakes  time.Duration               // from PROCESSING to SUCCESS
	SystemErrors int                         // percent of requests that answer SYSTEM_ERROR, half of them after acting
	Spoil        func(answer map[string]any) // changes what a query is told; nil: nothing
	Terse        bool                        // codepay answers without the trade state, and tells by status what waits
	Random       *mathrand.Rand

	mu      sync.Mutex
	orders  map[string]*order // by out_trade_no
	refunds map[string]*refund
	codes   map[string]*Shopper
	certs   []certificate
	notices []*http.Request
	serial  int64
}

type certificate struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

// New makes a Server whose key is fit for its merchant.
func New(m Merchant, key *rsa.PrivateKey, now func() time.Time) (*Server, error) {
	s := &Server{Merchant: m, Now: now, Key: key, Random: mathrand.New(mathrand.NewPCG(1, 1)), serial: 1 << 40,
		orders: map[string]*order{}, refunds: map[string]*refund{}, codes: map[string]*Shopper{}}
	return s, s.Rotate(key)
}

// Rotate signs with a new certificate from now on, and lists it beside the old
// ones.
func (s *Server) Rotate(key *rsa.PrivateKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	t := &x509.Certificate{SerialNumber: big.NewInt(s.serial), Subject: pkix.Name{CommonName: "Tenpay.com sign"},
		NotBefore: s.Now().Add(-time.Hour), NotAfter: s.Now().AddDate(5, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("make platform certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	s.certs = append(s.certs, certificate{key, cert})
	return err
}

// refusal is an error of the API.
type refusal struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
}

func refuse(status int, code, message string) (any, *refusal) {
	return nil, &refusal{status, code, message}
}

// ServeHTTP is part of http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.genuine(r, body) {
		s.reply(w, r, nil, &refusal{http.StatusUnauthorized, "SIGN_ERROR", "签名错误"})
		return
	}
	lot := s.Random.IntN(200)
	if lot < s.SystemErrors {
		s.reply(w, r, nil, &refusal{http.StatusInternalServerError, "SYSTEM_ERROR", "系统异常"})
		return
	}
	result, no := s.route(r, body)
	if lot < 2*s.SystemErrors {
		result, no = nil, &refusal{http.StatusInternalServerError, "SYSTEM_ERROR", "系统异常"}
	}
	s.reply(w, r, result, no)
}

// route is the table of what can be asked. Result nil without refusal is 204.
func (s *Server) route(r *http.Request, body []byte) (any, *refusal) {
	parse := func(into any) bool { return json.Unmarshal(body, into) == nil }
	for _, e := range endpoints {
		m := e.path.FindStringSubmatch(r.URL.Path)
		if m == nil || e.method != r.Method {
			continue
		}
		return e.serve(s, append(m, "")[1], r.URL.Query(), parse)
	}
	return refuse(http.StatusNotFound, "NOT_FOUND", "请求的资源不存在")
}

var endpoints = []struct {
	method string
	path   *regexp.Regexp
	serve  func(s *Server, no string, q url.Values, parse func(any) bool) (any, *refusal)
}{
	{"GET", regexp.MustCompile(`^/v3/certificates$`), (*Server).certificates},
	{"POST", regexp.MustCompile(`^/v3/pay/transactions/native$`), (*Server).native},
	{"POST", regexp.MustCompile(`^/v3/pay/transactions/codepay$`), (*Server).codepay},
	{"GET", regexp.MustCompile(`^/v3/pay/transactions/out-trade-no/([^/]+)$`), (*Server).query},
	{"POST", regexp.MustCompile(`^/v3/pay/transactions/out-trade-no/([^/]+)/close$`), (*Server).close},
	{"POST", regexp.MustCompile(`^/v3/pay/transactions/out-trade-no/([^/]+)/reverse$`), (*Server).reverse},
	{"POST", regexp.MustCompile(`^/v3/refund/domestic/refunds$`), (*Server).refund},
	{"GET", regexp.MustCompile(`^/v3/refund/domestic/refunds/([^/]+)$`), (*Server).queryRefund},
}

var authorization = regexp.MustCompile(`^WECHATPAY2-SHA256-RSA2048 mchid="([^"]+)",nonce_str="([^"]+)",signature="([^"]+)",timestamp="(\d+)",serial_no="([^"]+)"$`)

// genuine checks the merchant's signature and that it is no older than five
// minutes.
func (s *Server) genuine(r *http.Request, body []byte) bool {
	m := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil || m[1] != s.Merchant.ID || m[5] != s.Merchant.Serial {
		return false
	}
	seconds, err := strconv.ParseInt(m[4], 10, 64)
	age := s.Now().Sub(time.Unix(seconds, 0))
	if err != nil || age > 5*time.Minute || age < -5*time.Minute {
		return false
	}
	text := r.Method + "\n" + r.URL.RequestURI() + "\n" + m[4] + "\n" + m[2] + "\n" + string(body) + "\n"
	return rsakey.Verify(s.Merchant.Key, []byte(text), m[3]) == nil
}
