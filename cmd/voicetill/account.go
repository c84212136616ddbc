package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"voicetill/accounts"
	"voicetill/payments/money"
	"voicetill/server"
	"voicetill/store"

	"github.com/oklog/ulid/v2"
)

const (
	accountAddUsage      = "--email ADDRESS [--number N] [--name NAME] [--merchant ID] [--topup AMOUNT --place ID] [--db ADDRESS] <password"
	accountTopUpUsage    = "--place ID [--key TEXT] [--db ADDRESS] ACCOUNT AMOUNT"
	accountUnlockUsage   = "[--db ADDRESS] ACCOUNT"
	accountPasswordUsage = "[--db ADDRESS] ACCOUNT <password"
)

func init() {
	commands = append(commands, command{"account", "(add | topup | unlock | password | invoice) …", "add a shopper or a merchant's login, pay in, end a lock, give another password, bill a company", func(ctx context.Context, args []string) error {
		return accountCommand(ctx, args, os.Stdin, os.Stdout)
	}})
}

var (
	errEmail    = errors.New("an account needs --email")
	errNumber   = errors.New("an account's number is 3 to 12 digits")
	errPassword = errors.New("the password comes on standard input, one line of at least 8 characters")
	errTopUp    = errors.New("--topup and --place go together, and are for shoppers")
	errMerchant = errors.New("no place belongs to this merchant: add it first with `voicetill place add`")
)

var validNumber = regexp.MustCompile(`^[0-9]{3,12}$`)

// minPassword is how many characters a password has at least.
const minPassword = 8

func accountCommand(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	return runSub(ctx, "account", []subcommand{
		{"add", accountAddUsage, func(ctx context.Context, args []string) error { return accountAdd(ctx, args, in, out) }},
		{"topup", accountTopUpUsage, func(ctx context.Context, args []string) error { return accountTopUp(ctx, args, out) }},
		{"invoice", invoiceUsage, func(ctx context.Context, args []string) error { return accountInvoice(ctx, args, out) }},
		{"unlock", accountUnlockUsage, func(ctx context.Context, args []string) error { return accountUnlock(ctx, args, out) }},
		{"password", accountPasswordUsage, func(ctx context.Context, args []string) error { return accountPassword(ctx, args, in, out) }},
	}, args)
}

// accountAdd reads the password from in, so that neither the list of processes
// nor the shell's history shows it.
func accountAdd(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	fs := flag.NewFlagSet("account add", flag.ContinueOnError)
	address := dbFlag(fs)
	a := accounts.Account{Kind: accounts.Shopper}
	fs.StringVar(&a.Email, "email", "", "`address` to sign in with")
	fs.StringVar(&a.Number, "number", "", "`digits` to sign in with, for shoppers")
	fs.StringVar(&a.Name, "name", "", "`name` to show")
	fs.StringVar(&a.Merchant, "merchant", "", "`id` of the merchant whose shops this login runs; without it the account is a shopper's")
	topUp := fs.String("topup", "", "`amount` to begin with, such as 20.00")
	place := fs.String("place", "", "`id` of a place of the merchant that holds the balance")
	if err := parseFlags(fs, args, accountAddUsage, 0, 0); err != nil {
		return err
	}
	if a.Merchant != "" {
		a.Kind = accounts.Merchant
	}
	switch {
	case !strings.Contains(a.Email, "@"):
		return errEmail
	case a.Number != "" && !validNumber.MatchString(a.Number):
		return errNumber
	case (*topUp == "") != (*place == "") || *topUp != "" && a.Kind == accounts.Merchant:
		return errTopUp
	}
	password, err := readPassword(in)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	p, amount, err := placeAndAmount(ctx, db, *place, *topUp)
	if err != nil {
		return err
	}
	if a.ID, err = createAccount(ctx, db, a, password); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: added %s\n", firstText(a.Number, a.Email), a.Kind)
	if *topUp == "" {
		return nil
	}
	return payIn(ctx, db, p, a, "opening/"+a.ID, amount, out)
}

func createAccount(ctx context.Context, db *store.DB, a accounts.Account, password string) (id string, err error) {
	if a.Kind == accounts.Merchant {
		places, err := db.Places(ctx, a.Merchant)
		if err != nil {
			return "", err
		}
		if len(places) == 0 {
			return "", errMerchant
		}
	}
	hash, err := accounts.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	return db.CreateAccount(ctx, a, hash)
}

func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if len([]rune(line)) < minPassword {
		return "", errPassword
	}
	return line, nil
}

// placeAndAmount reads an amount in the place's currency; neither may be given.
func placeAndAmount(ctx context.Context, db *store.DB, place, amount string) (p store.Place, a money.Amount, err error) {
	if place == "" {
		return p, a, nil
	}
	if p, err = db.Place(ctx, place); err != nil {
		return p, a, fmt.Errorf("place %s: %w", place, err)
	}
	if a, err = money.Parse(amount, p.Currency); err != nil {
		return p, a, err
	}
	if a.Minor <= 0 {
		return p, a, fmt.Errorf("%s is not above zero", a)
	}
	return p, a, nil
}

// accountTopUp pays into a shopper's balance. With --key a repetition of the
// same payment pays nothing more.
func accountTopUp(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("account topup", flag.ContinueOnError)
	address := dbFlag(fs)
	place := fs.String("place", "", "`id` of a place of the merchant that holds the balance")
	key := fs.String("key", "", "`text` that names this payment, such as the number of its voucher: it is booked once only")
	if err := parseFlags(fs, args, accountTopUpUsage, 2, 2); err != nil {
		return err
	}
	if *place == "" {
		return errTopUp
	}
	db, a, err := openAccount(ctx, *address, fs.Arg(0))
	if err != nil {
		return err
	}
	defer db.Close()
	if a.Kind != accounts.Shopper {
		return errTopUp
	}
	p, amount, err := placeAndAmount(ctx, db, *place, fs.Arg(1))
	if err != nil {
		return err
	}
	return payIn(ctx, db, p, a, firstText(*key, ulid.Make().String()), amount, out)
}

func payIn(ctx context.Context, db *store.DB, p store.Place, a accounts.Account, key string, amount money.Amount, out io.Writer) error {
	if err := db.TopUp(ctx, p.Merchant, a.ID, key, amount); err != nil {
		return err
	}
	balance, err := db.Balance(ctx, p.Merchant, a.ID, p.Currency)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: balance %s with merchant %s\n", firstText(a.Number, a.Email), balance, p.Merchant)
	return nil
}

// accountUnlock lets an account try again after too many wrong passwords.
func accountUnlock(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("account unlock", flag.ContinueOnError)
	address := dbFlag(fs)
	if err := parseFlags(fs, args, accountUnlockUsage, 1, 1); err != nil {
		return err
	}
	db, a, err := openAccount(ctx, *address, fs.Arg(0))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Proved(ctx, a.ID, accounts.Password); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: unlocked\n", firstText(a.Number, a.Email))
	return nil
}

// accountPassword is for who has forgotten it: it ends the account's sign-ins, and
// its lock.
func accountPassword(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	fs := flag.NewFlagSet("account password", flag.ContinueOnError)
	address := dbFlag(fs)
	if err := parseFlags(fs, args, accountPasswordUsage, 1, 1); err != nil {
		return err
	}
	password, err := readPassword(in)
	if err != nil {
		return err
	}
	db, a, err := openAccount(ctx, *address, fs.Arg(0))
	if err != nil {
		return err
	}
	defer db.Close()
	hash, err := accounts.Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := db.SetPassword(ctx, a.ID, hash, "", server.SignedIn(a.ID)); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: has another password, and is signed in nowhere\n", firstText(a.Number, a.Email))
	return nil
}

// openAccount opens the database and finds an account by number or e-mail.
// The caller closes the database.
func openAccount(ctx context.Context, address, ref string) (*store.DB, accounts.Account, error) {
	db, err := store.Open(ctx, address)
	if err != nil {
		return nil, accounts.Account{}, err
	}
	a, err := db.Account(ctx, ref)
	if err != nil {
		db.Close()
		return nil, a, fmt.Errorf("account %s: %w", ref, err)
	}
	return db, a, nil
}
