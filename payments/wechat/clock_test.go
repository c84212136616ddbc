package wechat_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/wechat"
)

// A till's clock is set while a shopper looks at a code: answers of another time
// decide nothing, and once the clock is right again the payment is found.
func TestACodeOutlivesAClockThatIsSet(t *testing.T) {
	for name, set := range map[string]time.Duration{"forwards": 24 * time.Hour, "backwards": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			c := s.NewCharge(500, "")
			_, err := s.Charge(t.Context(), c)
			if codeOf(err) == "" {
				t.Fatalf("got %v, want a code to scan", err)
			}
			wrong := config(s)
			wrong.Now = func() time.Time { return s.Clock.Now().Add(set) }
			after, err2 := wechat.New(wrong)
			if err2 != nil {
				t.Fatal(err2)
			}
			if _, err := after.Lookup(t.Context(), c.Key, c.Amount); err == nil || errors.Is(err, payments.ErrNoCharge) {
				t.Errorf("looked up while the code lives: got %v", err)
			}
			_ = s.Clock.Wait(t.Context(), time.Minute)
			if err := after.Reverse(t.Context(), c.Key); err == nil {
				t.Error("reversed by answers of another time")
			}
			if err := s.server.Scan(codeOf(err)); err != nil {
				t.Fatal(err)
			}
			if ref, err := s.Lookup(t.Context(), c.Key, c.Amount); ref == "" || err != nil {
				t.Errorf("by a clock that is right: %q, %v", ref, err)
			}
		})
	}
}
