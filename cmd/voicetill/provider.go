package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"voicetill/payments/other/conform"
)

const providerCheckUsage = "--secret-file FILE --payer ID [--poor ID] [--currency EUR] [--amount 100] URL"

func init() {
	commands = append(commands, command{"provider", "check …", "try a server of a way to pay against the contract of docs/payments.md", func(ctx context.Context, args []string) error {
		return runSub(ctx, "provider", []subcommand{{"check", providerCheckUsage, providerCheck}}, args)
	}})
}

var (
	errSecretFile = errors.New("the file is empty")
	errContract   = errors.New("the provider does not keep the contract")
)

// providerCheck tries every sentence of the contract and prints which hold.
func providerCheck(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("provider check", flag.ContinueOnError)
	file := fs.String("secret-file", "", "`file` with the secret that till and provider share, 32 bytes or more")
	c := conform.Config{}
	fs.StringVar(&c.Payer, "payer", "", "`id` of a payer for tests, who has ten times the amount or more")
	fs.StringVar(&c.Poor, "poor", "", "`id` of a payer for tests, who has less than the amount")
	fs.StringVar(&c.Currency, "currency", "EUR", "`code` of what is charged")
	fs.Int64Var(&c.AmountMinor, "amount", 100, "`minor` units of one charge: 100 is 1.00 EUR")
	if err := parseFlags(fs, args, providerCheckUsage, 1, 1); err != nil {
		return err
	}
	secret, err := readSecret(*file)
	if err != nil {
		return fmt.Errorf("--secret-file: %w", err)
	}
	c.URL, c.Secret = fs.Arg(0), secret
	return runCheck(ctx, c, os.Stdout)
}

func runCheck(ctx context.Context, c conform.Config, out io.Writer) error {
	tried := 0
	failed, err := conform.Run(ctx, c, func(r conform.Result) {
		tried++
		switch {
		case r.Err != nil:
			fmt.Fprintf(out, "FAIL  %s\n      %v\n", r.Sentence, r.Err)
		case r.LeftOut != "":
			fmt.Fprintf(out, "-     %s (%s)\n", r.Sentence, r.LeftOut)
		default:
			fmt.Fprintf(out, "ok    %s\n", r.Sentence)
		}
	})
	if err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%w in %d of %d sentences", errContract, failed, tried)
	}
	return nil
}

// readSecret is a file's content without the white space around it. It is never
// part of an error.
func readSecret(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil, fmt.Errorf("read secret %s: %w", file, errSecretFile)
	}
	return text, nil
}
