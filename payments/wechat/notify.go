package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"voicetill/payments"
)

// notification is what WeChat Pay posts: 204 ends it, anything else makes it
// come again for a day.
// https://pay.weixin.qq.com/doc/v3/merchant/4012791882
type notification struct {
	Event    string   `json:"event_type"` // TRANSACTION.SUCCESS, REFUND.SUCCESS, …
	Resource resource `json:"resource"`
}

// Callback receives WeChat Pay's notifications. They are believed no further
// than their key: settle asks how the charge stands, so that they may come
// twice, late and in any order. One for a settlement that is not in the books is
// taken, too: there is nothing to do. Refunds need no notification.
func (g *Gateway) Callback(log *slog.Logger, settle func(ctx context.Context, key string) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			fail(w, http.StatusBadRequest, "the body is too large or broken")
			return
		}
		if err := g.verify(r.Context(), r.Header, body); errors.Is(err, errNoKey) {
			log.Error("a WeChat Pay notification could not be verified", "err", err)
			fail(w, http.StatusServiceUnavailable, "not verified yet")
			return
		} else if err != nil {
			log.Warn("a WeChat Pay notification was refused", "err", err)
			fail(w, http.StatusUnauthorized, err.Error())
			return
		}
		key, err := g.keyOf(body)
		if err != nil {
			log.Warn("a WeChat Pay notification was refused", "err", err)
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		if key != "" {
			err = settle(r.Context(), key)
		}
		switch {
		case errors.Is(err, payments.ErrForeign):
			log.Warn("a WeChat Pay notification was refused", "err", err)
			fail(w, http.StatusForbidden, payments.ErrForeign.Error())
		case err != nil && !errors.Is(err, payments.ErrNotReserved):
			log.Warn("a WeChat Pay notification changed nothing", "key", key, "err", err)
			fail(w, http.StatusServiceUnavailable, "not settled yet")
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

// errNotOurs says that a genuine notification is about no order of this till.
var errNotOurs = errors.New("it is for no order of this till")

// keyOf is the key of the order that a notification is about, "" if it is about
// none, or errNotOurs with the reason.
func (g *Gateway) keyOf(body []byte) (string, error) {
	var n notification
	if json.Unmarshal(body, &n) != nil {
		return "", fmt.Errorf("%w: it cannot be read", errNotOurs)
	}
	text, err := n.Resource.open(g.c.APIv3)
	if err != nil {
		return "", fmt.Errorf("%w: it is not encrypted with the key of api_v3_key_file", errNotOurs)
	}
	if n.Event != "TRANSACTION.SUCCESS" {
		return "", nil
	}
	var o order
	if json.Unmarshal(text, &o) != nil || o.Merchant != g.c.Merchant || o.AppID != g.c.AppID {
		return "", fmt.Errorf("%w: it is for another merchant or application", errNotOurs)
	}
	if no, err := OutTradeNo(o.Attach); err != nil || no != o.OutTradeNo {
		return "", fmt.Errorf("%w: its order number is none of ours", errNotOurs)
	}
	return o.Attach, nil
}

func fail(w http.ResponseWriter, status int, message string) {
	text, err := json.Marshal(map[string]string{"code": "FAIL", "message": message})
	if err != nil {
		text = []byte(`{"code":"FAIL"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // WeChat Pay may be gone
}
