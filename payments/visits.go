package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
)

// longestVisit bounds a visit, and what a gate may say that its entry was ago.
const longestVisit = 366 * 24 * time.Hour

// check completes the times of what a gate says, or returns ErrVisit.
func (a VisitAsk) check(now time.Time) (VisitAsk, error) {
	if a.Left.IsZero() {
		a.Left = now
	}
	if a.Entered.IsZero() {
		a.Entered = a.Left
	}
	late := a.Left.After(now.Add(ClockSlack)) || a.Entered.After(a.Left)
	if len(a.Key) < 1 || len(a.Key) > 100 || late || a.Left.Sub(a.Entered) > longestVisit || now.Sub(a.Left) > longestVisit {
		return a, ErrVisit
	}
	if err := CheckGateNames(a.Gate); err != nil {
		return a, err
	}
	a.Entered, a.Left = a.Entered.UTC().Truncate(time.Microsecond), a.Left.UTC().Truncate(time.Microsecond)
	return a, nil
}

// Enter lets a visitor in whose account has a subscription, or has allowed the
// place to deduct: the fee is taken at the exit. The same key again is the same
// visit, and is answered alike. A refusal is a verdict, not an error. ErrVisit,
// ErrPlate, ErrVisitOther.
func (s *Service) Enter(ctx context.Context, ask VisitAsk) (VisitVerdict, error) {
	ask.Left = ask.Entered
	ask, err := ask.check(s.now())
	if err != nil {
		return VisitVerdict{}, err
	}
	account, known, err := s.visitor(ctx, ask)
	if err != nil || !known {
		return s.noted(ctx, ask, VisitVerdict{Reason: VisitUnknown}, err)
	}
	usable, err := s.mayEnter(ctx, ask, account)
	if err != nil || !usable {
		return s.noted(ctx, ask, VisitVerdict{Reason: VisitNotAllowed}, err)
	}
	v := ask.visit(account)
	v.Told = true
	if v, err = s.store.EnterVisit(ctx, v); err != nil {
		return VisitVerdict{}, err
	}
	s.stays.begin(v.ID, s.now())
	verdict := VisitVerdict{Open: true, Reason: VisitWelcome, Visit: v}
	if v.State == VisitSubscribed {
		verdict.Reason = VisitBySubs
	}
	return s.noted(ctx, ask, verdict, nil)
}

func (a VisitAsk) visit(account string) Visit {
	return Visit{ID: ulid.Make().String(), Merchant: a.Merchant, Place: a.Place, Key: a.Key, Gate: a.Gate, Account: account,
		State: VisitInside, Entered: a.Entered}
}

// mayEnter reports whether a visitor could pay: a visit that has begun may, an
// account with a subscription, and one with a mandate.
func (s *Service) mayEnter(ctx context.Context, ask VisitAsk, account string) (bool, error) {
	_, err := s.store.VisitByKey(ctx, ask.Merchant, ask.Place, ask.Key)
	if !errors.Is(err, ErrNoVisit) {
		return err == nil, err
	}
	subs, err := s.store.SubscriptionsOf(ctx, ask.Merchant, account)
	if err != nil {
		return false, err
	}
	for _, sub := range subs {
		if sub.Place == ask.Place && sub.Usable(ask.Entered) {
			return true, nil
		}
	}
	_, err = s.store.FindMandate(ctx, MandateAsk{Merchant: ask.Merchant, Place: ask.Place, Account: account, Currency: ask.Currency, At: s.now()})
	if errors.Is(err, ErrNoMandate) {
		return false, nil
	}
	return err == nil, err
}

// visitor is the account of what a gate has read: a mandate's plate or token, or
// the code of a subscription's receipt.
func (s *Service) visitor(ctx context.Context, ask VisitAsk) (account string, known bool, err error) {
	m, err := s.MandateOf(ctx, ask.Merchant, ask.Token, ask.Plate)
	if err == nil {
		return m.Account, true, nil
	}
	if errors.Is(err, ErrNoMandate) && ask.Token != "" {
		account, err = s.store.HolderOf(ctx, ask.Merchant, ask.Token)
	}
	if errors.Is(err, ErrNoMandate) {
		return "", false, nil
	}
	return account, err == nil, err
}

// ChargeVisit lets a visitor out, once it is paid: by a subscription, else by
// deduction of what the tariff says, with find to price its items. The same key
// is charged once, however often and wherever it is asked for; a refusal can be
// asked again. ErrVisit, ErrPlate, ErrNoVisit, ErrVisitOther, ErrNoTariff.
func (s *Service) ChargeVisit(ctx context.Context, ask VisitAsk, find func(number string) (Line, error)) (VisitVerdict, error) {
	byOurs := ask.Left.IsZero()
	ask, err := ask.check(s.now())
	if err != nil {
		return VisitVerdict{}, err
	}
	v, known, err := s.findVisit(ctx, ask)
	if err != nil || !known {
		return s.noted(ctx, ask, VisitVerdict{Reason: VisitUnknown}, err)
	}
	tariff, err := s.store.Tariff(ctx, ask.Place)
	if err != nil && v.State != VisitSubscribed {
		return VisitVerdict{}, err
	}
	if byOurs {
		ask.Left = s.stays.end(v.ID, ask.Left)
	}
	if v, err = s.store.LeaveVisit(ctx, v, ask.Left); err != nil {
		return VisitVerdict{}, err
	}
	switch v.State {
	case VisitSubscribed:
		s.stays.forget(v.ID)
		return s.noted(ctx, ask, VisitVerdict{Open: true, Reason: VisitBySubs, Visit: v}, nil)
	case VisitFree:
		return s.noted(ctx, ask, VisitVerdict{Open: true, Reason: VisitNothing, Visit: v}, nil)
	}
	lines, err := tariff.Lines(v.Left.Sub(v.Entered), find)
	if err != nil {
		return VisitVerdict{}, err
	}
	verdict, err := s.deduct(ctx, ask, v, lines)
	if err == nil && verdict.Open {
		s.stays.forget(v.ID)
	}
	return s.noted(ctx, ask, verdict, err)
}

// findVisit is the visit of a key, begun now where it has not entered. What was
// read must not be another account's.
func (s *Service) findVisit(ctx context.Context, ask VisitAsk) (v Visit, known bool, err error) {
	v, err = s.store.VisitByKey(ctx, ask.Merchant, ask.Place, ask.Key)
	begun := err == nil
	if !begun && !errors.Is(err, ErrNoVisit) {
		return v, false, err
	}
	if ask.Token == "" && ask.Plate == "" {
		return v, begun, err
	}
	account, known, err := s.visitor(ctx, ask)
	switch {
	case err != nil:
		return v, false, err
	case begun && known && account != v.Account:
		return v, false, ErrVisitOther
	case begun || !known:
		return v, begun, nil
	}
	if v, err = s.store.EnterVisit(ctx, ask.visit(account)); err == nil {
		s.stays.begin(v.ID, s.now())
	}
	return v, err == nil, err
}

// deduct pays a visit by mandate. Its bill is that of a cart which is named by the
// visit, and a cart is sold at most once.
func (s *Service) deduct(ctx context.Context, ask VisitAsk, v Visit, lines []Line) (VisitVerdict, error) {
	if len(lines) == 0 {
		v.State = VisitFree
		return VisitVerdict{Open: true, Reason: VisitNothing, Visit: v}, s.store.FreeVisit(ctx, v)
	}
	r, err := s.payVisit(ctx, ask, v, lines)
	if err != nil {
		return refusedVisit(v, err)
	}
	v.State, v.Receipt = VisitPaid, r.ID
	return VisitVerdict{Open: true, Reason: PassGood, Visit: v, Total: r.Total, Receipt: &r}, nil
}

// VisitCart is the cart of a visit's bill.
func VisitCart(visit string) string { return "visit/" + visit }

func (s *Service) payVisit(ctx context.Context, ask VisitAsk, v Visit, lines []Line) (Receipt, error) {
	cart := VisitCart(v.ID)
	if r, err := s.confirmedVisit(ctx, ask.Merchant, cart); !errors.Is(err, ErrNoConfirmation) {
		return r, err
	}
	b, err := s.Freeze(ctx, Order{Cart: cart, Merchant: ask.Merchant, Place: ask.Place, Payee: ask.Payee, Currency: ask.Currency, Lines: lines})
	if errors.Is(err, ErrBillPaid) || errors.Is(err, ErrBillPending) {
		bill, err := s.store.BillOf(ctx, ask.Merchant, cart)
		if err != nil {
			return Receipt{}, err
		}
		return s.Progress(ctx, bill, true)
	}
	if err != nil {
		return Receipt{}, err
	}
	r, err := s.PayByMandate(ctx, b, Payer{Account: v.Account})
	var handoff *HandoffError
	if errors.As(err, &handoff) { // nobody is there to act
		if err := s.Cancel(ctx, b.ID); err != nil && !errors.Is(err, ErrBillPaid) {
			return Receipt{}, err
		}
		return Receipt{}, ErrNoMandate
	}
	return r, err
}

// confirmedVisit goes on with a visit that was sent to staff, or returns
// ErrNoConfirmation where its bill is to be made anew.
func (s *Service) confirmedVisit(ctx context.Context, merchant, cart string) (Receipt, error) {
	bill, err := s.store.BillOf(ctx, merchant, cart)
	if errors.Is(err, ErrBillVoid) {
		return Receipt{}, ErrNoConfirmation
	}
	if err != nil {
		return Receipt{}, err
	}
	r, err := s.Confirmed(ctx, bill)
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		return r, fmt.Errorf("%w: %w", ErrNoCharge, err)
	case errors.Is(err, ErrConfirmLate), errors.Is(err, ErrBillVoid), errors.Is(err, ErrBillExpired), errors.Is(err, ErrNoReceipt):
		return r, ErrNoConfirmation
	}
	return r, err
}

// refusedVisit says why a gate stays shut; any other error is one.
func refusedVisit(v Visit, err error) (VisitVerdict, error) {
	var limit *MandateLimitError
	var low *LowBalanceError
	verdict := VisitVerdict{Visit: v}
	switch {
	case errors.As(err, &limit):
		verdict.Reason = VisitOverLimit
	case errors.As(err, &low):
		verdict.Reason = VisitLow
	case errors.Is(err, ErrNoMandate), errors.Is(err, ErrNotOffered), errors.Is(err, ErrNotBound):
		verdict.Reason = VisitNotAllowed
	case errors.Is(err, ErrNoCharge):
		verdict.Reason = VisitDeclined
	case errors.Is(err, ErrUnconfirmed):
		verdict.Reason = VisitStaff
	case errors.Is(err, ErrBillPending), errors.Is(err, ErrBillVoid), errors.Is(err, ErrLate), errors.Is(err, ErrNoReceipt):
		verdict.Reason = VisitPending
	default:
		return verdict, fmt.Errorf("charge visit %s: %w", v.ID, err)
	}
	return verdict, nil
}

// noted keeps a verdict for the merchant, each once a visit.
func (s *Service) noted(ctx context.Context, ask VisitAsk, v VisitVerdict, err error) (VisitVerdict, error) {
	if err != nil {
		return VisitVerdict{}, err
	}
	e := GateEvent{ID: "visit/" + ask.Key + "/" + v.Reason, Place: ask.Place, Gate: ask.Gate, Receipt: v.Visit.Receipt, Open: v.Open,
		Reason: v.Reason, At: s.now().UTC()}
	return v, s.store.ReportGate(ctx, e)
}

// Subscriptions are an account's with a merchant, newest first.
func (s *Service) Subscriptions(ctx context.Context, merchant, account string) ([]Subscription, error) {
	return s.store.SubscriptionsOf(ctx, merchant, account)
}

// Visits are an account's latest with a merchant, newest first.
func (s *Service) Visits(ctx context.Context, merchant, account string, limit int) ([]Visit, error) {
	return s.store.VisitsOf(ctx, merchant, account, limit)
}
