package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/receipts"
)

// Bill is the channel of companies' bills. The Receipt of such a delivery is the
// bill's month, its recipient the company's id.
const Bill Kind = "bill"

// Companies are what bills are about.
type Companies interface {
	// Company returns payments.ErrNoCompany for an unknown one.
	Company(ctx context.Context, merchant, id string) (payments.Company, error)
	// CompanyBillOf returns payments.ErrNothingBilled where there is none.
	CompanyBillOf(ctx context.Context, merchant, company, month string) (payments.CompanyBill, error)
}

// Bills sends companies' bills to the address that they have now.
func (c Clerk) Bills(p *Post, of Companies) func(context.Context, Delivery) error {
	return func(ctx context.Context, d Delivery) error {
		company, err := of.Company(ctx, d.Merchant, d.To)
		if errors.Is(err, payments.ErrNoCompany) || err == nil && company.Email == "" {
			return fmt.Errorf("%w: the company has no address", ErrUndeliverable)
		}
		if err != nil {
			return fmt.Errorf("find company: %w", err)
		}
		b, err := of.CompanyBillOf(ctx, d.Merchant, d.To, d.Receipt)
		if errors.Is(err, payments.ErrNothingBilled) {
			return fmt.Errorf("%w: %w", ErrUndeliverable, err)
		}
		if err != nil {
			return fmt.Errorf("find the bill of %s: %w", d.Receipt, err)
		}
		letter, err := c.bill(ctx, b)
		if err != nil {
			return err
		}
		return p.Send(ctx, "bill."+d.To+"."+d.Receipt, company.Email, letter, c.Now())
	}
}

// bill is a letter in English and Chinese, since it is not known which of them a
// company reads, with the bill as PDF: in Chinese where it is over renminbi.
func (c Clerk) bill(ctx context.Context, b payments.CompanyBill) (receipts.Letter, error) {
	shop, zone := "", time.UTC
	if len(b.Receipts) > 0 {
		var err error
		if shop, zone, err = c.where(ctx, b.Receipts[0].Place); err != nil {
			return receipts.Letter{}, err
		}
	}
	paper, err := receipts.NewCompanyBill(b, shop, func(account string) (string, error) {
		a, err := c.Shop.Account(ctx, account)
		return strings.TrimSpace(a.Name + " " + a.Number), err
	})
	if err != nil {
		return receipts.Letter{}, err
	}
	lang := "en"
	if b.Currency == "CNY" {
		lang = "zh"
	}
	due := b.Due.In(zone).Format(time.DateOnly)
	letter := letterOf("Bill · 账单 "+b.Month+": "+shop, b.Name, []string{
		"Your bill for " + b.Month + " is attached: " + b.Total.String() + ", due " + due + ".",
		b.Month + " 的账单见附件：" + b.Total.String() + "，到期日 " + due + "。"})
	if letter.PDF, err = paper.List(lang, zone).PDF(); err != nil {
		return letter, fmt.Errorf("%w: draw the bill: %w", ErrUndeliverable, err)
	}
	letter.Name = "bill-" + b.Month + ".pdf"
	return letter, nil
}
