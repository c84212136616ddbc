package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
	"voicetill/store/storetest"
)

// sellHere makes this test binary a till that sells until it is killed.
const sellHere = "VOICETILL_TEST_SELL"

const (
	kiosks     = 4
	killRounds = 8
)

func kioskAccount(i int) string { return fmt.Sprint(2000 + i) }

// A process that is killed at any moment loses no sale that it told of, and
// sells nothing twice.
func TestKilledWhileSelling(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		// Far in the future, so that Recover finds what was left just now.
		s.clock.add(time.Until(s.clock.now()).Abs() + 1000*time.Hour)
		items := shelf()
		items[0].Stock = qty(100_000_000)
		s.replace(t, items)
		for i := range kiosks {
			id, err := s.CreateAccount(t.Context(), accounts.Account{Number: kioskAccount(i), Email: kioskAccount(i) + "@example.com", Kind: accounts.Shopper}, storetest.CheapHash(adaPassword))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.TopUp(t.Context(), "demo", id, id, money.Of(1_000_000_00, "EUR")); err != nil {
				t.Fatal(err)
			}
		}
		told := map[string]string{} // receipt number by bill
		for range killRounds {
			sellAndKill(t, dsn, 5+rand.IntN(30), told)
		}
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		for bill, no := range told {
			if r, err := s.service.ReceiptFor(t.Context(), bill); err != nil || fmt.Sprint(r.No) != no {
				t.Errorf("bill %s: got receipt %d, %v, want %s", bill, r.No, err, no)
			}
		}
		a := s.audited(t)
		if a.Receipts < len(told) || len(told) < killRounds*5 {
			t.Errorf("%d receipts, %d were told of", a.Receipts, len(told))
		}
		if got, want := s.stock(t, "1203"), catalog.Qty(100_000_000-1000*a.Receipts).String(); got != want {
			t.Errorf("stock after %d sales of one: got %s, want %s", a.Receipts, got, want)
		}
	})
}

// sellAndKill adds what the till tells to told, and kills it after so many.
func sellAndKill(t *testing.T, dsn string, after int, told map[string]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), sellHere+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		bill, no, ok := strings.Cut(lines.Text(), " ")
		if _, twice := told[bill]; !ok || twice {
			t.Errorf("told %q", lines.Text())
		}
		told[bill] = no
	}
	var killed *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &killed) || killed.Exited() {
		t.Fatalf("the till ended by itself: %v", err)
	}
}

// sellUntilKilled tells of each sale on out, once it is acknowledged.
func sellUntilKilled(dsn string, out io.Writer) error {
	ctx := context.Background()
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	key, err := db.PassKey(ctx)
	if err != nil {
		return err
	}
	service := payments.New(payments.Config{Store: db, Verifier: &accounts.Verifier{Book: db, Now: time.Now}, PassKey: key, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: db.Prepaid()}})
	errs := make(chan error)
	var mu sync.Mutex
	for kiosk := range kiosks {
		go func() {
			for {
				r, err := sellOne(ctx, service, kiosk)
				if err != nil {
					errs <- err
					return
				}
				mu.Lock()
				fmt.Fprintln(out, r.Bill, r.No)
				mu.Unlock()
			}
		}()
	}
	return <-errs
}

func sellOne(ctx context.Context, s *payments.Service, kiosk int) (payments.Receipt, error) {
	price := money.Of(249, "EUR")
	b, err := s.Freeze(ctx, payments.Order{Cart: fmt.Sprint(kiosk, "/", rand.Uint64()), Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR",
		Lines: []payments.Line{{Line: 1, Item: "1203", Name: "oat milk", Milli: 1000, Unit: catalog.Each, Price: price, Total: price, TaxBP: 700}}})
	if err != nil {
		return payments.Receipt{}, err
	}
	return s.Pay(ctx, b, payer(kioskAccount(kiosk), adaPassword))
}
