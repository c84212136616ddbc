package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"voicetill/parser"
	"voicetill/payments"
)

// offers finds out how the bill can be paid.
func (t *turn) offers() {
	if t.till.Ways == nil {
		return
	}
	methods, err := t.till.Ways.Offers(t.ctx, t.till.Place.ID, t.till.Place.Currency)
	if err != nil {
		t.err = err
		return
	}
	t.talk.Methods, t.talk.Handoff, t.talk.Staff = methods, nil, nil
	if !slices.Contains(methods, t.talk.Method) {
		t.talk.Method = ""
	}
}

// payBy chooses how the bill will be paid. Before there is a bill it makes one;
// it never pays.
func (t *turn) payBy(m payments.Method) {
	switch t.talk.State {
	case Paid:
		t.tell("already-paid", "total", t.words.money(t.talk.Bill.Total))
		return
	case Shopping, Choosing:
		if t.checkout(); t.err != nil || t.talk.State != Billed {
			return
		}
	case Proving:
		if t.talk.waits() {
			t.tell(t.proveKey())
			return
		}
	}
	if !t.chosen(m) {
		return
	}
	t.acted, t.sound = true, SoundQuestion
	t.tell("method-set", "method", t.methodName(m))
	t.findMandate()
	if t.talk.State == Proving {
		t.tell("prove")
	}
}

// chosen makes m the way to pay, or says which ways there are.
func (t *turn) chosen(m payments.Method) bool {
	if !slices.Contains(t.talk.Methods, m) {
		t.refuse("method-not-here", "methods", t.methodNames())
		return false
	}
	t.talk.Method = m
	return true
}

func (t *turn) methodName(m payments.Method) string {
	if key := "by-" + string(m); slices.Contains(sentences, key) {
		return t.words.part(key)
	}
	return string(m)
}

func (t *turn) methodNames() string {
	methods := t.talk.Methods
	if len(methods) == 0 {
		methods = []payments.Method{payments.Prepaid}
	}
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = t.methodName(m)
	}
	return t.words.speak.list(names, t.words.part("or"))
}

// handOff shows where the shopper finishes the payment, and waits for it.
func (t *turn) handOff(h payments.Handoff) {
	t.talk.State, t.talk.Handoff = Proving, &h
	t.acted, t.sound = true, SoundQuestion
	t.tell("handoff")
}

func (t *turn) proveKey() string {
	switch {
	case t.talk.Staff != nil:
		return "confirm-wait"
	case t.talk.Handoff != nil && t.talk.Handoff.QR+t.talk.Handoff.URL == "":
		return "under-way"
	case t.talk.Handoff != nil:
		return "handoff"
	}
	return "prove"
}

// waits reports whether a payment goes on without the shopper's doing here.
func (t *talk) waits() bool { return t.Handoff != nil || t.Staff != nil }

// giveUp takes back a payment that waits outside or for staff, and reports
// whether there is none any more. If it was paid meanwhile, the receipt is there.
func (t *turn) giveUp() bool {
	if !t.talk.waits() {
		return true
	}
	err := t.till.Ways.Cancel(t.ctx, t.talk.Bill.ID)
	switch {
	case err == nil:
		t.talk.Handoff, t.talk.Staff = nil, nil
		return true
	case errors.Is(err, payments.ErrBillPaid):
		t.findReceipt(t.talk.Cart.ID)
	default:
		t.refuse("cancel-later")
	}
	return false
}

// Waits reports whether the payment of the bill goes on outside the till or waits
// for staff: then Await is to be called from time to time.
func (d *Dialog) Waits() bool { return d.talk.State == Proving && d.talk.waits() }

// Await looks whether a payment outside the till has come to an end, or staff has
// decided, and returns the reply that tells, or nil. With ask the provider is
// asked.
func (d *Dialog) Await(ctx context.Context, ask bool) (*Reply, error) {
	if !d.Waits() {
		return nil, nil
	}
	return d.turn(ctx, "", func(t *turn) {
		switch {
		case t.talk.State != Proving:
		case t.talk.Staff != nil:
			t.awaitStaff()
		case t.talk.Handoff != nil:
			t.await(ask)
		}
	})
}

func (t *turn) await(ask bool) {
	r, err := t.till.Ways.Progress(t.ctx, t.talk.Bill.ID, ask)
	switch {
	case err == nil:
		t.paid(r)
	case errors.Is(err, payments.ErrNoReceipt):
		t.talk.State, t.talk.Handoff = Billed, nil
		t.refuse("handoff-over")
	case !errors.Is(err, payments.ErrBillPending):
		t.err = fmt.Errorf("follow the payment: %w", err)
	}
}

// payable lists what makes sense to say at a bill.
func payable(t *talk) []parser.Kind {
	if len(t.Methods) > 1 {
		return []parser.Kind{parser.Confirm, parser.Pay, parser.Back}
	}
	return []parser.Kind{parser.Confirm, parser.Back}
}
