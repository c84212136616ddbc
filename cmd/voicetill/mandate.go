package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

const (
	mandateAddUsage    = "--place ID --once AMOUNT [--day AMOUNT] [--month AMOUNT] [--until YYYY-MM-DD] [--method prepaid|invoice] [--plates P,…] [--all] [--db ADDRESS] ACCOUNT <password"
	mandateListUsage   = "--place ID [--db ADDRESS] ACCOUNT"
	mandateRevokeUsage = "--place ID [--db ADDRESS] ACCOUNT MANDATE"
)

func init() {
	commands = append(commands, command{"mandate", "(add | list | revoke) …", "let a merchant deduct from an account without a password each time, within limits", func(ctx context.Context, args []string) error {
		return mandateCommand(ctx, args, os.Stdin, os.Stdout)
	}})
}

var errMandateFlags = errors.New("--place is needed; for add also --once, and --until is a date such as 2027-12-31")

func mandateCommand(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	return runSub(ctx, "mandate", []subcommand{
		{"add", mandateAddUsage, func(ctx context.Context, args []string) error { return mandateAdd(ctx, args, in, out) }},
		{"list", mandateListUsage, func(ctx context.Context, args []string) error { return mandateList(ctx, args, out) }},
		{"revoke", mandateRevokeUsage, func(ctx context.Context, args []string) error { return mandateRevoke(ctx, args, out) }},
	}, args)
}

// mandates is what the commands work on.
type mandates struct {
	db      *store.DB
	place   store.Place
	account accounts.Account
	service *payments.Service
}

// openMandates finds place and account. The caller closes the database.
func openMandates(ctx context.Context, address, place, account string) (*mandates, error) {
	if place == "" {
		return nil, errMandateFlags
	}
	db, a, err := openAccount(ctx, address, account)
	if err != nil {
		return nil, err
	}
	p, err := db.Place(ctx, place)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("place %s: %w", place, err)
	}
	// The ways to pay that need no provider.
	s := payments.New(payments.Config{Store: db, Wallet: db, Verifier: &accounts.Verifier{Book: db, Now: time.Now}, Now: time.Now, Log: slog.Default(),
		Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: db.Prepaid(), payments.Invoice: db.Invoices()}})
	return &mandates{db, p, a, s}, nil
}

func mandateAdd(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	fs := flag.NewFlagSet("mandate add", flag.ContinueOnError)
	address := dbFlag(fs)
	place := fs.String("place", "", "`id` of the place that may deduct")
	all := fs.Bool("all", false, "all places of its merchant may")
	once := fs.String("once", "", "`amount` of one purchase at most")
	day := fs.String("day", "", "`amount` of a day at most, by the clock of the place that deducts")
	month := fs.String("month", "", "`amount` of a calendar month at most, by that clock")
	until := fs.String("until", "", "last `day`, such as 2027-12-31")
	method := fs.String("method", "prepaid", "prepaid or invoice; what a provider charges is allowed on the account's page")
	plates := fs.String("plates", "", "number `plates` that gates know the account by, with commas between")
	if err := parseFlags(fs, args, mandateAddUsage, 1, 1); err != nil {
		return err
	}
	password, err := readPassword(in)
	if err != nil {
		return err
	}
	x, err := openMandates(ctx, *address, *place, fs.Arg(0))
	if err != nil {
		return err
	}
	defer x.db.Close()
	m := payments.Mandate{Merchant: x.place.Merchant, Account: x.account.ID, Place: x.place.ID, Method: payments.Method(*method)}
	if *all {
		m.Place = ""
	}
	if *plates != "" {
		m.Plates = strings.Split(*plates, ",")
	}
	if m, err = withLimits(m, x.place.Currency, x.db.ZoneOf(x.place), *once, *day, *month, *until); err != nil {
		return err
	}
	m, token, err := x.service.Allow(ctx, m, x.place.ID, "command line", accounts.Proof{Factor: accounts.Password, Secret: password})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\ntoken for gates, shown this once: %s\n", mandateWords(m), token)
	return nil
}

// withLimits reads the limits and the last day, which ends in the zone.
func withLimits(m payments.Mandate, c money.Currency, zone *time.Location, once, day, month, until string) (payments.Mandate, error) {
	m.Once, m.Day, m.Month = c.Zero(), c.Zero(), c.Zero()
	for _, f := range []struct {
		text string
		into *money.Amount
	}{{once, &m.Once}, {day, &m.Day}, {month, &m.Month}} {
		if f.text == "" {
			continue
		}
		a, err := money.Parse(f.text, c)
		if err != nil {
			return m, err
		}
		*f.into = a
	}
	if until != "" {
		last, err := time.ParseInLocation(time.DateOnly, until, zone)
		if err != nil {
			return m, errMandateFlags
		}
		m.Until = last.AddDate(0, 0, 1)
	}
	return m, nil
}

func mandateWords(m payments.Mandate) string {
	where := "all places"
	if m.Place != "" {
		where = "place " + m.Place
	}
	words := fmt.Sprintf("%s: %s may deduct by %s, at most %s a purchase", m.ID, where, m.Method, m.Once)
	if m.Day.Minor > 0 {
		words += fmt.Sprintf(", %s a day", m.Day)
	}
	if m.Month.Minor > 0 {
		words += fmt.Sprintf(", %s a month", m.Month)
	}
	if !m.Until.IsZero() {
		words += ", until " + m.Until.Format(time.DateTime) + " UTC"
	}
	if len(m.Plates) > 0 {
		words += ", plates " + strings.Join(m.Plates, " ")
	}
	if !m.Revoked.IsZero() {
		words += "; revoked " + m.Revoked.Format(time.DateTime) + " UTC"
	}
	return words
}

func mandateList(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("mandate list", flag.ContinueOnError)
	address := dbFlag(fs)
	place := fs.String("place", "", "`id` of a place of the merchant")
	if err := parseFlags(fs, args, mandateListUsage, 1, 1); err != nil {
		return err
	}
	x, err := openMandates(ctx, *address, *place, fs.Arg(0))
	if err != nil {
		return err
	}
	defer x.db.Close()
	list, err := x.service.Mandates(ctx, x.place.Merchant, x.account.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		used, err := x.service.MandateUse(ctx, m, x.place.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s (deducted: %s today, %s this month)\n", mandateWords(m), used.Today, used.Month)
	}
	return nil
}

func mandateRevoke(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("mandate revoke", flag.ContinueOnError)
	address := dbFlag(fs)
	place := fs.String("place", "", "`id` of a place of the merchant")
	if err := parseFlags(fs, args, mandateRevokeUsage, 2, 2); err != nil {
		return err
	}
	x, err := openMandates(ctx, *address, *place, fs.Arg(0))
	if err != nil {
		return err
	}
	defer x.db.Close()
	if err := x.service.Revoke(ctx, x.place.Merchant, x.account.ID, fs.Arg(1)); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: revoked\n", fs.Arg(1))
	return nil
}
