package wechat_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/gatewaytest"
	"voicetill/payments/wechat"
	"voicetill/payments/wechat/wechattest"
)

// payments of a run; VOICETILL_PAYMENTS=10000 for a nightly one.
func runs(t *testing.T) int {
	text := os.Getenv("VOICETILL_PAYMENTS")
	if text == "" {
		return 1000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("VOICETILL_PAYMENTS=%q is no number of payments", text)
	}
	return n
}

var badLine = gatewaytest.Rates{LoseRequest: 8, LoseReply: 8, Double: 8, Late: 5}

// Every payment goes over a line that loses, doubles and delays, to a WeChat
// Pay that has SYSTEM_ERRORs, shoppers who hesitate, and notifications that
// come twice and in any order. In the end each is booked or released, and
// WeChat Pay has kept what the books say.
func TestPaymentsOverABadLine(t *testing.T) {
	const shards = 4
	for shard := range shards {
		t.Run(fmt.Sprintf("part %d", shard+1), func(t *testing.T) {
			t.Parallel()
			b := newBadShop(t, uint64(shard)+1)
			for range runs(t) / shards {
				b.pay(t)
			}
			b.line.SetRates(gatewaytest.Rates{})
			b.clock.Wait(t.Context(), time.Hour)
			b.calm(t)
			booked, err := b.till.Check(b.kept)
			if err != nil {
				t.Error(err)
			}
			if counts := b.line.Counts(); booked < runs(t)/shards/6 || b.heard < booked/4 || counts.LoseRequest*counts.LoseReply*counts.Double*counts.Late == 0 {
				t.Errorf("only %d booked, %d notifications taken, faults %+v: this tests nothing", booked, b.heard, counts)
			}
		})
	}
}

type badShop struct {
	*shop
	random   *rand.Rand
	callback http.Handler
	told     []string // order numbers that were told
	heard    int      // notifications that were taken
	last     string   // order number of the payment at hand
}

func newBadShop(t *testing.T, seed uint64) *badShop {
	b := &badShop{shop: newShop(t, nil), random: rand.New(rand.NewPCG(seed, 2))}
	b.line = gatewaytest.NewLine(b.server, seed, badLine)
	c := config(b.shop)
	var err error
	if b.Gateway, err = wechat.New(c); err != nil {
		t.Fatal(err)
	}
	b.server.SystemErrors, b.server.RefundTakes = 5, 3*time.Minute
	b.server.Random = rand.New(rand.NewPCG(seed, 3))
	b.callback = b.Callback(quiet, b.till.Settle)
	b.till.Gateway = b.Gateway
	b.till.Wait = func() {
		if b.random.IntN(3) == 0 {
			b.line.Flush()
		}
		b.notify(t)
	}
	return b
}

// pay is one payment with what a shopper does, and often a refund.
func (b *badShop) pay(t *testing.T) {
	t.Helper()
	b.server.Terse = b.random.IntN(2) == 0
	sum, code := 1+b.random.Int64N(100_000), ""
	if b.random.IntN(2) == 0 {
		code = b.server.Code([]wechattest.Shopper{{}, {Types: time.Duration(b.random.IntN(70)) * time.Second}, {Never: true},
			{Refuse: "NOT_ENOUGH"}, {}, {Refuse: "SOMETHING_NEW"}}[b.random.IntN(6)])
	}
	c := b.charge(sum, code)
	b.last = number(c.Key)
	qr := ""
	scan := func(h payments.Handoff) {
		qr = h.QR
		b.clock.Wait(t.Context(), time.Duration(b.random.Int64N(int64(wechat.QRLife)*5/4)))
		if b.random.IntN(4) > 0 {
			_ = b.server.Scan(h.QR) // may be too late
		}
	}
	if err := b.till.Charge(t.Context(), c, scan); err != nil {
		t.Fatal(err)
	}
	_ = b.server.Scan(qr) // after it was given up, or again
	b.notify(t)
	for b.random.IntN(3) == 0 {
		if err := b.till.Refund(t.Context(), c.Key, 1+b.random.Int64N(sum), "CNY"); err != nil {
			t.Fatal(err)
		}
	}
}

// notify delivers what WeChat Pay has to tell: some twice, some of old, in any
// order, and some not at all.
func (b *badShop) notify(t *testing.T) {
	t.Helper()
	notices := b.server.Notices()
	for range notices {
		b.told = append(b.told, b.last)
		if again := b.server.Again(b.told[b.random.IntN(len(b.told))]); again != nil && b.random.IntN(3) == 0 {
			notices = append(notices, again)
		}
	}
	b.random.Shuffle(len(notices), func(i, j int) { notices[i], notices[j] = notices[j], notices[i] })
	for _, n := range notices {
		if b.random.IntN(10) == 0 {
			continue
		}
		w := httptest.NewRecorder()
		b.callback.ServeHTTP(w, n)
		if w.Code == http.StatusNoContent {
			b.heard++
		}
		if w.Code != http.StatusNoContent && w.Code != http.StatusServiceUnavailable {
			t.Fatalf("a notification is answered with %d %s", w.Code, w.Body)
		}
	}
}

// calm lets all that is late arrive.
func (b *badShop) calm(t *testing.T) {
	t.Helper()
	b.line.Flush()
	b.server.SystemErrors = 0
	b.notify(t)
}
