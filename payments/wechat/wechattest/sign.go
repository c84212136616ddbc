package wechattest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"voicetill/payments/rsakey"
)

// reply signs an answer: by the public key if the merchant asks for it, else by
// the newest certificate.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, result any, no *refusal) {
	status, body := http.StatusOK, []byte(nil)
	switch {
	case no != nil:
		status, result = no.status, no
	case result == nil:
		status = http.StatusNoContent
	}
	if late, ok := result.(accepted); ok {
		status, result = http.StatusAccepted, late.result
	}
	if result != nil {
		var err error
		if body, err = json.Marshal(result); err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range s.signature(r.Header.Get("Wechatpay-Serial") == PublicKeyID, body) {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// accepted is a result that is still being worked on: 202.
type accepted struct{ result any }

func (s *Server) signature(byPublicKey bool, body []byte) map[string]string {
	newest := s.certs[len(s.certs)-1]
	key, serial := newest.key, fmt.Sprintf("%X", newest.cert.SerialNumber)
	if byPublicKey {
		key, serial = s.Key, PublicKeyID
	}
	return Sign(key, serial, s.Now(), body)
}

// Sign makes the headers of an answer or a notification.
func Sign(key *rsa.PrivateKey, serial string, now time.Time, body []byte) map[string]string {
	at, nonce := strconv.FormatInt(now.Unix(), 10), rand.Text()
	signature, err := rsakey.Sign(key, []byte(at+"\n"+nonce+"\n"+string(body)+"\n"))
	if err != nil {
		panic(err)
	}
	return map[string]string{"Wechatpay-Timestamp": at, "Wechatpay-Nonce": nonce, "Wechatpay-Signature": signature,
		"Wechatpay-Serial": serial, "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048"}
}

type sealed struct {
	Algorithm  string `json:"algorithm"`
	Ciphertext string `json:"ciphertext"`
	Associated string `json:"associated_data"`
	Nonce      string `json:"nonce"`
	Original   string `json:"original_type,omitempty"`
}

func (s *Server) seal(text []byte, associated string) sealed {
	block, err := aes.NewCipher(s.Merchant.APIv3)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := rand.Text()[:12]
	return sealed{Algorithm: "AEAD_AES_256_GCM", Associated: associated, Nonce: nonce,
		Ciphertext: base64.StdEncoding.EncodeToString(aead.Seal(nil, []byte(nonce), text, []byte(associated)))}
}

func (s *Server) certificates(string, url.Values, func(any) bool) (any, *refusal) {
	type entry struct {
		Serial    string `json:"serial_no"`
		Effective string `json:"effective_time"`
		Expire    string `json:"expire_time"`
		Sealed    sealed `json:"encrypt_certificate"`
	}
	var list []entry
	for _, c := range s.certs {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw})
		list = append(list, entry{fmt.Sprintf("%X", c.cert.SerialNumber), c.cert.NotBefore.Format(time.RFC3339),
			c.cert.NotAfter.Format(time.RFC3339), s.seal(text, "certificate")})
	}
	return map[string]any{"data": list}, nil
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

// Again signs and encrypts a notification for a paid order anew, as WeChat Pay
// does when it repeats one. Nil for an order that is not paid.
func (s *Server) Again(no string) *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.orders[no]; o != nil && o.TransactionID != "" && o.notify != "" {
		return s.notice(o)
	}
	return nil
}

func (s *Server) notice(o *order) *http.Request {
	text, err := json.Marshal(o.view())
	if err != nil {
		panic(err)
	}
	resource := s.seal(text, "transaction")
	resource.Original = "transaction"
	body, err := json.Marshal(map[string]any{"id": rand.Text(), "create_time": s.Now().Format(time.RFC3339), "resource_type": "encrypt-resource",
		"event_type": "TRANSACTION.SUCCESS", "summary": "支付成功", "resource": resource})
	if err != nil {
		panic(err)
	}
	r, err := http.NewRequest(http.MethodPost, o.notify, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range s.signature(false, body) {
		r.Header.Set(name, value)
	}
	return r
}
