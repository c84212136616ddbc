package gatewaytest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

func TestLine(t *testing.T) {
	for name, tt := range map[string]struct {
		rates          Rates
		hears          bool
		arrives, later int
	}{
		"nothing happens":   {Rates{}, true, 1, 1},
		"the request lost":  {Rates{LoseRequest: 100}, false, 0, 0},
		"the reply lost":    {Rates{LoseReply: 100}, false, 1, 1},
		"the request twice": {Rates{Double: 100}, true, 2, 2},
		"the request late":  {Rates{Late: 100}, false, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := 0
			line := NewLine(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err == nil && string(body) == "pay" && r.URL.RequestURI() == "/v1/a*b?c=d" {
					got++
				}
			}), 1, tt.rates)
			resp, err := line.Client().Post("https://pay.example.com/v1/a*b?c=d", "text/plain", strings.NewReader("pay"))
			if err == nil {
				resp.Body.Close()
			}
			if (err == nil) != tt.hears || err != nil && !errors.Is(err, ErrLost) || got != tt.arrives {
				t.Errorf("got %v, %d arrivals, want %t, %d", err, got, tt.hears, tt.arrives)
			}
			if line.Flush(); got != tt.later {
				t.Errorf("after Flush: got %d arrivals, want %d", got, tt.later)
			}
		})
	}
}

// sloppy charges and does not always say so.
type sloppy struct {
	payments.Gateway
	err     error // of Charge, after it took the money
	reverse error
	taken   int64
	back    int64 // that a reversal gives
}

var errSilent = errors.New("silent")

func (s *sloppy) Charge(_ context.Context, c payments.Charge) (string, error) {
	s.taken += c.Amount.Minor
	return "ref", s.err
}
func (s *sloppy) Lookup(context.Context, string, money.Amount) (string, error) { return "", errSilent }
func (s *sloppy) Reverse(context.Context, string) error {
	if s.reverse == nil {
		s.taken -= s.back
	}
	return s.reverse
}

// A Till that finds nothing wrong would prove nothing.
func TestTillSeesWhatAGatewayDoesWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		gateway sloppy
		ends    bool // the charge comes to an end
		good    bool // and the books are right
	}{
		"it charges":                            {sloppy{}, true, true},
		"it says that nothing was charged":      {sloppy{err: payments.ErrNoCharge}, true, false},
		"it is silent, and gives back":          {sloppy{err: errSilent, back: 5}, true, true},
		"it is silent, and only says so":        {sloppy{err: errSilent}, true, false},
		"it is silent for ever":                 {sloppy{err: errSilent, reverse: errSilent}, false, false},
		"it is silent, and gives back too much": {sloppy{err: errSilent, back: 6}, true, false},
	} {
		till := &Till{Gateway: &tt.gateway, Clock: NewClock(time.Unix(1, 0))}
		key := till.Begin()
		err := till.Charge(t.Context(), payments.Charge{Key: key, Amount: money.Of(5, "CNY"), At: till.Clock.Now()}, nil)
		if (err == nil) != tt.ends || err != nil && !errors.Is(err, errEndless) {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := till.Check(func(string) int64 { return tt.gateway.taken }); (err == nil) != tt.good {
			t.Errorf("%s: the check says %v", name, err)
		}
	}
}
