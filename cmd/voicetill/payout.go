package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

const (
	payoutImportUsage    = "--provider NAME [--place ID] [--db ADDRESS] FILE.csv…"
	payoutAddUsage       = "--provider NAME --id ID --amount AMOUNT [--fee AMOUNT] [--paid DAY] [--place ID] [--db ADDRESS]"
	payoutListUsage      = "[--provider NAME] [--place ID] [--db ADDRESS]"
	payoutReconcileUsage = "--provider NAME [--since DAY] [--place ID] [--db ADDRESS]"
)

func init() {
	commands = append(commands, command{"payout", "(import | add | list | reconcile) …", "book what providers pay out, less their fees, and compare it with the books", func(ctx context.Context, args []string) error {
		return payoutCommand(ctx, args, os.Stdout)
	}})
}

var (
	errPayoutFlags = errors.New("--provider is needed, and for add also --id and --amount")
	errReconciled  = errors.New("the provider's payouts and the books differ: see the lists")
)

func payoutCommand(ctx context.Context, args []string, out io.Writer) error {
	return runSub(ctx, "payout", []subcommand{
		{"import", payoutImportUsage, func(ctx context.Context, args []string) error { return payoutImport(ctx, args, out) }},
		{"add", payoutAddUsage, func(ctx context.Context, args []string) error { return payoutAdd(ctx, args, out) }},
		{"list", payoutListUsage, func(ctx context.Context, args []string) error { return payoutList(ctx, args, out) }},
		{"reconcile", payoutReconcileUsage, func(ctx context.Context, args []string) error { return payoutReconcile(ctx, args, out) }},
	}, args)
}

// payoutFlags are what all of them have.
type payoutFlags struct{ address, place, provider *string }

func newPayoutFlags(fs *flag.FlagSet) payoutFlags {
	return payoutFlags{dbFlag(fs), fs.String("place", store.DemoPlace, "`id` of a place of the merchant that is paid"),
		fs.String("provider", "", "`name` of the provider, as in its account clearing:NAME")}
}

// open returns the database and the place. The caller closes the database.
func (f payoutFlags) open(ctx context.Context) (*store.DB, store.Place, error) {
	db, err := store.Open(ctx, *f.address)
	if err != nil {
		return nil, store.Place{}, err
	}
	p, err := db.Place(ctx, *f.place)
	if err != nil {
		db.Close()
		return nil, p, fmt.Errorf("place %s: %w", *f.place, err)
	}
	return db, p, nil
}

// payoutImport books a provider's list; what was booked before is told so.
func payoutImport(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("payout import", flag.ContinueOnError)
	f := newPayoutFlags(fs)
	if err := parseFlags(fs, args, payoutImportUsage, 1, 1000); err != nil {
		return err
	}
	if *f.provider == "" {
		return errPayoutFlags
	}
	db, p, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, name := range fs.Args() {
		list, err := readPayoutFile(name, *f.provider)
		if err != nil {
			return err
		}
		if err := addPayouts(ctx, db, p.Merchant, list, out); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func readPayoutFile(name, provider string) ([]payments.Payout, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read payouts: %w", err)
	}
	defer file.Close()
	list, err := payments.ReadPayouts(file, provider)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

func addPayouts(ctx context.Context, db *store.DB, merchant string, list []payments.Payout, out io.Writer) error {
	for _, x := range list {
		added, err := db.AddPayout(ctx, merchant, x)
		if err != nil {
			return err
		}
		what := "booked"
		if !added {
			what = "booked before"
		}
		fmt.Fprintf(out, "%s: %s on %s, fees %s, %d transactions: %s\n", x.ID, x.Amount, x.Paid.Format(time.DateOnly), x.Fee, len(x.Items), what)
	}
	return nil
}

// payoutAdd books one by hand, without its transactions.
func payoutAdd(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("payout add", flag.ContinueOnError)
	f := newPayoutFlags(fs)
	id := fs.String("id", "", "the provider's `id` of the payout: it is booked once")
	amount := fs.String("amount", "", "`amount` that reached the bank")
	fee := fs.String("fee", "0", "`amount` that the provider kept")
	paid := fs.String("paid", time.Now().UTC().Format(time.DateOnly), "`day` of the payout")
	if err := parseFlags(fs, args, payoutAddUsage, 0, 0); err != nil {
		return err
	}
	if *f.provider == "" || *id == "" || *amount == "" {
		return errPayoutFlags
	}
	db, p, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	x := payments.Payout{Provider: *f.provider, ID: *id}
	if x.Amount, err = money.Parse(*amount, p.Currency); err != nil {
		return fmt.Errorf("--amount: %w", err)
	}
	if x.Fee, err = money.Parse(*fee, p.Currency); err != nil {
		return fmt.Errorf("--fee: %w", err)
	}
	if x.Paid, err = time.Parse(time.DateOnly, *paid); err != nil {
		return fmt.Errorf("--paid: %q is no day such as 2026-11-27", *paid)
	}
	return addPayouts(ctx, db, p.Merchant, []payments.Payout{x}, out)
}

const listedPayouts = 1000

func payoutList(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("payout list", flag.ContinueOnError)
	f := newPayoutFlags(fs)
	if err := parseFlags(fs, args, payoutListUsage, 0, 0); err != nil {
		return err
	}
	db, p, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := db.Payouts(ctx, p.Merchant, *f.provider, listedPayouts)
	if err != nil {
		return err
	}
	for _, x := range list {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\tfees %s\t%d transactions\n", x.Paid.Format(time.DateOnly), x.Provider, x.ID, x.Amount, x.Fee, len(x.Items))
	}
	return nil
}

// payoutReconcile ends with status 1 if the provider's list and the books
// differ; what is only not paid out yet is no difference.
func payoutReconcile(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("payout reconcile", flag.ContinueOnError)
	f := newPayoutFlags(fs)
	from := fs.String("since", "", "`day` from which on is compared; without it everything")
	if err := parseFlags(fs, args, payoutReconcileUsage, 0, 0); err != nil {
		return err
	}
	if *f.provider == "" {
		return errPayoutFlags
	}
	since := time.Unix(0, 0)
	if *from != "" {
		var err error
		if since, err = time.Parse(time.DateOnly, *from); err != nil {
			return fmt.Errorf("--since: %q is no day such as 2026-11-27", *from)
		}
	}
	db, p, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := db.Reconcile(ctx, p.Merchant, *f.provider, p.Currency, since)
	if err != nil {
		return err
	}
	return tellReconciliation(r, out)
}

func tellReconciliation(r payments.Reconciliation, out io.Writer) error {
	fmt.Fprintf(out, "%s owes %s. Not paid out yet: %s in %d.\n", r.Provider, r.Owed, r.OpenSum, len(r.Open))
	for _, o := range r.Open {
		fmt.Fprintf(out, "  not paid out\t%s\t%s\t%s\t%s\n", o.At.Format(time.DateOnly), o.Kind, o.Amount, o.Key)
	}
	for _, l := range []struct {
		what  string
		items []payments.TheirItem
	}{{"not in the books", r.Unknown}, {"another amount", r.Differ}, {"paid out twice", r.Twice}} {
		for _, i := range l.items {
			fmt.Fprintf(out, "  %s\tpayout %s\t%s %s\t%s", l.what, i.Payout, i.Kind, i.ID, i.Gross)
			if i.Own.Currency != "" {
				fmt.Fprintf(out, ", in the books %s", i.Own)
			}
			fmt.Fprintln(out)
		}
	}
	if r.Untold.Minor != 0 {
		fmt.Fprintf(out, "Payouts without their transactions: %s.\n", r.Untold)
	}
	if r.Rest.Minor != 0 {
		fmt.Fprintf(out, "Not explained: %s, of before the day, or still on its way back to shoppers.\n", r.Rest)
	}
	if len(r.Unknown)+len(r.Differ)+len(r.Twice) > 0 {
		return errReconciled
	}
	return nil
}
