package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/server"
	"voicetill/store"
)

// deliverFlags are what serve is told about receipts that leave the screen.
type deliverFlags struct {
	smtp, passwordFile, from string
	publicURL                string
	publicGiven              bool // else publicURL is made of --listen
	printers                 printerList
}

func (f *deliverFlags) register(set *flag.FlagSet) {
	set.StringVar(&f.smtp, "smtp", "", "mail server that sends receipts, an `address` like smtps://user@host:465 or smtp://user@host:587")
	set.StringVar(&f.passwordFile, "smtp-password-file", "", "`file` with the mail server's password")
	set.StringVar(&f.from, "mail-from", "", "sender of mails, an `address` like \"Shop <receipts@shop.example>\"")
	set.StringVar(&f.publicURL, "public-url", "", "`address` of this till as shoppers reach it, for links; that of --listen without one")
	set.Var(&f.printers, "printer", "receipt printer, an `address` like tcp://host:9100 or file:///dev/usb/lp0, PLACE=address for one place; may be repeated")
}

// printerList collects --printer.
type printerList []deliver.Printer

// String is part of flag.Value.
func (l *printerList) String() string { return strconv.Itoa(len(*l)) + " printers" }

// Set is part of flag.Value.
func (l *printerList) Set(s string) error {
	p, err := deliver.ParsePrinter(s)
	if err == nil {
		*l = append(*l, p)
	}
	return err
}

// at reports whether there is a printer in a place.
func (l printerList) at(place string) bool {
	for _, p := range l {
		if p.Place == "" || p.Place == place {
			return true
		}
	}
	return false
}

// deliverEach is how often the outbox is looked into: a shopper waits for paper.
const deliverEach = time.Second

var errPublicURL = errors.New("--public-url is an address like https://till.example")

// readBase checks the till's own address and takes its last slash off.
func readBase(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errPublicURL
	}
	return strings.TrimSuffix(s, "/"), nil
}

func (f deliverFlags) post() (*deliver.Post, error) {
	c := deliver.PostConfig{URL: f.smtp, From: f.from}
	if f.passwordFile != "" {
		data, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return nil, fmt.Errorf("read the mail server's password: %w", err)
		}
		c.Password = strings.TrimRight(string(data), "\r\n")
	}
	return deliver.NewPost(c)
}

// setUpDelivery makes the workers of mail and printers, and tells the server of
// them.
func (t *runningTill) setUpDelivery(f deliverFlags, config *server.Config) error {
	base, err := readBase(f.publicURL)
	if err != nil {
		return err
	}
	config.Delivering = server.Delivering{Base: base, Mail: f.smtp != "", Prints: f.printers.at}
	if f.publicGiven {
		config.Delivering.Public = base
	}
	clerk := deliver.Clerk{Shop: counter{t.cashier, t.db}, Base: base, Now: time.Now}
	if f.smtp != "" {
		post, err := f.post()
		if err != nil {
			return err
		}
		t.addWorker(config.Log, deliver.Mail, "", deliver.MailBackoff, clerk.Mail(post), nil)
		t.addWorker(config.Log, deliver.Notice, "", deliver.MailBackoff, clerk.Notices(post, t.db), nil)
		t.addWorker(config.Log, deliver.Bill, "", deliver.MailBackoff, clerk.Bills(post, t.db), nil)
	}
	for _, p := range f.printers {
		t.addWorker(config.Log, deliver.Print, p.Place, deliver.PrintBackoff, clerk.Print(p), t.printerOff(config.Log))
	}
	return nil
}

func (t *runningTill) addWorker(log *slog.Logger, kind deliver.Kind, to string, b deliver.Backoff,
	send func(context.Context, deliver.Delivery) error, trouble func(context.Context, deliver.Delivery, error)) {
	t.workers = append(t.workers, &deliver.Worker{Outbox: t.db, Kind: kind, To: to, Send: send, Trouble: trouble, Backoff: b, Now: time.Now, Log: log})
}

// printerOff calls staff to a printer, once until somebody has seen to it.
func (t *runningTill) printerOff(log *slog.Logger) func(context.Context, deliver.Delivery, error) {
	return func(ctx context.Context, d deliver.Delivery, _ error) {
		if _, err := t.db.CallStaff(ctx, d.To, "printer/"+d.To, "printer", "printer-off"); err != nil {
			log.Error("staff could not be called to the printer", "place", d.To, "err", err)
		}
	}
}

// deliver runs the workers until ctx ends, and waits for them.
func (t *runningTill) deliver(ctx context.Context) {
	var all sync.WaitGroup
	for _, w := range t.workers {
		all.Go(func() {
			tick := time.NewTicker(deliverEach)
			defer tick.Stop()
			w.Run(ctx, tick.C)
		})
	}
	all.Wait()
}

// counter is where a deliver.Clerk looks things up.
type counter struct {
	cashier *payments.Service
	db      *store.DB
}

// ReceiptByLink is part of deliver.Shop.
func (c counter) ReceiptByLink(ctx context.Context, link string) (payments.Receipt, error) {
	return c.cashier.ReceiptByLink(ctx, link)
}

// Account is part of deliver.Shop.
func (c counter) Account(ctx context.Context, id string) (accounts.Account, error) {
	return c.db.Account(ctx, id)
}

// PlaceName is part of deliver.Shop.
func (c counter) PlaceName(ctx context.Context, id string) (string, *time.Location, error) {
	p, err := c.db.Place(ctx, id)
	return p.Name, c.db.ZoneOf(p), err
}
