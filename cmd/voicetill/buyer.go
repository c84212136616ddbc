package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/money"

	"github.com/gorilla/websocket"
)

// tillMessage has the fields of the till's messages that its clients here use.
type tillMessage struct {
	Type    string
	ID      string
	Say     string
	State   checkout.State
	Resume  string
	Cart    checkout.View
	Bill    string
	Version int
	Pass    string
	Total   string
	Receipt string
	No      int64
	Lines   []payments.LineView
	Code    string
	Text    string
}

// sale is one that the till acknowledged to a kiosk.
type sale struct {
	Bill, Receipt string
	No            int64
	Shopper       string // number
	Total         money.Amount
	Lines         []payments.LineView
}

// buyer buys over the socket as a terminal does: it sends a command again under
// its id until it is answered, through lost connections and dead tills. It is
// owned by one goroutine.
type buyer struct {
	till     *killable
	shopper  string
	secret   string
	items    []string
	random   *rand.Rand
	patience []string                              // codes of errors after which it tries again
	took     func(step string, took time.Duration) // nil: nobody measures
	refused  func(code string)                     // nil: nobody counts

	conn   *websocket.Conn
	resume string
	count  int // of commands
}

const (
	kioskWaits  = 30 * time.Second // for one message of the till
	pauseRefuse = 20 * time.Millisecond
)

// refusal is an error message of the till.
type refusal struct{ code, text string }

func (r *refusal) Error() string { return "the till refuses: " + r.code + ": " + r.text }

// buy buys one to three lines and returns what the till acknowledged.
func (k *buyer) buy(ctx context.Context) (s sale, err error) {
	basket := map[string]int{}
	for range 1 + k.random.IntN(3) {
		item, count := k.items[k.random.IntN(len(k.items))], 1+k.random.IntN(3)
		if err := k.put(ctx, item, count); err != nil {
			return s, fmt.Errorf("put in the basket: %w", err)
		}
		basket[item] += count
	}
	bill, err := k.exchange(ctx, "checkout", tap("checkout"), "bill")
	if err != nil {
		return s, fmt.Errorf("check out: %w", err)
	}
	if _, err := k.exchange(ctx, "confirm", tap("confirm"), "reply"); err != nil {
		return s, fmt.Errorf("confirm: %w", err)
	}
	r, err := k.prove(ctx, bill)
	if err != nil {
		return s, fmt.Errorf("pay bill %s: %w", bill.Bill, err)
	}
	total, err := money.Parse(r.Total, "EUR")
	if err == nil {
		err = k.compare(basket, bill, r)
	}
	return sale{bill.Bill, r.Receipt, r.No, k.shopper, total, r.Lines}, err
}

// prove pays the bill. Tills that died while they checked a password keep that
// try for accounts.TryLease; whose account has lent all of them waits.
func (k *buyer) prove(ctx context.Context, bill tillMessage) (tillMessage, error) {
	for {
		r, err := k.exchange(ctx, "prove", map[string]any{"type": "prove", "bill": bill.Bill, "version": bill.Version,
			"account": k.shopper, "factor": "password", "secret": k.secret}, "receipt")
		var refused *refusal
		switch {
		case errors.As(err, &refused) && strings.Contains(refused.text, "is being checked"):
			pauseFor(ctx, accounts.TryLease/10)
		case errors.As(err, &refused) && strings.Contains(refused.text, "under way"):
			if r, err := k.await(ctx); err != nil || r.Type == "receipt" {
				return r, err
			}
		default:
			return r, err
		}
	}
}

// await waits for the end of a payment whose outcome the till did not know: its
// receipt, or a bill that is confirmed again. A lost connection is no error.
func (k *buyer) await(ctx context.Context) (tillMessage, error) {
	m, err := k.read(func(m tillMessage) bool {
		return m.Type == "receipt" || m.Type == "reply" && m.State == checkout.Billed
	})
	switch {
	case err != nil:
		k.hangUp()
		return m, ctx.Err()
	case m.Type == "reply":
		_, err = k.exchange(ctx, "confirm", tap("confirm"), "reply")
	}
	return m, err
}

// compare finds what was sold, beyond what was put in the basket or less.
func (k *buyer) compare(basket map[string]int, bill, receipt tillMessage) error {
	if receipt.Total != bill.Total {
		return fmt.Errorf("the bill was over %s, the receipt is over %s", bill.Total, receipt.Total)
	}
	sold := map[string]int{}
	for _, l := range receipt.Lines {
		n, err := strconv.Atoi(l.Quantity)
		if err != nil {
			return fmt.Errorf("receipt %d: %w", receipt.No, err)
		}
		sold[l.Item] += n
	}
	if !maps.Equal(basket, sold) {
		return fmt.Errorf("in the basket were %v, on receipt %d are %v", basket, receipt.No, sold)
	}
	return nil
}

// put adds an item, and says yes where the till asks.
func (k *buyer) put(ctx context.Context, item string, quantity int) error {
	add := map[string]any{"type": "do", "command": map[string]any{"do": "add", "item": item, "quantity": fmt.Sprint(quantity)}}
	r, err := k.exchange(ctx, "add", add, "reply")
	if err == nil && r.State == checkout.Choosing {
		r, err = k.exchange(ctx, "add", tap("yes"), "reply")
	}
	if err == nil && r.State != checkout.Shopping {
		err = fmt.Errorf("the till is %s: %s", r.State, r.Say)
	}
	return err
}

func tap(do string) map[string]any {
	return map[string]any{"type": "do", "command": map[string]any{"do": do}}
}

// exchange sends a command until the till has answered it and sent a message
// of the type, which it returns.
func (k *buyer) exchange(ctx context.Context, step string, message map[string]any, want string) (tillMessage, error) {
	k.count++
	id, began := fmt.Sprint("k", k.count), time.Now()
	message["id"] = id
	for {
		m, err := k.try(ctx, id, message, want)
		var r *refusal
		switch {
		case err == nil:
			if k.took != nil {
				k.took(step, time.Since(began))
			}
			return m, nil
		case ctx.Err() != nil:
			return m, ctx.Err()
		case errors.As(err, &r):
			if k.refused != nil {
				k.refused(r.code)
			}
			if !slices.Contains(k.patience, r.code) {
				return m, err
			}
			pauseFor(ctx, pauseRefuse)
		default: // the connection is gone
			k.hangUp()
		}
	}
}

// try sends a command once. A *refusal is the till's answer, any other error
// the end of the connection.
func (k *buyer) try(ctx context.Context, id string, message map[string]any, want string) (m tillMessage, err error) {
	if k.conn == nil {
		if err := k.connect(ctx); err != nil {
			return m, err
		}
	}
	if err := k.conn.WriteJSON(message); err != nil {
		return m, err
	}
	if m, err = k.read(func(m tillMessage) bool { return m.ID == id }); err != nil {
		return m, err
	}
	if m.Type == "error" {
		return m, &refusal{m.Code, m.Text}
	}
	if want == "reply" {
		return m, nil
	}
	if want == "receipt" && m.State != checkout.Paid || want == "bill" && m.State != checkout.Billed {
		return m, &refusal{"not_" + want, m.Say}
	}
	return k.read(func(m tillMessage) bool { return m.Type == want })
}

// connect greets a till that runs, and goes on with the session.
func (k *buyer) connect(ctx context.Context) error {
	address, life, err := k.till.where(ctx)
	if err != nil {
		return err
	}
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+address+"/v1/checkout?place=demo", nil)
	if err != nil {
		pauseFor(ctx, pauseRefuse)
		return err
	}
	k.conn = conn
	if err := conn.WriteJSON(map[string]any{"type": "hello", "client": "kiosk", "resume": k.resume}); err != nil {
		return err
	}
	welcome, err := k.read(func(m tillMessage) bool { return m.Type == "welcome" || m.Type == "error" })
	if err != nil {
		return err
	}
	if welcome.Type == "error" {
		pauseFor(ctx, pauseRefuse)
		return &refusal{welcome.Code, welcome.Text}
	}
	if k.resume != "" && welcome.Resume != k.resume {
		return &refusal{"lost_session", "the session " + k.resume + " is gone"}
	}
	k.resume = welcome.Resume
	k.till.answered(life)
	return nil
}

// read reads on until a message is the one waited for.
func (k *buyer) read(is func(tillMessage) bool) (m tillMessage, err error) {
	if err := k.conn.SetReadDeadline(time.Now().Add(kioskWaits)); err != nil {
		return m, err
	}
	for {
		m = tillMessage{}
		if err := k.conn.ReadJSON(&m); err != nil {
			return m, err
		}
		if is(m) {
			return m, nil
		}
	}
}

func (k *buyer) hangUp() {
	if k.conn != nil {
		k.conn.Close()
		k.conn = nil
	}
}

// pauseFor waits, or until ctx ends.
func pauseFor(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
