package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

const (
	companyAddUsage    = "--place ID --name NAME --limit AMOUNT [--id ID] [--email ADDRESS] [--due DAYS] [--db ADDRESS]"
	companyMemberUsage = "--place ID --company ID [--once AMOUNT] [--month AMOUNT] [--manager] [--remove] [--db ADDRESS] ACCOUNT"
	invoiceUsage       = "--place ID --company ID --month YYYY-MM [--format csv|json] [--paid AMOUNT [--key TEXT]] [--db ADDRESS]"
)

func init() {
	commands = append(commands, command{"company", "(add | member) …", "bill a company by the month for what its members buy", func(ctx context.Context, args []string) error {
		return runSub(ctx, "company", []subcommand{
			{"add", companyAddUsage, func(ctx context.Context, args []string) error { return companyAdd(ctx, args, os.Stdout) }},
			{"member", companyMemberUsage, func(ctx context.Context, args []string) error { return companyMember(ctx, args, os.Stdout) }},
		}, args)
	}})
}

var (
	errCompanyFlags = errors.New("--place, --name and --limit are needed")
	errMemberFlags  = errors.New("--place, --company and an account are needed")
	errInvoiceFlags = errors.New("--place, --company and --month are needed, and --format is csv or json")
)

// isGiven reports whether a flag stands in the command line.
func isGiven(fs *flag.FlagSet, name string) (given bool) {
	fs.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// companyAdd adds a company, or changes the one that --id names.
func companyAdd(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("company add", flag.ContinueOnError)
	address := dbFlag(fs)
	var c payments.Company
	place := fs.String("place", "", "`id` of a place of the merchant that bills the company")
	limit := fs.String("limit", "", "`amount` that may be owed at most")
	fs.StringVar(&c.ID, "id", "", "`id` of the company to change; without it a new one is added")
	fs.StringVar(&c.Name, "name", "", "`name` on its bills")
	fs.StringVar(&c.Email, "email", "", "`address` for its bills")
	fs.IntVar(&c.DueDays, "due", 14, "`days` from a bill's issue until it is due")
	if err := parseFlags(fs, args, companyAddUsage, 0, 0); err != nil {
		return err
	}
	if *place == "" || c.Name == "" || *limit == "" {
		return errCompanyFlags
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	p, amount, err := placeAndAmount(ctx, db, *place, *limit)
	if err != nil {
		return err
	}
	c.Merchant, c.Limit, c.KeepEmail = p.Merchant, amount, !isGiven(fs, "email")
	id, err := db.SaveCompany(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s may owe %s\n", id, c.Name, c.Limit)
	return nil
}

// companyMember lets an account charge a company, or ends that.
func companyMember(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("company member", flag.ContinueOnError)
	address := dbFlag(fs)
	var m payments.Member
	place := fs.String("place", "", "`id` of a place of the merchant that bills the company")
	once := fs.String("once", "", "`amount` of one purchase at most")
	month := fs.String("month", "", "`amount` of a calendar month at most")
	fs.BoolVar(&m.Manager, "manager", false, "the member sees the company's bills")
	remove := fs.Bool("remove", false, "end the membership")
	fs.StringVar(&m.Company, "company", "", "`id` of the company")
	if err := parseFlags(fs, args, companyMemberUsage, 1, 1); err != nil {
		return err
	}
	if *place == "" || m.Company == "" {
		return errMemberFlags
	}
	db, a, err := openAccount(ctx, *address, fs.Arg(0))
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := db.Place(ctx, *place)
	if err != nil {
		return fmt.Errorf("place %s: %w", *place, err)
	}
	m.Account = a.ID
	if *remove {
		if err := db.DropMember(ctx, p.Merchant, m); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: no member of %s any more\n", fs.Arg(0), m.Company)
		return nil
	}
	if m.Once, err = limitOf(*once, p.Currency); err != nil {
		return err
	}
	if m.Month, err = limitOf(*month, p.Currency); err != nil {
		return err
	}
	if err := db.AddMember(ctx, p.Merchant, m); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: member of %s\n", fs.Arg(0), m.Company)
	return nil
}

func limitOf(text string, c money.Currency) (*money.Amount, error) {
	if text == "" {
		return nil, nil
	}
	a, err := money.Parse(text, c)
	if err == nil && a.Minor < 0 {
		err = fmt.Errorf("%s is below zero", a)
	}
	return &a, err
}

// accountInvoice makes a company's bill of a month that is over, or shows the
// one that was made, and books its payment with --paid.
func accountInvoice(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("account invoice", flag.ContinueOnError)
	address := dbFlag(fs)
	place := fs.String("place", "", "`id` of a place of the merchant that bills the company")
	company := fs.String("company", "", "`id` of the company")
	month := fs.String("month", "", "`month` such as 2026-10")
	format := fs.String("format", "json", "csv or json")
	paid := fs.String("paid", "", "`amount` that the company has paid of the bill; the same amount again is the same payment")
	key := fs.String("key", "", "`text` that names the payment, where equal parts are paid")
	if err := parseFlags(fs, args, invoiceUsage, 0, 0); err != nil {
		return err
	}
	if *place == "" || *company == "" || *month == "" || *format != "csv" && *format != "json" {
		return errInvoiceFlags
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := db.Place(ctx, *place)
	if err != nil {
		return fmt.Errorf("place %s: %w", *place, err)
	}
	if *paid != "" {
		amount, err := money.Parse(*paid, p.Currency)
		if err != nil {
			return err
		}
		if err := db.PayCompanyBill(ctx, p.Merchant, *company, *month, firstText(*key, amount.Decimal()), amount); err != nil {
			return err
		}
	}
	b, err := db.BillCompany(ctx, p.Merchant, *company, *month)
	if err != nil {
		return err
	}
	if *format == "csv" {
		return invoiceCSV(b, out)
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(b)
}

// invoiceCSV has a line for each tax rate of each receipt. Amounts are decimal;
// they add up to the bill's total.
func invoiceCSV(b payments.CompanyBill, out io.Writer) error {
	w := csv.NewWriter(out)
	rows := [][]string{{"receipt", "paid", "place", "account", "rate", "net", "tax", "gross", "currency"}}
	for _, r := range b.Receipts {
		for _, x := range r.Tax {
			rows = append(rows, []string{strconv.FormatInt(r.No, 10), r.Paid.Format(time.RFC3339), r.Place, r.Account,
				strconv.FormatFloat(float64(x.RateBP)/100, 'f', -1, 64), x.Net.Decimal(), x.Tax.Decimal(), x.Gross.Decimal(), string(b.Currency)})
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write invoice: %w", err)
	}
	return nil
}
