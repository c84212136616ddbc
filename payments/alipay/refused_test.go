package alipay_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"voicetill/payments/alipay/alipaytest"
	"voicetill/payments/gatewaytest"
	"voicetill/payments/rsakey"
)

// A notification by a key that is not Alipay's books nothing, and the log says
// why.
func TestNotificationsByUnknownKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		by     int // of keys
		kind   string
		reason string
	}{
		"a stranger's key":           {2, "RSA2", "sign does not fit the key of alipay_public_key_file"},
		"the application's own key":  {0, "RSA2", "sign does not fit the key of alipay_public_key_file"},
		"the older kind of Alipay's": {1, "RSA", "sign_type is not RSA2"},
	} {
		s := newShop(t)
		_, form := told(t, s)
		form.Set("sign_type", tt.kind)
		signature, err := rsakey.Sign(keys()[tt.by], alipaytest.Text(form, "sign", "sign_type"))
		if err != nil {
			t.Fatal(err)
		}
		form.Set("sign", signature)
		r := httptest.NewRequest(http.MethodPost, notifyURL, strings.NewReader(form.Encode()))
		gatewaytest.Callback(s.Callback).Refused(t, name, r, 401, tt.reason, signature, form.Get("trade_no"), form.Get("out_trade_no"))
	}
}

// Alipay posts wherever an application tells it to: what is genuine, but about
// another seller's order, books nothing here, though it names an order of ours.
func TestNotificationsOfOtherSellers(t *testing.T) {
	for name, reason := range map[string]string{"app_id": "for another application or seller", "seller_id": "for another application or seller",
		"total_amount": "its amount is not what was asked for", "out_trade_no": "its order number is none of ours"} {
		s := newShop(t)
		_, form := told(t, s)
		value := map[string]string{"total_amount": "0.01"}[name]
		r := httptest.NewRequest(http.MethodPost, notifyURL, strings.NewReader(signed(t, form, name, value)))
		gatewaytest.Callback(s.Callback).Refused(t, name, r, 400, reason, form.Get("sign"), form.Get("trade_no"))
	}
}
