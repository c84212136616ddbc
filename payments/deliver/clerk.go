package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/receipts"
)

// Shop is what a Clerk looks up.
type Shop interface {
	// ReceiptByLink returns it with its exit pass, or payments.ErrNoReceipt.
	ReceiptByLink(ctx context.Context, link string) (payments.Receipt, error)
	// Account returns accounts.ErrNoAccount for an unknown one.
	Account(ctx context.Context, id string) (accounts.Account, error)
	// PlaceName is the name of a place, and its time zone.
	PlaceName(ctx context.Context, id string) (string, *time.Location, error)
}

// Clerk writes the receipt of a delivery and sends it off.
type Clerk struct {
	Shop Shop
	Base string // address of the till, for links; "": none
	Now  func() time.Time
}

// document is the receipt as its recipient is to have it.
func (c Clerk) document(ctx context.Context, d Delivery) (r payments.Receipt, doc receipts.Document, err error) {
	if r, err = c.Shop.ReceiptByLink(ctx, d.Link); err != nil {
		return r, doc, fmt.Errorf("find receipt %s: %w", d.Receipt, err)
	}
	place, zone, err := c.Shop.PlaceName(ctx, r.Place)
	if err != nil {
		return r, doc, fmt.Errorf("find place %s: %w", r.Place, err)
	}
	return r, receipts.New(r, receipts.Options{Copy: d.Copy(), Base: c.Base, Place: place, Zone: zone, Pass: c.opens(r)}), nil
}

// opens reports whether the receipt's pass still has time to open.
func (c Clerk) opens(r payments.Receipt) bool { return c.Now().Before(r.Paid.Add(payments.PassLife)) }

// addressee is a delivery's account, which has an address now, or it is
// ErrUndeliverable.
func (c Clerk) addressee(ctx context.Context, d Delivery) (accounts.Account, error) {
	a, err := c.Shop.Account(ctx, d.To)
	if errors.Is(err, accounts.ErrNoAccount) || err == nil && a.Email == "" {
		return a, fmt.Errorf("%w: the account has no address", ErrUndeliverable)
	}
	if err != nil {
		return a, fmt.Errorf("find account: %w", err)
	}
	if a.Unproved && !strings.HasPrefix(d.Receipt, AddressAsked) {
		return a, fmt.Errorf("%w: nobody has confirmed the account's address", ErrUndeliverable)
	}
	return a, nil
}

// Mail sends a delivery to the address that its account has now.
func (c Clerk) Mail(p *Post) func(context.Context, Delivery) error {
	return func(ctx context.Context, d Delivery) error {
		a, err := c.addressee(ctx, d)
		if err != nil {
			return err
		}
		r, doc, err := c.document(ctx, d)
		if err != nil {
			return err
		}
		reader := receipts.Reader{Name: a.Name, Payer: d.To != r.Holders()[0]}
		letter, err := doc.Letter(reader)
		if err != nil {
			return err
		}
		return p.Send(ctx, messageID(d, reader), a.Email, letter, c.Now())
	}
}

// messageID is the receipt's id; what is another letter has another one.
func messageID(d Delivery, to receipts.Reader) string {
	id := d.Receipt
	if to.Payer {
		id += ".payer"
	}
	if d.Copy() {
		id += fmt.Sprintf(".copy%d", d.Nth-1)
	}
	return id
}

// Print sends a delivery to a printer.
func (c Clerk) Print(p Printer) func(context.Context, Delivery) error {
	return func(ctx context.Context, d Delivery) error {
		_, doc, err := c.document(ctx, d)
		if err != nil {
			return err
		}
		data, err := doc.ESCPOS()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUndeliverable, err)
		}
		return p.Print(ctx, data)
	}
}
