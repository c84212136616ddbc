package server_test

import (
	"errors"
	"fmt"
	"testing"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
)

// keepSilent makes the counter take charges and answer none.
func (c *counter) keepSilent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = true
}

// holdUp makes the next charge close asked and wait for goOn.
func (c *counter) holdUp() (asked, goOn chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.hold = make(chan struct{}), make(chan struct{})
	return c.asked, c.hold
}

// A charge that nobody answers is no fault of the shopper, who is told to wait and
// gets the receipt by itself.
func TestAPaymentWithoutAnAnswerIsWaitedFor(t *testing.T) {
	x, c := counterTill(t)
	c.keepSilent()
	p := x.open("")
	resume := p.want("welcome").Resume
	bill := p.bill()
	p.say("confirm", "confirm payment")
	const wait = "The payment is under way. One moment, or say go back to give it up."
	if r := p.prove("prove", bill, map[string]any{"method": "card"}); r.State != "proving" || r.Say != wait {
		t.Fatalf("got %s", r.raw)
	}
	if h := p.handoff(); h.QR != "" || h.URL != "" || h.Expires.IsZero() {
		t.Errorf("got %+v", h)
	}
	if r := p.prove("again", bill, nil); r.Say != wait {
		t.Errorf("proved again: got %s", r.raw)
	}
	p.conn.Close()

	p = x.open(resume)
	if w := p.want("welcome"); w.State != "proving" || w.Say != wait {
		t.Fatalf("after a reconnect: got %s", w.raw)
	}
	c.end("paid")
	if r := p.want("receipt"); r.Total != "7.47" || r.Pass == "" {
		t.Errorf("got %s", r.raw)
	}
	if n := len(c.charged()); n != 1 {
		t.Errorf("%d charges", n)
	}
}

// While one connection of a conversation pays, another one goes back, or changes
// the basket: the payment is given up, and nothing is sold behind the shopper's back.
func TestLeavingABillThatAnotherConnectionPays(t *testing.T) {
	for name, leave := range map[string]map[string]any{
		"back":  {"do": "back"},
		"add":   {"do": "add", "item": "2112", "quantity": "1"},
		"clear": {"do": "remove", "item": "1203"},
		"leave": {"do": "leave"},
	} {
		t.Run(name, func(t *testing.T) {
			x, c := counterTill(t)
			asked, goOn := c.holdUp()
			p := x.open("")
			resume := p.want("welcome").Resume
			bill := p.bill()
			p.say("confirm", "confirm payment")
			p.send(map[string]any{"type": "prove", "id": "prove", "bill": bill.Bill, "version": bill.Version, "method": "card",
				"account": "1001", "factor": "password", "secret": "till-demo-1"})
			<-asked // the charge is on its way
			other := x.open(resume)
			if r := other.do("leave", leave); r.State != "shopping" {
				t.Errorf("got %s", r.raw)
			}
			close(goOn)
			if r := p.wantID("prove"); r.State != "shopping" {
				t.Errorf("who paid: got %s", r.raw)
			}
			if _, err := x.db.ReceiptByBill(t.Context(), bill.Bill); err == nil {
				t.Error("the bill that was left is sold")
			}
			for _, ch := range c.charged() {
				if _, err := c.Lookup(t.Context(), ch.Key, ch.Amount); err != payments.ErrNoCharge {
					t.Errorf("its charge: %v", err)
				}
			}
			other.do("more", map[string]any{"do": "add", "item": "3301", "quantity": "1"})
			other.do("out", map[string]any{"do": "checkout"})
			bill = other.want("bill")
			other.do("confirm2", map[string]any{"do": "confirm"})
			if r := other.prove("again", bill, map[string]any{"method": "prepaid"}); r.State != "paid" {
				t.Errorf("paid again: got %s", r.raw)
			}
		})
	}
}

// failures are the wrong passwords that are counted against an account: how many
// fewer may be checked at once.
func (x *till) failures(account string) int {
	x.t.Helper()
	for n := 0; ; n++ {
		_, err := x.db.TakeTry(x.t.Context(), account, accounts.Password, x.now())
		switch {
		case errors.Is(err, accounts.ErrChecking):
			return accounts.AtOnce(0) - n
		case err != nil:
			x.t.Fatal(err)
		}
	}
}

// The right password that comes twenty times at once, over twenty connections,
// pays once; the others are told that it is paid, or under way. None of them is a
// wrong try.
func TestAPasswordThatComesTwentyTimesAtOncePaysOnce(t *testing.T) {
	const times = 20
	x := newTill(t)
	hash, err := accounts.Hash(t.Context(), "as slow as a real one")
	if err != nil {
		t.Fatal(err)
	}
	account := accounts.Account{Number: "4004", Email: "often@example.com", Name: "Often", Kind: accounts.Shopper}
	id, err := x.db.CreateAccount(t.Context(), account, hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.db.TopUp(t.Context(), "demo", id, "often", money.Of(5000, "EUR")); err != nil {
		t.Fatal(err)
	}
	p := x.open("")
	resume := p.want("welcome").Resume
	bill := p.bill()
	p.say("confirm", "confirm payment")
	pages := make([]*page, times)
	for i := range pages {
		pages[i] = x.open(resume)
		pages[i].want("welcome")
	}
	for i, q := range pages {
		q.send(map[string]any{"type": "prove", "id": fmt.Sprint("prove ", i), "bill": bill.Bill, "version": bill.Version,
			"account": "4004", "factor": "password", "secret": "as slow as a real one"})
	}
	for i, q := range pages {
		r := q.wantID(fmt.Sprint("prove ", i))
		if r.State != "paid" && r.Say != "The payment is under way. One moment, or say go back to give it up." {
			t.Errorf("got %s", r.raw)
		}
	}
	if n := x.failures(id); n != 0 {
		t.Errorf("%d wrong tries were counted", n)
	}
	if have, err := x.db.Balance(t.Context(), "demo", id, "EUR"); err != nil || have != money.Of(4253, "EUR") {
		t.Errorf("balance: got %v, %v", have, err)
	}
}

// A page finds out whether its network is there, also while a charge takes its time.
func TestAPingIsAnsweredWhileAPaymentTakesItsTime(t *testing.T) {
	x, c := counterTill(t)
	asked, goOn := c.holdUp()
	p := x.open("")
	bill := p.bill()
	p.say("confirm", "confirm payment")
	p.send(map[string]any{"type": "prove", "id": "prove", "bill": bill.Bill, "version": bill.Version, "method": "card",
		"account": "1001", "factor": "password", "secret": "till-demo-1"})
	<-asked
	p.send(map[string]any{"type": "ping"})
	p.want("pong")
	close(goOn)
	p.wantID("prove")
}
