package wechat_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"voicetill/payments/gatewaytest"
	"voicetill/payments/wechat"
	"voicetill/payments/wechat/wechattest"
)

// Every payment goes over a line that loses, doubles and delays, to a WeChat
// Pay that has SYSTEM_ERRORs.
func TestPaymentsOverABadLine(t *testing.T) { gatewaytest.RunStorms(t, newStorm) }

func newStorm(t *testing.T, seed uint64) *gatewaytest.Storm {
	s := newShop(t, nil)
	random := rand.New(rand.NewPCG(seed, 2))
	s.Line = gatewaytest.NewLine(s.server, seed, gatewaytest.BadLine)
	s.connect(t, nil)
	s.server.SystemErrors, s.server.RefundTakes = 5, 3*time.Minute
	s.server.Random = rand.New(rand.NewPCG(seed, 3))
	return &gatewaytest.Storm{Shop: s.Shop, Callback: s.Callback(quiet, s.Till.Settle), Taken: http.StatusNoContent, Random: random,
		Notices: s.server.Notices, Again: s.server.Again, Number: number, Kept: s.kept, QRLife: wechat.QRLife,
		Code: func(kind int) string {
			s.server.Terse = random.IntN(2) == 0
			return s.server.Code([]wechattest.Shopper{{}, {Types: time.Duration(random.IntN(70)) * time.Second}, {Never: true},
				{Refuse: "NOT_ENOUGH"}, {}, {Refuse: "SOMETHING_NEW"}}[kind])
		},
		Scan: func(qr string, _ bool) { _ = s.server.Scan(qr) },
		Calm: func() { s.server.SystemErrors = 0 },
	}
}
