package wechat_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"voicetill/payments/gatewaytest"
	"voicetill/payments/rsakey"
	"voicetill/payments/wechat/wechattest"
)

// A notification by a key that is not WeChat Pay's, or not known to be, books
// nothing, and the log says why.
func TestNotificationsByUnknownKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		serial string // instead of the right one
		by     int    // of keys, instead of the right one
		late   time.Duration
		reason string
	}{
		"a public key's id that is not known": {serial: "PUB_KEY_ID_0114232134912410000000000001", reason: "no key is known under the serial \\\"PUB_KEY_ID_0114232134912410000000000001\\\""},
		"a certificate that is not known":     {serial: "7132D72A03E93CDDF8C03BBD1F37EEDF00000000", reason: "no key is known under the serial \\\"7132D72A03E93CDDF8C03BBD1F37EEDF00000000\\\""},
		"a serial without end":                {serial: strings.Repeat("A", 5000), reason: "\\\"" + strings.Repeat("A", 64) + "\\\""},
		"a stranger's key under our serial":   {by: 2, reason: "Wechatpay-Signature does not fit the key of its serial"},
		"the merchant's own key":              {by: 0, reason: "Wechatpay-Signature does not fit the key of its serial"},
		"a clock that is wrong":               {by: 1, late: time.Hour, reason: "its time differs by more than 5m0s"},
	} {
		s := newShop(t, nil)
		_, r := told(t, s)
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(text))
		if tt.serial != "" {
			r.Header.Set("Wechatpay-Serial", tt.serial)
		} else {
			signed := r.Header.Get("Wechatpay-Timestamp") + "\n" + r.Header.Get("Wechatpay-Nonce") + "\n" + string(text) + "\n"
			signature, err := rsakey.Sign(keys()[tt.by], []byte(signed))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Wechatpay-Signature", signature)
		}
		_ = s.Clock.Wait(t.Context(), tt.late)
		gatewaytest.Callback(s.Callback).Refused(t, name, r, 401, tt.reason, apiV3, r.Header.Get("Wechatpay-Signature"), string(text), "ciphertext")
	}
}

// WeChat Pay posts wherever a merchant tells it to: what is genuine, but about
// another merchant's order, books nothing here.
func TestNotificationsOfOtherMerchants(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*wechattest.Merchant)
		reason string
	}{
		"another merchant":    {func(m *wechattest.Merchant) { m.ID = "1900000001" }, "for another merchant or application"},
		"another application": {func(m *wechattest.Merchant) { m.AppID = "wx1" }, "for another merchant or application"},
		"another secret":      {func(m *wechattest.Merchant) { m.APIv3 = bytes.Repeat([]byte("k"), 32) }, "not encrypted with the key of api_v3_key_file"},
	} {
		r := elsewhere(t, tt.change)
		gatewaytest.Callback(newShop(t, nil).Callback).Refused(t, name, r, 400, tt.reason, apiV3, r.Header.Get("Wechatpay-Signature"))
	}
}
