package payments

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"voicetill/payments/money"

	"github.com/oklog/ulid/v2"
)

// BillLife is how long a bill can be paid.
const BillLife = 10 * time.Minute

// ErrOrder refuses a cart whose lines are empty, negative, of several
// currencies or wrongly added up: a fault of the caller.
var ErrOrder = errors.New("the order does not add up")

// Freeze makes and stores the bill of a cart: total, tax per rate, ten minutes
// to pay. Freezing the same cart again gives the same bill id with the next
// version, and only that one can be paid. It returns ErrOrder, ErrBillPaid or
// ErrBillPending.
func (s *Service) Freeze(ctx context.Context, o Order) (Bill, error) {
	total, err := checkLines(o)
	if err != nil {
		return Bill{}, err
	}
	tax, err := taxOf(o.Currency, o.Lines)
	if err != nil {
		return Bill{}, fmt.Errorf("%w: %w", ErrOrder, err)
	}
	now := s.now().UTC().Truncate(time.Microsecond)
	return s.store.IssueBill(ctx, Bill{
		ID: ulid.Make().String(), Merchant: o.Merchant, Place: o.Place, Cart: o.Cart, Payee: o.Payee,
		Currency: o.Currency, Lines: o.Lines, Tax: tax, Total: total,
		Issued: now, Expires: now.Add(BillLife), Nonce: rand.Text(),
	})
}

// Check works out a bill's totals and taxes again from its lines. ErrOrder if
// they are others than it says.
func (b Bill) Check() error {
	if b.Kind == TopUp {
		return b.checkTopUp()
	}
	total, err := checkLines(Order{Currency: b.Currency, Lines: b.Lines})
	if err != nil {
		return err
	}
	tax, err := taxOf(b.Currency, b.Lines)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOrder, err)
	}
	if total != b.Total || !slices.Equal(tax, b.Tax) {
		return fmt.Errorf("%w: the lines make %s", ErrOrder, total)
	}
	return nil
}

// Void makes a bill unpayable because its cart changed or was left. A payment of
// it that is under way is given up first, as Cancel does; ErrBillPaid if that
// succeeded.
func (s *Service) Void(ctx context.Context, billID string) error {
	err := s.store.VoidBill(ctx, billID)
	if !errors.Is(err, ErrBillPending) {
		return err
	}
	if err := s.Cancel(ctx, billID); err != nil {
		return err
	}
	return s.store.VoidBill(ctx, billID)
}

func checkLines(o Order) (total money.Amount, err error) {
	if len(o.Lines) == 0 {
		return total, fmt.Errorf("%w: no lines", ErrOrder)
	}
	total = o.Currency.Zero()
	for _, l := range o.Lines {
		want, err := l.Price.Times(l.Milli)
		if err != nil {
			return total, fmt.Errorf("%w: line %d: %w", ErrOrder, l.Line, err)
		}
		if l.Milli <= 0 || l.Price.Minor < 0 || l.Total != want {
			return total, fmt.Errorf("%w: line %d is %s for %d thousandths at %s", ErrOrder, l.Line, l.Total, l.Milli, l.Price)
		}
		if total, err = total.Add(l.Total); err != nil {
			return total, fmt.Errorf("%w: line %d: %w", ErrOrder, l.Line, err)
		}
	}
	return total, nil
}

// taxOf adds up each rate's lines and takes the tax out of the sum, so that it
// is rounded once a rate.
func taxOf(c money.Currency, lines []Line) ([]Tax, error) {
	gross := map[int]money.Amount{}
	for _, l := range lines {
		if _, ok := gross[l.TaxBP]; !ok {
			gross[l.TaxBP] = c.Zero()
		}
		sum, err := gross[l.TaxBP].Add(l.Total)
		if err != nil {
			return nil, err
		}
		gross[l.TaxBP] = sum
	}
	var taxes []Tax
	for _, rate := range slices.Sorted(maps.Keys(gross)) {
		net, tax, err := gross[rate].SplitTax(rate)
		if err != nil {
			return nil, err
		}
		taxes = append(taxes, Tax{RateBP: rate, Net: net, Tax: tax, Gross: gross[rate]})
	}
	return taxes, nil
}
