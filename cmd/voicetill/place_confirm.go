package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

const placeConfirmUsage = "[--never | --always | [--from AMOUNT] [--age] [--items NUMBER,…]] [--db ADDRESS] ID"

var errConfirmFlags = errors.New("--never and --always stand alone, and --from is an amount above zero")

// placeConfirm sets which payments of a place staff confirms, or without a rule
// tells it.
func placeConfirm(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("place confirm", flag.ContinueOnError)
	address := dbFlag(fs)
	var rule payments.ConfirmRule
	never := fs.Bool("never", false, "staff confirms no payment")
	fs.BoolVar(&rule.Always, "always", false, "staff confirms all payments")
	from := fs.String("from", "", "staff confirms payments of this `amount` or more")
	fs.BoolVar(&rule.Age, "age", false, "staff confirms what has an age limit")
	items := fs.String("items", "", "staff confirms these `numbers`, with commas between")
	if err := parseFlags(fs, args, placeConfirmUsage, 1, 1); err != nil {
		return err
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := db.Place(ctx, fs.Arg(0))
	if err != nil {
		return fmt.Errorf("place %s: %w", fs.Arg(0), err)
	}
	if *items != "" {
		rule.Items = strings.Split(*items, ",")
	}
	asked := *from != "" || rule.Age || len(rule.Items) > 0
	if *never && (rule.Always || asked) || rule.Always && asked {
		return errConfirmFlags
	}
	if *from != "" {
		a, err := money.Parse(*from, p.Currency)
		if err != nil || a.Minor <= 0 {
			return errors.Join(errConfirmFlags, err)
		}
		rule.From = a.Minor
	}
	if *never || rule.Always || asked {
		if err := db.SetConfirmRule(ctx, p.ID, rule); err != nil {
			return err
		}
	}
	if rule, err = db.ConfirmRule(ctx, p.ID); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: staff confirms %s\n", p.ID, confirmWords(rule, p.Currency))
	return nil
}

func confirmWords(r payments.ConfirmRule, c money.Currency) string {
	if r.Always {
		return "all payments"
	}
	var parts []string
	if r.From > 0 {
		parts = append(parts, "payments of "+money.Of(r.From, c).String()+" or more")
	}
	if r.Age {
		parts = append(parts, "what has an age limit")
	}
	if len(r.Items) > 0 {
		parts = append(parts, "items "+strings.Join(r.Items, ", "))
	}
	if len(parts) == 0 {
		return "no payment"
	}
	return strings.Join(parts, "; ")
}
