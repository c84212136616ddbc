package checkout_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/speech"
)

// memory keeps sessions. failing makes the next saves fail.
type memory struct {
	sessions map[string]checkout.Session
	replies  map[string][]byte
	failing  []error
}

func (m *memory) CreateSession(_ context.Context, s checkout.Session) error {
	m.sessions[s.ID] = s
	return nil
}

func (m *memory) LoadSession(_ context.Context, id string) (checkout.Session, error) {
	s, ok := m.sessions[id]
	if !ok {
		return s, checkout.ErrNoSession
	}
	return s, nil
}

func (m *memory) SaveSession(_ context.Context, s checkout.Session, command string, reply []byte) error {
	if len(m.failing) > 0 {
		err := m.failing[0]
		m.failing = m.failing[1:]
		return err
	}
	if s.Version != m.sessions[s.ID].Version+1 {
		return checkout.ErrStale
	}
	m.sessions[s.ID] = s
	if command != "" {
		m.replies[s.ID+"/"+command] = reply
	}
	return nil
}

func (m *memory) StoredReply(_ context.Context, session, command string) ([]byte, error) {
	r, ok := m.replies[session+"/"+command]
	if !ok {
		return nil, checkout.ErrNoReply
	}
	return r, nil
}

// desk takes the money of whoever says "good"; refusals come first.
type desk struct {
	now      func() time.Time
	versions map[string]int
	receipts map[string]payments.Receipt
	voided   int
	refusals []error
	paid     []payments.Bill
	calls    int
}

func (d *desk) Freeze(_ context.Context, o payments.Order) (payments.Bill, error) {
	d.versions[o.Cart]++
	total := o.Currency.Zero()
	for _, l := range o.Lines {
		total.Minor += l.Total.Minor
	}
	net, tax, err := total.SplitTax(700)
	return payments.Bill{ID: "bill-" + o.Cart, Version: d.versions[o.Cart], Cart: o.Cart, Merchant: o.Merchant, Place: o.Place,
		Payee: o.Payee, Currency: o.Currency, Lines: o.Lines, Total: total, Issued: d.now(), Expires: d.now().Add(payments.BillLife),
		Tax: []payments.Tax{{RateBP: 700, Net: net, Tax: tax, Gross: total}}}, err
}

func (d *desk) Void(_ context.Context, bill string) error {
	if _, ok := d.receipts[bill]; ok {
		return payments.ErrBillPaid
	}
	d.voided++
	return nil
}

func (d *desk) Pay(_ context.Context, b payments.Bill, p payments.Payer) (payments.Receipt, error) {
	if len(d.refusals) > 0 {
		err := d.refusals[0]
		d.refusals = d.refusals[1:]
		return payments.Receipt{}, err
	}
	if r, ok := d.receipts[b.ID]; ok {
		return r, nil
	}
	d.paid = append(d.paid, b)
	r := payments.Receipt{ID: "receipt-" + b.ID, No: int64(len(d.paid)), Bill: b.ID, Version: b.Version, Currency: b.Currency,
		Lines: b.Lines, Tax: b.Tax, Total: b.Total, Payee: b.Payee, Place: b.Place, Pass: "pass", Link: "link"}
	d.receipts[b.ID] = r
	return r, nil
}

func (d *desk) ReceiptFor(_ context.Context, bill string) (payments.Receipt, error) {
	if r, ok := d.receipts[bill]; ok {
		return r, nil
	}
	return payments.Receipt{}, payments.ErrNoReceipt
}

func (d *desk) CallStaff(context.Context, string, string, string, string, time.Time) error {
	d.calls++
	return nil
}

// shop is a till on the demo catalogue whose time stands still.
type shop struct {
	*checkout.Till
	memory     *memory
	desk       *desk
	clock      time.Time
	understand map[string]*checkout.Understander
}

func newShop(t testing.TB) *shop {
	t.Helper()
	return newShopOf(t, "demo/catalog.csv", "demo/coffee.csv")
}

// newShopOf is a shop that sells what the catalogues list.
func newShopOf(t testing.TB, catalogues ...string) *shop {
	t.Helper()
	s := &shop{clock: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), understand: map[string]*checkout.Understander{}}
	now := func() time.Time { return s.clock }
	s.memory = &memory{sessions: map[string]checkout.Session{}, replies: map[string][]byte{}}
	s.desk = &desk{now: now, versions: map[string]int{}, receipts: map[string]payments.Receipt{}}
	var items []catalog.Item
	for _, name := range catalogues {
		items = append(items, demoItems(t, name)...)
	}
	index := catalog.NewIndex(items)
	ids := 0
	s.Till = &checkout.Till{
		Place: checkout.Place{ID: "demo", Merchant: "demo", Payee: "Demo Shop", Currency: "EUR",
			Limits: checkout.DefaultLimits("EUR")},
		Keeper: s.memory, Cashier: s.desk, Staff: s.desk,
		Shelf:   func() *catalog.Index { return index },
		Replies: map[string]*checkout.Replies{"en": replies(t, "en"), "zh": replies(t, "zh")},
		Now:     now,
		NewID:   func() string { ids++; return "cart" + strconv.Itoa(ids) },
	}
	for _, lang := range []string{"en", "zh"} {
		key := lang + " " + strings.Join(catalogues, " ")
		u, ok := understanders.Load(key)
		if !ok {
			u, _ = understanders.LoadOrStore(key, understander(t, lang, index))
		}
		s.understand[lang] = u.(*checkout.Understander)
	}
	return s
}

// understanders are made once, since they are immutable and take half a second:
// language and catalogues → *checkout.Understander.
var understanders sync.Map

func demoItems(t testing.TB, name string) []catalog.Item {
	t.Helper()
	data, err := models.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	items, err := catalog.ReadCSV(bytes.NewReader(data), money.Currency("EUR"))
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func replies(t testing.TB, lang string) *checkout.Replies {
	t.Helper()
	data, err := models.FS.ReadFile(lang + "/replies.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := checkout.NewReplies(lang, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func understander(t testing.TB, lang string, index *catalog.Index) *checkout.Understander {
	t.Helper()
	g, err := parser.ReadGrammar(models.FS, lang+"/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	return checkout.NewUnderstander(g, index, nil)
}

func (s *shop) open(t testing.TB, lang string) *checkout.Dialog {
	t.Helper()
	d, err := checkout.Open(context.Background(), s.Till, checkout.Hello{Lang: lang, Client: "phone"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hear says a line in the conversation's language: typed, or with the microphone's
// doubts.
func (s *shop) hear(t testing.TB, d *checkout.Dialog, text string, typed bool) *checkout.Reply {
	t.Helper()
	situation := d.Situation()
	situation.Typed = typed
	h := s.understand[d.Lang()].Understand(speech.Typed(text), situation)
	h.Evidence.Typed = typed
	r, err := d.Hear(context.Background(), "", h)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

var errDown = fmt.Errorf("the database is down")
