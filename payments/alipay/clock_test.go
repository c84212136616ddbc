package alipay_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/alipay"
)

// by is a gateway of a till whose clock differs from Alipay's by so much.
func (s *shop) by(t *testing.T, differs time.Duration) *alipay.Gateway {
	t.Helper()
	g, err := alipay.New(alipay.Config{AppID: appID, Seller: sellerID, Key: keys()[0], AlipayKey: &keys()[1].PublicKey, Notify: notifyURL,
		Client: s.Line.Client(), Now: func() time.Time { return s.Clock.Now().Add(differs) }, Wait: s.Clock.Wait})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A till's clock is set while a shopper looks at a code: it can be paid as before,
// so that nothing is certain before it expires at Alipay.
func TestACodeOutlivesAClockThatIsSet(t *testing.T) {
	for name, set := range map[string]time.Duration{"forwards": 24 * time.Hour, "backwards": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			c := s.NewCharge(500, "")
			_, err := s.Charge(t.Context(), c)
			var hand *payments.HandoffError
			if !errors.As(err, &hand) {
				t.Fatalf("got %v, want a code to scan", err)
			}
			after := s.by(t, set)
			if _, err := after.Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, alipay.ErrUnknown) || errors.Is(err, payments.ErrNoCharge) {
				t.Errorf("looked up while the code lives: got %v", err)
			}
			if err := after.Reverse(t.Context(), c.Key); err == nil {
				t.Error("reversed while the code lives, and nobody has scanned it")
			}
			if err := s.server.Scan(hand.Handoff.QR, true); err != nil {
				t.Fatal(err)
			}
			if err := after.Reverse(t.Context(), c.Key); err != nil || s.kept(c.Key) != 0 {
				t.Errorf("reversed when it was paid: %v, Alipay keeps %d", err, s.kept(c.Key))
			}
			never := s.NewCharge(500, "")
			_ = s.Clock.Wait(t.Context(), time.Hour)
			if err := s.by(t, 0).Reverse(t.Context(), never.Key); err != nil {
				t.Errorf("after its expiry, what never came: %v", err)
			}
		})
	}
}
