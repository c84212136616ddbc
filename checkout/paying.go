package checkout

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/money"
)

// checkout freezes the cart into a bill at today's prices.
func (t *turn) checkout() {
	if len(t.talk.Cart.Lines) == 0 {
		t.tell("empty")
		return
	}
	t.reprice()
	if t.err == nil {
		t.freeze()
	}
}

// reprice looks every line up again, and says what became dearer, cheaper or
// is gone.
func (t *turn) reprice() {
	cart := &t.talk.Cart
	for _, l := range slices.Clone(cart.Lines) {
		item, err := t.index.ByNumber(l.Item)
		wrong := ""
		price := l.Price
		if err == nil {
			price, wrong, err = priceOf(item, l.Options)
			if err != nil {
				t.err = err
				return
			}
		}
		switch {
		case err != nil || wrong != "" || item.Unit != l.Unit:
			cart.take(l.ID, l.Qty)
			t.tell("gone", "name", l.Name)
		case price != l.Price:
			cart.line(l.ID).Price = price
			t.tell("price-now", "name", l.Name, "price", t.words.money(price))
		}
		if now := cart.line(l.ID); now != nil {
			now.TaxBP = item.TaxBP
		}
	}
}

// freeze makes the bill of the cart as it is, and says it.
func (t *turn) freeze() {
	cart := &t.talk.Cart
	if len(cart.Lines) == 0 {
		t.talk.State, t.talk.Bill = Shopping, nil
		t.tell("changed-empty")
		return
	}
	order, err := t.order()
	if err != nil {
		t.err = err
		return
	}
	bill, err := t.till.Cashier.Freeze(t.ctx, order)
	if errors.Is(err, payments.ErrBillPaid) {
		t.findReceipt(cart.ID)
		return
	}
	if err != nil {
		t.err = fmt.Errorf("freeze the cart: %w", err)
		return
	}
	t.talk.Bill, t.talk.State, t.talk.Added = &bill, Billed, 0
	if t.offers(); t.err != nil {
		return
	}
	t.acted, t.sound = true, SoundQuestion
	t.sayBill()
	t.findMandate()
	t.drawCheck()
}

// findReceipt ends a conversation whose bill turns out to be paid.
func (t *turn) findReceipt(cart string) {
	if t.talk.Bill == nil {
		t.err = fmt.Errorf("cart %s: %w", cart, payments.ErrBillPaid)
		return
	}
	r, err := t.till.Cashier.ReceiptFor(t.ctx, t.talk.Bill.ID)
	if err != nil {
		t.err = fmt.Errorf("find the receipt: %w", err)
		return
	}
	t.paid(r)
}

func (t *turn) order() (payments.Order, error) {
	p := t.till.Place
	o := payments.Order{Cart: t.talk.Cart.ID, Merchant: p.Merchant, Place: p.ID, Payee: p.Payee, Currency: p.Currency}
	for i, l := range t.talk.Cart.Lines {
		total, err := l.Total()
		if err != nil {
			return o, err
		}
		evidence, err := json.Marshal(l.Traces)
		if err != nil {
			return o, fmt.Errorf("write evidence: %w", err)
		}
		o.Lines = append(o.Lines, payments.Line{Line: i + 1, Item: l.Item, Name: l.Name, Options: l.Options, Milli: int64(l.Qty),
			Unit: l.Unit, Price: l.Price, Total: total, TaxBP: l.TaxBP, MinAge: l.MinAge, Evidence: evidence})
	}
	return o, nil
}

func (t *turn) sayBill() {
	tax := t.talk.Bill.Currency.Zero()
	for _, r := range t.talk.Bill.Tax {
		sum, err := tax.Add(r.Tax)
		if err != nil {
			t.err = err
			return
		}
		tax = sum
	}
	t.tell("billed", "count", t.words.count(t.talk.Cart.Count()), "total", t.words.money(t.talk.Bill.Total), "tax", t.words.money(tax))
}

// voidBill goes back to shopping because the cart is about to change.
func (t *turn) voidBill() {
	if t.leaveBill() {
		t.tell("bill-void")
	}
}

// leaveBill goes from the bill back to shopping, and reports whether it did. What
// is under way is given up, though another connection began it or nobody knows
// what became of it; what was paid meanwhile has its receipt.
func (t *turn) leaveBill() bool {
	if !t.giveUp() {
		return false
	}
	switch err := t.till.Cashier.Void(t.ctx, t.talk.Bill.ID); {
	case errors.Is(err, payments.ErrBillPaid):
		t.findReceipt(t.talk.Cart.ID)
		return false
	case err != nil:
		t.err = fmt.Errorf("void the bill: %w", err)
		return false
	}
	t.talk.Bill, t.talk.State = nil, Shopping
	return true
}

// confirm asks for the password, only at a bill that is shown and in time.
func (t *turn) confirm() {
	switch t.talk.State {
	case Proving:
		t.tell(t.proveKey())
	case Billed:
		if !t.now.Before(t.talk.Bill.Expires) {
			t.renew("bill-expired")
			return
		}
		if !t.checked() || t.payAsAllowed() {
			return
		}
		t.talk.State = Proving
		t.acted, t.sound = true, SoundQuestion
		t.tell("prove")
	case Paid:
		t.tell("already-paid", "total", t.words.money(t.talk.Bill.Total))
	default:
		t.refuse("not-billed")
	}
}

// renew makes a new bill in place of one that cannot be paid any more.
func (t *turn) renew(key string) {
	t.tell(key)
	t.checkout()
}

func (t *turn) back() {
	switch t.talk.State {
	case Billed, Proving:
		if !t.leaveBill() {
			return
		}
		t.acted = true
		t.tell("back", "count", t.words.count(t.talk.Cart.Count()), "total", t.totalText())
	case Paid:
		t.tell("already-paid", "total", t.words.money(t.talk.Bill.Total))
	default:
		t.tell("already-shopping")
	}
}

// hearProving hears only the way back and the harmless questions while the
// password is awaited. Anything else that might be it is thrown away unseen.
func (t *turn) hearProving() {
	harmless := []parser.Kind{parser.Back, parser.Help, parser.Repeat, parser.Staff, parser.Total, parser.Confirm, parser.Pay}
	h := t.heard
	t.heard = Heard{}
	if isCommand(h.Commands, harmless...) && !soundsSecret(h.Text) {
		t.obey(h.Commands)
		return
	}
	if h.Evidence.Typed || soundsSecret(h.Text) {
		t.refuse("not-aloud")
	}
}

// prove pays the bill.
func (t *turn) prove(p Proof) {
	b := t.talk.Bill
	switch {
	case t.talk.State == Paid:
		t.tell("already-paid", "total", t.words.money(b.Total))
		return
	case t.talk.State != Proving:
		t.refuse("not-proving")
		return
	case p.Bill != b.ID || p.Version != b.Version:
		t.refuse("other-bill")
		t.talk.State = Billed
		return
	case t.talk.waits():
		t.tell(t.proveKey())
		return
	case p.Account == "" || p.Proof.Secret == "":
		t.refuse("no-account")
		return
	case !t.checked():
		return
	}
	if p.Method != "" && !t.chosen(p.Method) {
		return
	}
	r, err := t.till.Cashier.Pay(t.ctx, *b, payments.Payer{Account: p.Account, Proof: p.Proof, Terminal: p.Terminal,
		Buyer:  payments.Buyer{Account: p.Buyer, Lang: t.talk.Lang, Client: p.Client},
		Method: t.talk.Method, Code: p.Code, Return: p.Return})
	if err != nil {
		t.notPaid(err)
		return
	}
	t.paid(r)
}

func (t *turn) paid(r payments.Receipt) {
	view := r.View()
	t.talk.Receipt, t.talk.State, t.talk.Question, t.talk.Handoff, t.talk.Staff = &view, Paid, nil, nil, nil
	t.acted, t.sound = true, SoundPaid
	t.tell("paid", "total", t.words.money(r.Total))
}

// notPaid says why, and what to do.
func (t *turn) notPaid(err error) {
	var locked *accounts.LockedError
	var low *payments.LowBalanceError
	var limit *payments.LimitError
	var unallowed *payments.MandateLimitError
	var declined *payments.DeclinedError
	var changed *payments.ChangedError
	var handoff *payments.HandoffError
	switch {
	case errors.As(err, &handoff):
		t.handOff(handoff.Handoff)
	case t.notConfirmed(err):
	case errors.Is(err, payments.ErrNotOffered), errors.Is(err, payments.ErrNotBound):
		t.talk.State, t.talk.Method = Billed, ""
		t.refuse("method-not-here", "methods", t.methodNames())
	case errors.Is(err, accounts.ErrWrongProof):
		t.refuse("wrong-proof")
	case errors.Is(err, accounts.ErrChecking):
		t.underWay(err)
	case errors.As(err, &locked) && locked.Until.IsZero():
		t.refuse("locked-reset")
	case errors.As(err, &locked):
		t.refuse("locked", "minutes", t.minutes(locked.Until))
	case errors.As(err, &unallowed), errors.Is(err, payments.ErrNoMandate):
		t.talk.State, t.sound = Proving, SoundQuestion
		t.tell("prove")
	case errors.As(err, &low):
		t.talk.State = Billed
		t.refuse("low-balance", "have", t.words.money(low.Have), "need", t.words.money(low.Need))
		t.offerTopUp(*low)
	case errors.As(err, &limit):
		t.talk.State = Billed
		t.refuse("over-limit", "left", t.words.money(limit.Left), "need", t.words.money(limit.Need))
	case errors.As(err, &declined):
		t.talk.State = Billed
		why := "declined-" + string(declined.Reason)
		t.refuse(why)
	case errors.Is(err, payments.ErrNoCharge):
		t.talk.State = Billed
		t.refuse("declined-method")
	case errors.As(err, &changed):
		t.followShelf(changed.Changes)
	case errors.Is(err, payments.ErrBillExpired):
		t.renew("bill-expired")
	case errors.Is(err, payments.ErrBillVoid):
		t.renew("other-bill")
	case errors.Is(err, payments.ErrLate):
		t.renew("paid-late")
	default:
		t.underWay(err)
	}
}

// underWay waits for a payment of which nobody knows yet what became of it; what
// was not even begun is an error.
func (t *turn) underWay(cause error) {
	err := payments.ErrNoReceipt
	var r payments.Receipt
	if t.till.Ways != nil {
		r, err = t.till.Ways.Progress(t.ctx, t.talk.Bill.ID, false)
	}
	switch {
	case err == nil:
		t.paid(r)
	case errors.Is(err, payments.ErrBillPending):
		t.talk.State, t.talk.Handoff = Proving, &payments.Handoff{Expires: t.now.Add(payments.ReverseAfter)}
		t.acted, t.sound = true, SoundQuestion
		t.tell("under-way")
	case errors.Is(cause, accounts.ErrChecking):
		t.refuse("being-checked")
	default:
		t.err = fmt.Errorf("pay: %w", cause)
	}
}

func (t *turn) minutes(until time.Time) string {
	n := int64((until.Sub(t.now) + time.Minute - 1) / time.Minute)
	if n <= 1 {
		return t.words.part("minute")
	}
	return t.words.part("minutes", "n", t.words.speak.number(n))
}

// followShelf changes the cart to what the shelf has, says so, and asks again
// with a new bill: never another amount than the one confirmed.
func (t *turn) followShelf(changes []payments.Change) {
	cart := &t.talk.Cart
	t.mark = cart.mark()
	ids := make([]int, len(cart.Lines))
	for i, l := range cart.Lines {
		ids[i] = l.ID
	}
	short := map[string]bool{}
	for _, c := range changes {
		if c.Line < 1 || c.Line > len(ids) {
			continue
		}
		l := cart.line(ids[c.Line-1])
		if l == nil {
			continue
		}
		switch c.What {
		case payments.PriceChanged:
			t.newPrice(l, c.Now)
		case payments.TaxChanged:
			l.TaxBP = c.TaxBP
			t.tell("tax-now", "name", l.Name)
		case payments.NameChanged:
			t.tell("name-now", "name", l.Name, "now", c.Named)
			l.Name = c.Named
		case payments.NotWhole:
			t.tell("only-whole", "name", l.Name)
			cart.take(l.ID, l.Qty%1000)
		case payments.StockShort:
			if !short[c.Item] {
				t.shorten(c.Item, c.Name, catalog.Qty(c.Have))
				short[c.Item] = true
			}
		default:
			t.tell("gone", "name", l.Name)
			cart.take(l.ID, l.Qty)
		}
	}
	cart.commit(t.mark)
	t.freeze()
}

func (t *turn) newPrice(l *Line, now money.Amount) {
	l.Price = now
	t.tell("price-now", "name", l.Name, "price", t.words.money(now))
}

// shorten leaves no more of an item than there is.
func (t *turn) shorten(item, name string, have catalog.Qty) {
	cart := &t.talk.Cart
	unit, counter := "", ""
	left := max(have, 0)
	for _, l := range slices.Clone(cart.Lines) {
		if l.Item != item {
			continue
		}
		unit, counter = l.Unit, l.Counter
		keep := min(l.Qty, left)
		if l.Unit == catalog.Each {
			keep -= keep % 1000
		}
		left -= keep
		cart.take(l.ID, l.Qty-keep)
	}
	if have <= 0 || unit == catalog.Each && have < 1000 {
		t.tell("sold-out", "name", name)
		return
	}
	t.tell("only-left", "qty", t.words.speak.quantity(int64(have), unit, counter, t.words), "name", name)
}
