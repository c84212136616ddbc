package wechat

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"voicetill/payments/rsakey"
)

// Scheme of signatures. https://pay.weixin.qq.com/doc/v3/merchant/4012365342
const scheme = "WECHATPAY2-SHA256-RSA2048"

// authorization signs a request: method, path with query, time, nonce and body,
// each ended by a newline.
func (c Config) authorization(method, uri string, body []byte) (string, error) {
	at, nonce := strconv.FormatInt(c.Now().Unix(), 10), rand.Text()
	text := method + "\n" + uri + "\n" + at + "\n" + nonce + "\n" + string(body) + "\n"
	signature, err := rsakey.Sign(c.Key, []byte(text))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`%s mchid="%s",nonce_str="%s",signature="%s",timestamp="%s",serial_no="%s"`,
		scheme, c.Merchant, nonce, signature, at, c.Serial), nil
}

// verify checks what WeChat Pay signs, answers and notifications alike: time,
// nonce and body, each ended by a newline. ErrSignature if it is not WeChat
// Pay's or older than Tolerance; another error if no key could be had.
func (g *Gateway) verify(ctx context.Context, h http.Header, body []byte) error {
	return g.verifyBy(ctx, h, body, g.platform.key)
}

func (g *Gateway) verifyBy(ctx context.Context, h http.Header, body []byte, find keyFinder) error {
	at, nonce := h.Get("Wechatpay-Timestamp"), h.Get("Wechatpay-Nonce")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || nonce == "" {
		return refuse("Wechatpay-Timestamp or Wechatpay-Nonce is missing")
	}
	if t := h.Get("Wechatpay-Signature-Type"); t != "" && t != scheme {
		return refuse("Wechatpay-Signature-Type is not " + scheme)
	}
	if age := g.c.Now().Sub(time.Unix(seconds, 0)); age > Tolerance || age < -Tolerance {
		return refuse(fmt.Sprintf("its time differs by more than %s from the clock here", Tolerance))
	}
	key, err := find(ctx, h.Get("Wechatpay-Serial"))
	if err != nil {
		return err
	}
	if rsakey.Verify(key, []byte(at+"\n"+nonce+"\n"+string(body)+"\n"), h.Get("Wechatpay-Signature")) != nil {
		return refuse("Wechatpay-Signature does not fit the key of its serial")
	}
	return nil
}

// refuse is ErrSignature with its reason.
func refuse(why string) error { return fmt.Errorf("%w: %s", ErrSignature, why) }

// resource is what WeChat Pay encrypts with the APIv3 key.
// https://pay.weixin.qq.com/doc/v3/merchant/4012071382
type resource struct {
	Algorithm  string `json:"algorithm"`
	Ciphertext string `json:"ciphertext"` // base64
	Associated string `json:"associated_data"`
	Nonce      string `json:"nonce"` // 12 bytes
}

// open decrypts, or returns ErrSignature for what was not encrypted with the
// key.
func (r resource) open(key []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(r.Ciphertext)
	if err != nil || r.Algorithm != "AEAD_AES_256_GCM" || len(r.Nonce) != aead.NonceSize() {
		return nil, ErrSignature
	}
	text, err := aead.Open(nil, []byte(r.Nonce), sealed, []byte(r.Associated))
	if err != nil {
		return nil, ErrSignature
	}
	return text, nil
}
