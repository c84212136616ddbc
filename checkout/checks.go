package checkout

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"voicetill/payments/money"
)

// CheckRule is how often staff looks at baskets of a place before they are paid.
// All but Decay are shares from 0 to 1 that add up to the rate; the zero rule
// checks nothing.
type CheckRule struct {
	Base        float64 `json:"base"`         // of any basket
	Amount      float64 `json:"amount"`       // of one worth AmountOf or more, less in proportion
	AmountOf    int64   `json:"amount_of"`    // minor units of the place's currency
	Restricted  float64 `json:"restricted"`   // with something that has a minimum age
	Corrections float64 `json:"corrections"`  // after more than manyCorrections changes back
	LateRemoval float64 `json:"late_removal"` // where something was taken out within lateRemoval before the checkout
	NewAccount  float64 `json:"new_account"`  // of who has paid fewer than newAccount baskets here, or is not signed in
	Decay       float64 `json:"decay"`        // factor for each clean check in a row
	Floor       float64 `json:"floor"`        // that clean checks do not bring the rate below
}

const (
	manyCorrections = 4
	lateRemoval     = time.Minute
	newAccount      = 3
)

// ErrCheckRule refuses shares outside 0 to 1.
var ErrCheckRule = errors.New("the shares and the decay of a check rule are from 0 to 1, the amount is not negative")

// CheckRuleError is ErrCheckRule with the field, as JSON names it, that is wrong.
type CheckRuleError struct{ Field string }

func (e *CheckRuleError) Error() string { return ErrCheckRule.Error() }
func (e *CheckRuleError) Unwrap() error { return ErrCheckRule }

// Valid returns a *CheckRuleError where a share is none.
func (r CheckRule) Valid() error {
	for _, f := range []struct {
		name  string
		share float64
	}{{"base", r.Base}, {"amount", r.Amount}, {"restricted", r.Restricted}, {"corrections", r.Corrections},
		{"late_removal", r.LateRemoval}, {"new_account", r.NewAccount}, {"decay", r.Decay}, {"floor", r.Floor}} {
		if !(f.share >= 0 && f.share <= 1) {
			return &CheckRuleError{f.name}
		}
	}
	if r.AmountOf < 0 {
		return &CheckRuleError{"amount_of"}
	}
	return nil
}

// Basket is what a rule looks at.
type Basket struct {
	Total       money.Amount
	Restricted  bool
	Corrections int
	LateRemoval bool
}

// CheckHistory is what is known of a signed-in shopper at a merchant's.
type CheckHistory struct {
	Paid  int // baskets
	Clean int // checks in a row, up to the last one
}

// Rate is the share of such baskets that is looked at, from 0 to 1. A correction
// only ends the row of clean checks: nobody is ever checked more often than
// somebody new with the same basket.
func (r CheckRule) Rate(b Basket, h CheckHistory) float64 {
	rate := r.Base
	if r.AmountOf > 0 {
		rate += r.Amount * min(1, float64(b.Total.Minor)/float64(r.AmountOf))
	}
	for _, w := range []struct {
		applies bool
		share   float64
	}{{b.Restricted, r.Restricted}, {b.Corrections > manyCorrections, r.Corrections}, {b.LateRemoval, r.LateRemoval}, {h.Paid < newAccount, r.NewAccount}} {
		if w.applies {
			rate += w.share
		}
	}
	rate = min(rate, 1)
	return max(rate*math.Pow(r.Decay, float64(h.Clean)), min(rate, r.Floor))
}

// drawOf is a number from 0 up to 1 that a cart keeps: asking again, going back
// or another node draw the same.
func drawOf(seed []byte, cart string) float64 {
	mac := hmac.New(sha256.New, seed)
	mac.Write([]byte(cart))
	return float64(binary.BigEndian.Uint64(mac.Sum(nil))>>11) / (1 << 53)
}

// Outcomes of a check.
const (
	CheckPassed    = "passed"    // the rule did not pick the basket
	CheckWaiting   = "waiting"   // for staff
	CheckClean     = "clean"     //
	CheckCorrected = "corrected" // the basket was put right
)

// Check is what became of the rule for one cart.
type Check struct {
	Cart    string
	Place   string
	Account string // id, or "" of who is not signed in
	Digest  string // of the lines; once they change, another look is needed
	Reason  string // JSON, what the rate was made of; for the operator, never shown
	Total   money.Amount
	Picked  bool
	At      time.Time
}

// Checks keeps the checks of baskets. Each method is one transaction.
type Checks interface {
	// CheckBasis is the place's rule and what is known of the account, "" for
	// who is not signed in.
	CheckBasis(ctx context.Context, place, account string) (CheckRule, CheckHistory, error)
	// KeepCheck keeps what was drawn and returns the outcome. A cart that was
	// picked stays so, one that was looked at needs no other look until its lines
	// change, and a check that its shopper left waits for the next basket.
	KeepCheck(ctx context.Context, c Check) (outcome string, err error)
	// CheckOutcome is that of a cart, CheckPassed for an unknown one.
	CheckOutcome(ctx context.Context, place, cart string) (outcome string, err error)
}

// basket is the cart as a rule looks at it.
func (t *turn) basket() Basket {
	b := Basket{Total: t.talk.Bill.Total, Corrections: t.talk.Corrections,
		LateRemoval: !t.talk.RemovedAt.IsZero() && t.now.Sub(t.talk.RemovedAt) < lateRemoval}
	for _, l := range t.talk.Cart.Lines {
		b.Restricted = b.Restricted || l.MinAge > 0
	}
	return b
}

// drawCheck decides whether staff looks at the basket that was just billed.
func (t *turn) drawCheck() {
	t.talk.Check = ""
	if t.till.Checks == nil {
		return
	}
	place := t.till.Place.ID
	rule, history, err := t.till.Checks.CheckBasis(t.ctx, place, t.account)
	if err != nil {
		t.err = fmt.Errorf("find the rule for checks: %w", err)
		return
	}
	if rule == (CheckRule{}) {
		return
	}
	b := t.basket()
	rate := rule.Rate(b, history)
	reason, err := json.Marshal(map[string]any{"rate": rate, "basket": b, "history": history})
	if err != nil {
		t.err = fmt.Errorf("write what a check is for: %w", err)
		return
	}
	c := Check{Cart: t.talk.Cart.ID, Place: place, Account: t.account, Digest: t.talk.Bill.CartDigest(), Reason: string(reason),
		Total: t.talk.Bill.Total, Picked: drawOf(t.till.CheckSeed, t.talk.Cart.ID) < rate, At: t.now.UTC()}
	outcome, err := t.till.Checks.KeepCheck(t.ctx, c)
	if err != nil {
		t.err = fmt.Errorf("keep the check: %w", err)
		return
	}
	if outcome == CheckWaiting {
		t.talk.Check = outcome
		t.tell("check")
	}
}

// checked reports whether the bill may be paid, and else asks the shopper to
// wait for staff.
func (t *turn) checked() bool {
	if t.talk.Check != CheckWaiting || t.till.Checks == nil {
		return true
	}
	outcome, err := t.till.Checks.CheckOutcome(t.ctx, t.till.Place.ID, t.talk.Cart.ID)
	if err != nil {
		t.err = fmt.Errorf("look at the check: %w", err)
		return false
	}
	if outcome == CheckWaiting {
		t.tell("check-wait")
		return false
	}
	t.talk.Check = ""
	return true
}

// corrects counts what a rule may look at.
func (t *turn) corrects(removes bool) {
	t.talk.Corrections++
	if removes {
		t.talk.RemovedAt = t.now.UTC()
	}
}
