package checkout

import (
	"errors"
	"fmt"
	"time"

	"voicetill/payments"
)

// Confirming is a payment that waits for staff, as its shopper sees it.
type Confirming struct {
	ID      string    `json:"confirmation"`
	Expires time.Time `json:"expires"`
}

// notConfirmed answers what has to do with the staff's confirmation, and reports
// whether err was that.
func (t *turn) notConfirmed(err error) bool {
	var waiting *payments.UnconfirmedError
	var refused *payments.RefusedError
	switch {
	case errors.As(err, &waiting):
		c := waiting.Confirmation
		t.talk.State, t.talk.Staff = Proving, &Confirming{ID: c.ID, Expires: c.Expires}
		t.acted, t.sound = true, SoundQuestion
		t.tell("confirm-wait")
	case errors.As(err, &refused) && refused.Reason != "":
		t.talk.State = Billed
		t.refuse("confirm-refused-why", "reason", refused.Reason)
	case errors.As(err, &refused):
		t.talk.State = Billed
		t.refuse("confirm-refused")
	case errors.Is(err, payments.ErrConfirmLate):
		t.talk.State = Billed
		t.refuse("confirm-late")
	case errors.Is(err, payments.ErrCodeAgain):
		t.acted, t.sound = true, SoundQuestion
		t.tell("confirm-scan")
	default:
		return false
	}
	return true
}

// awaitStaff goes on with the payment as soon as staff has decided.
func (t *turn) awaitStaff() {
	r, err := t.till.Ways.Confirmed(t.ctx, t.talk.Bill.ID)
	switch {
	case errors.Is(err, payments.ErrUnconfirmed), errors.Is(err, payments.ErrBillPending):
		return // not decided, or somebody else is paying it just now
	case err == nil:
		t.paid(r)
		return
	}
	t.talk.Staff = nil
	switch {
	case errors.Is(err, payments.ErrNoReceipt):
		t.talk.State = Billed
		t.refuse("handoff-over")
	case errors.Is(err, payments.ErrNoConfirmation):
		t.err = fmt.Errorf("follow the confirmation: %w", err)
	default:
		t.notPaid(err)
	}
}
