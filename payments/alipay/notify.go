package alipay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/rsakey"
)

// Callback receives Alipay's notifications, forms that are signed over all
// parameters but sign and sign_type. They are believed no further than their
// key: settle asks how the charge stands, so that they may come twice, late and
// in any order. "success" ends them, anything else makes them come again for a
// day. One for a settlement that is not in the books is taken, too: there is
// nothing to do. https://opendocs.alipay.com/open/194/103296
func (g *Gateway) Callback(log *slog.Logger, settle func(ctx context.Context, key string) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "fail", http.StatusBadRequest)
			return
		}
		v, err := g.genuine(body)
		if err != nil {
			log.Warn("an Alipay notification was refused", "err", err)
			http.Error(w, "fail: "+err.Error(), http.StatusUnauthorized)
			return
		}
		key, err := g.keyOf(v)
		if err != nil {
			log.Warn("an Alipay notification was refused", "err", err)
			http.Error(w, "fail: "+err.Error(), http.StatusBadRequest)
			return
		}
		if v.Get("trade_status") != "WAIT_BUYER_PAY" {
			err = settle(r.Context(), key)
		}
		switch {
		case errors.Is(err, payments.ErrForeign):
			log.Warn("an Alipay notification was refused", "err", err)
			http.Error(w, "fail: "+payments.ErrForeign.Error(), http.StatusForbidden)
		case err != nil && !errors.Is(err, payments.ErrNotReserved):
			log.Warn("an Alipay notification changed nothing", "key", key, "err", err)
			http.Error(w, "fail", http.StatusServiceUnavailable)
		default:
			_, _ = io.WriteString(w, "success") // Alipay may be gone
		}
	})
}

// genuine reads the parameters of a signed notification, each given once, or
// returns ErrSignature with the reason.
func (g *Gateway) genuine(body []byte) (url.Values, error) {
	v, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("%w: it is no form", ErrSignature)
	}
	if v.Get("sign_type") != "RSA2" {
		return nil, fmt.Errorf("%w: sign_type is not RSA2", ErrSignature)
	}
	for _, values := range v {
		if len(values) != 1 {
			return nil, fmt.Errorf("%w: a parameter is given twice", ErrSignature)
		}
	}
	if rsakey.Verify(g.c.AlipayKey, []byte(signed(v, "sign", "sign_type")), v.Get("sign")) != nil {
		return nil, fmt.Errorf("%w: sign does not fit the key of alipay_public_key_file", ErrSignature)
	}
	return v, nil
}

// keyOf checks that a notification is for our application, account and order,
// over the amount that was asked for, which the order's body repeats. Else it
// returns errNotOurs with the reason.
func (g *Gateway) keyOf(v url.Values) (string, error) {
	if v.Get("app_id") != g.c.AppID || v.Get("seller_id") != g.c.Seller {
		return "", fmt.Errorf("%w: it is for another application or seller", errNotOurs)
	}
	if total, err := fen(v.Get("total_amount")); err != nil || v.Get("body") != money.Of(total, "CNY").String() {
		return "", fmt.Errorf("%w: its amount is not what was asked for", errNotOurs)
	}
	key, err := Key(v.Get("out_trade_no"))
	if err != nil {
		return "", fmt.Errorf("%w: its order number is none of ours", errNotOurs)
	}
	return key, nil
}

// errNotOurs says that a genuine notification is about no order of this till.
var errNotOurs = errors.New("it is for no order of this till")
