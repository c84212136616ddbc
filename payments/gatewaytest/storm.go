package gatewaytest

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
)

// BadLine loses, doubles and delays.
var BadLine = Rates{LoseRequest: 8, LoseReply: 8, Double: 8, Late: 5}

// Storm is a shop in bad weather: shoppers who hesitate, and notifications that
// come twice and in any order. What differs between providers are its fields.
type Storm struct {
	Shop
	Callback http.Handler                      // of the till
	Taken    int                               // its answer to a notification that it took
	Notices  func() []*http.Request            // notifications that the provider has to send
	Again    func(number string) *http.Request // the last one of an order once more; nil: there was none
	Number   func(key string) string           // of an order
	Code     func(kind int) string             // a payment code: of who pays, types, never pays, has too little, pays, is refused for a new reason
	Scan     func(qr string, pays bool)        // may be too late
	QRLife   time.Duration
	Kept     func(key string) int64
	Calm     func() // the provider itself has no more trouble
	Random   *rand.Rand
	told     []string // order numbers that were told
	heard    int      // notifications that were taken
	last     string   // order number of the payment at hand
}

// Runs is how many payments a storm has; VOICETILL_PAYMENTS=10000 for a nightly
// one.
func Runs(t *testing.T) int {
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

// RunStorms makes four storms at once. In the end each payment is booked or
// released, and the provider has kept what the books say.
func RunStorms(t *testing.T, begin func(t *testing.T, seed uint64) *Storm) {
	const shards = 4
	for shard := range shards {
		t.Run(fmt.Sprintf("part %d", shard+1), func(t *testing.T) {
			t.Parallel()
			begin(t, uint64(shard)+1).run(t, Runs(t)/shards)
		})
	}
}

func (s *Storm) run(t *testing.T, n int) {
	t.Helper()
	s.Till.Wait = func() {
		if s.Random.IntN(3) == 0 {
			s.Line.Flush()
		}
		s.notify(t)
	}
	for range n {
		s.pay(t)
	}
	s.Line.SetRates(Rates{})
	_ = s.Clock.Wait(t.Context(), time.Hour)
	s.Line.Flush()
	s.Calm()
	s.notify(t)
	booked, err := s.Till.Check(s.Kept)
	if err != nil {
		t.Error(err)
	}
	if c := s.Line.Counts(); booked < n/6 || s.heard < booked/4 || c.LoseRequest*c.LoseReply*c.Double*c.Late == 0 {
		t.Errorf("only %d booked, %d notifications taken, faults %+v: this tests nothing", booked, s.heard, c)
	}
}

// pay is one payment with what a shopper does, and often a refund.
func (s *Storm) pay(t *testing.T) {
	t.Helper()
	sum, code := 1+s.Random.Int64N(100_000), ""
	if s.Random.IntN(2) == 0 {
		code = s.Code(s.Random.IntN(6))
	}
	c := s.NewCharge(sum, code)
	s.last = s.Number(c.Key)
	qr := ""
	scan := func(h payments.Handoff) {
		qr = h.QR
		_ = s.Clock.Wait(t.Context(), time.Duration(s.Random.Int64N(int64(s.QRLife)*5/4)))
		if s.Random.IntN(4) > 0 {
			s.Scan(h.QR, s.Random.IntN(5) > 0)
		}
	}
	if err := s.Till.Charge(t.Context(), c, scan); err != nil {
		t.Fatal(err)
	}
	s.Scan(qr, true) // after it was given up, or again
	s.notify(t)
	for s.Random.IntN(3) == 0 {
		if err := s.Till.Refund(t.Context(), c.Key, 1+s.Random.Int64N(sum), "CNY"); err != nil {
			t.Fatal(err)
		}
	}
}

// notify delivers what the provider has to tell: some twice, some of old, in any
// order, and some not at all.
func (s *Storm) notify(t *testing.T) {
	t.Helper()
	notices := s.Notices()
	for range notices {
		s.told = append(s.told, s.last)
		if again := s.Again(s.told[s.Random.IntN(len(s.told))]); again != nil && s.Random.IntN(3) == 0 {
			notices = append(notices, again)
		}
	}
	s.Random.Shuffle(len(notices), func(i, j int) { notices[i], notices[j] = notices[j], notices[i] })
	for _, n := range notices {
		if s.Random.IntN(10) == 0 {
			continue
		}
		w := httptest.NewRecorder()
		s.Callback.ServeHTTP(w, n)
		if w.Code == s.Taken {
			s.heard++
		}
		if w.Code != s.Taken && w.Code != http.StatusServiceUnavailable {
			t.Fatalf("a notification is answered with %d %s", w.Code, w.Body)
		}
	}
}
