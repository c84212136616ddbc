package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/payments/deliver"
	"voicetill/payments/deliver/delivertest"
	"voicetill/store"
	"voicetill/store/storetest"
)

// sell buys something at a kiosk.
func (m *mortal) sell() {
	m.t.Helper()
	l, _ := m.connect("")
	l.send(map[string]any{"type": "hello", "client": "kiosk", "resume": l.resume})
	l.wait(func(x tillMessage) bool { return x.Type == "welcome" })
	l.say("1", "three oat milk")
	l.say("2", "checkout")
	bill := l.said[len(l.said)-1]
	if bill.Type != "bill" {
		bill = l.wait(func(x tillMessage) bool { return x.Type == "bill" })
	}
	l.say("3", "confirm payment")
	l.send(map[string]any{"type": "prove", "id": "4", "bill": bill.Bill, "version": bill.Version, "account": "1001", "factor": "password", "secret": "till-demo-1"})
	l.wait(func(x tillMessage) bool { return x.Type == "receipt" })
}

// A receipt that was issued before the till was killed goes out afterwards; the
// next one goes to the printer, too; a printer that is off calls staff.
func TestReceiptsLeaveTheTill(t *testing.T) {
	t.Parallel()
	dsn := storetest.SQLite(t)
	office := delivertest.OpenOffice(t, delivertest.Clear)
	_, port, err := net.SplitHostPort(office.Address)
	if err != nil {
		t.Fatal(err)
	}
	paper := filepath.Join(t.TempDir(), "lp0")
	m := newMortal(t, buildTill(t, ""), "--typed-only", "--db", dsn)
	m.start("")
	m.sell()
	m.kill()

	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.SetPrinting(t.Context(), store.DemoPlace, store.PrintAlways); err != nil {
		t.Fatal(err)
	}
	m.args = append(m.args, "--smtp", "smtp://localhost:"+port+"?tls=none", "--mail-from", "Shop <receipts@shop.example>",
		"--public-url", "https://till.example/", "--printer", "demo=file://"+paper)
	m.start("")
	m.sell()
	await(t, "two letters", func() (bool, error) { return len(office.Letters()) == 2, nil })
	for _, l := range office.Letters() {
		if l.To[0] != "ada@example.com" || !strings.Contains(string(l.Data), "receipt-") {
			t.Errorf("got a letter to %s", l.To)
		}
	}
	await(t, "paper", func() (bool, error) {
		data, err := os.ReadFile(paper)
		if errors.Is(err, os.ErrNotExist) {
			return false, nil
		}
		return strings.Contains(string(data), "Receipt 2") && strings.Contains(string(data), "https://till.example/receipt/"), err
	})

	m.kill()
	m.args[len(m.args)-1] = "tcp://" + closedPort(t)
	m.start("")
	m.sell()
	await(t, "a call for staff", func() (bool, error) {
		calls, err := db.StaffCalls(t.Context(), store.DemoPlace)
		return len(calls) == 1 && calls[0].From == "printer" && calls[0].Reason == "printer-off", err
	})
	r, err := db.ReceiptByNo(t.Context(), store.DemoPlace, 3)
	if err != nil {
		t.Fatal(err)
	}
	await(t, "what went wrong", func() (bool, error) {
		list, err := db.Deliveries(t.Context(), store.DemoPlace, r.ID)
		for _, d := range list {
			if d.Kind == deliver.Print && d.Trouble != "" {
				return true, err
			}
		}
		return false, err
	})
}

// closedPort is an address that nobody listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestServeRefusesWrongDelivery(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		args []string
		want error
	}{
		{"a mail server without encryption", []string{"--smtp", "smtp://mail.example?tls=none", "--mail-from", "a@b.example"}, deliver.ErrSMTP},
		{"a sender that is none", []string{"--smtp", "smtp://mail.example"}, deliver.ErrFrom},
		{"a password file that is not there", []string{"--smtp", "smtp://u@mail.example", "--mail-from", "a@b.example", "--smtp-password-file", "/no/file"}, os.ErrNotExist},
		{"an address of the till that is none", []string{"--public-url", "till.example"}, errPublicURL},
		{"a printer that is none", []string{"--printer", "lp0"}, errUsage},
	} {
		args := append([]string{"serve", "--typed-only", "--listen", "localhost:0", "--db", storetest.SQLite(t)}, tt.args...)
		if err := Main(t.Context(), args); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}
