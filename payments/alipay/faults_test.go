package alipay_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"voicetill/payments/alipay"
	"voicetill/payments/alipay/alipaytest"
	"voicetill/payments/gatewaytest"
)

// Every payment goes over a line that loses, doubles and delays, to an Alipay
// that is not available at times.
func TestPaymentsOverABadLine(t *testing.T) { gatewaytest.RunStorms(t, newStorm) }

func newStorm(t *testing.T, seed uint64) *gatewaytest.Storm {
	s := newShop(t)
	random := rand.New(rand.NewPCG(seed, 2))
	s.Line = gatewaytest.NewLine(s.server, seed, gatewaytest.BadLine)
	s.connect(t)
	s.server.SystemErrors, s.server.RetryCancels, s.server.RefundTakes = 5, 20, 3*time.Minute
	s.server.Random = rand.New(rand.NewPCG(seed, 3))
	return &gatewaytest.Storm{Shop: s.Shop, Callback: s.Callback(quiet, s.Till.Settle), Taken: http.StatusOK, Random: random,
		Notices: s.server.Notices, Again: s.server.Again, Number: number, Kept: s.kept, QRLife: alipay.QRLife,
		Code: func(kind int) string {
			return s.server.Code([]alipaytest.Shopper{{}, {Types: time.Duration(random.IntN(70)) * time.Second}, {Never: true},
				{Refuse: "ACQ.BUYER_BALANCE_NOT_ENOUGH"}, {}, {Refuse: "ACQ.SOMETHING_NEW"}}[kind])
		},
		Scan: func(qr string, pays bool) { _ = s.server.Scan(qr, pays) },
		Calm: func() { s.server.SystemErrors = 0 },
	}
}
