package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/server"
)

// counter is a provider whose shoppers pay at its page: nothing is certain
// until they have paid there or given up.
type counter struct {
	mu      sync.Mutex
	charges map[string]payments.Charge
	state   map[string]string // "": waits; paid, refused, reversed
	stuck   error             // of Reverse
	bound   map[string]string // by key of Bind: "": begun
	refs    []string          // charged by binding
	silent  bool              // it takes charges and answers none
	asked   chan struct{}     // not nil: closed by the charge, which is then held up
	hold    chan struct{}     // until this is closed
}

func newCounter() *counter {
	return &counter{charges: map[string]payments.Charge{}, state: map[string]string{}, bound: map[string]string{}}
}

func (c *counter) Charge(_ context.Context, ch payments.Charge) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.charges[ch.Key] = ch
	if asked, hold := c.asked, c.hold; asked != nil {
		c.asked = nil
		close(asked)
		c.mu.Unlock()
		<-hold
		c.mu.Lock()
	}
	switch {
	case c.silent:
		return "", context.DeadlineExceeded
	case ch.Binding != "" || ch.Code != "":
		c.state[ch.Key] = "paid"
		c.refs = append(c.refs, ch.Binding+ch.Code)
	case c.state[ch.Key] == "":
		return "", &payments.HandoffError{Handoff: payments.Handoff{URL: "https://pay.example/" + ch.Key, QR: "pay:" + ch.Key, Expires: ch.At.Add(time.Minute)}}
	}
	return c.lookup(ch.Key)
}

func (c *counter) lookup(key string) (string, error) {
	switch c.state[key] {
	case "paid":
		return "ref-" + key, nil
	case "":
		if _, there := c.charges[key]; there {
			return "", context.DeadlineExceeded
		}
	}
	return "", payments.ErrNoCharge
}

func (c *counter) Lookup(_ context.Context, key string, _ money.Amount) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lookup(key)
}

func (c *counter) Reverse(_ context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stuck == nil {
		c.state[key] = "reversed"
	}
	return c.stuck
}

func (c *counter) Refund(_ context.Context, r payments.Refund) (string, error) {
	return "back " + r.Key, nil
}

func (c *counter) Clearing() string      { return "clearing:counter" }
func (c *counter) Window() time.Duration { return 10 * time.Minute }

func (c *counter) Bind(_ context.Context, key, account, merchant, back string) (payments.Handoff, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound[key] = ""
	return payments.Handoff{URL: "https://pay.example/bind/" + key + "?back=" + back}, nil
}

func (c *counter) Bound(_ context.Context, key string) (string, string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bound[key] == "" {
		return "", "", payments.ErrNotBound
	}
	return c.bound[key], "Visa …4242", nil
}

func (c *counter) Unbind(_ context.Context, binding string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, ref := range c.bound {
		if ref == binding {
			delete(c.bound, key)
		}
	}
	return c.stuck
}

// end decides all charges that wait.
func (c *counter) end(state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range c.charges {
		if c.state[key] == "" {
			c.state[key] = state
		}
	}
}

func (c *counter) jam(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stuck = err
}

func (c *counter) charged() []payments.Charge {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []payments.Charge
	for _, ch := range c.charges {
		list = append(list, ch)
	}
	return list
}

// counterTill takes prepaid, card and WeChat, the latter two at the counter.
func counterTill(t *testing.T) (*till, *counter) {
	t.Helper()
	c := newCounter()
	gateways := map[payments.Method]payments.Gateway{payments.Card: c, payments.WeChat: c}
	return newTillWith(t, gateways, func(config *server.Config) { config.FollowEvery = 5 * time.Millisecond }), c
}

// bill goes from a basket to the bill.
func (p *page) bill() message {
	p.t.Helper()
	p.say("add", "three oat milk")
	p.say("checkout", "checkout")
	return p.want("bill")
}

func (p *page) prove(id string, bill message, more map[string]any) message {
	p.t.Helper()
	m := map[string]any{"type": "prove", "id": id, "bill": bill.Bill, "version": bill.Version,
		"account": "1001", "factor": "password", "secret": "till-demo-1"}
	for k, v := range more {
		m[k] = v
	}
	p.send(m)
	return p.wantID(id)
}

type handoff struct {
	Bill    string    `json:"bill"`
	URL     string    `json:"url"`
	QR      string    `json:"qr"`
	Expires time.Time `json:"expires"`
}

func (p *page) handoff() (h handoff) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.want("handoff").raw), &h); err != nil {
		p.t.Fatal(err)
	}
	return h
}

func TestABillListsTheWaysToPayAndASpokenOneIsTaken(t *testing.T) {
	x, c := counterTill(t)
	p := x.open("")
	bill := p.bill()
	var b struct {
		Methods []string `json:"methods"`
		Method  string   `json:"method"`
	}
	if err := json.Unmarshal([]byte(bill.raw), &b); err != nil {
		t.Fatal(err)
	}
	if want := []string{"prepaid", "card", "wechat"}; !slices.Equal(b.Methods, want) || b.Method != "" {
		t.Fatalf("got %v, chosen %q", b.Methods, b.Method)
	}
	if r := p.say("no", "pay with alipay"); r.State != "billed" || r.Say != "That way to pay is not possible here. You can pay by prepaid balance, card or WeChat." {
		t.Errorf("got %s", r.raw)
	}
	if r := p.say("card", "pay by card"); r.State != "billed" || r.Say != "By card. Say confirm payment or go back." {
		t.Errorf("got %s", r.raw)
	}
	if r := p.say("zh", "用微信支付"); r.State != "billed" {
		t.Errorf("got %s", r.raw)
	}
	bill = p.want("bill")
	p.say("confirm", "confirm payment")
	p.prove("prove", bill, nil)
	if h := p.handoff(); h.QR == "" || h.URL == "" || h.Bill != bill.Bill || h.Expires.IsZero() {
		t.Errorf("got %+v", h)
	}
	for _, ch := range c.charged() {
		if ch.Amount != money.Of(747, "EUR") || ch.Title == "" {
			t.Errorf("got %+v", ch)
		}
	}
}

func TestTheReceiptComesByItselfWhenThePaymentWasMadeOutside(t *testing.T) {
	x, c := counterTill(t)
	p := x.open("")
	resume := p.want("welcome").Resume
	bill := p.bill()
	p.say("confirm", "confirm payment")
	if r := p.prove("prove", bill, map[string]any{"method": "card"}); r.State != "proving" {
		t.Fatalf("got %s", r.raw)
	}
	first := p.handoff()
	p.conn.Close()

	p = x.open(resume)
	if w := p.want("welcome"); w.State != "proving" {
		t.Fatalf("got %s", w.raw)
	}
	if again := p.handoff(); again.QR != first.QR {
		t.Errorf("after a reconnect: got %+v, want %+v", again, first)
	}
	c.end("paid")
	if r := p.want("receipt"); r.Total != "7.47" || r.Pass == "" {
		t.Errorf("got %s", r.raw)
	}
	if n := len(c.charged()); n != 1 {
		t.Errorf("%d charges", n)
	}
}

func TestWhatIsRefusedOutsideCanBePaidAnotherWay(t *testing.T) {
	x, c := counterTill(t)
	p := x.open("")
	bill := p.bill()
	p.say("confirm", "confirm payment")
	p.prove("prove", bill, map[string]any{"method": "card"})
	p.handoff()
	x.wait(time.Minute) // a refusal within seconds may be a charge on its way
	c.end("refused")
	if r := p.want("reply"); r.State != "billed" || r.Say != "The payment was not finished. Nothing was taken. Choose how to pay, or go back." {
		t.Fatalf("got %s", r.raw)
	}
	p.say("by", "pay from my balance")
	p.say("confirm2", "confirm payment")
	if r := p.prove("again", bill, nil); r.State != "paid" {
		t.Errorf("got %s", r.raw)
	}
}

func TestGoingBackTakesThePaymentBack(t *testing.T) {
	x, c := counterTill(t)
	p := x.open("")
	bill := p.bill()
	p.say("confirm", "confirm payment")
	p.prove("prove", bill, map[string]any{"method": "card"})
	p.handoff()
	c.jam(context.DeadlineExceeded) // the reversal goes on in the background
	if r := p.say("back", "go back"); r.State != "shopping" {
		t.Fatalf("got %s", r.raw)
	}
	if r := p.say("more", "two bagels"); r.Cart.Count != 5 {
		t.Errorf("got %s", r.raw)
	}
	p.say("checkout2", "checkout")
	bill = p.want("bill")
	p.say("confirm2", "confirm payment")
	if r := p.prove("again", bill, map[string]any{"method": "prepaid"}); r.State != "paid" {
		t.Errorf("got %s", r.raw)
	}
}

func TestPaidOutsideBeforeGoingBackGivesTheReceipt(t *testing.T) {
	x, c := counterTill(t)
	p := x.open("")
	bill := p.bill()
	p.say("confirm", "confirm payment")
	p.prove("prove", bill, map[string]any{"method": "card"})
	p.handoff()
	c.end("paid")
	p.send(map[string]any{"type": "say", "id": "back", "text": "go back"})
	if r := p.want("receipt"); r.Total != "7.47" {
		t.Errorf("got %s", r.raw)
	}
}

func TestAScannedCodeIsChargedAndNotKept(t *testing.T) {
	x, c := counterTill(t)
	p := x.open("")
	bill := p.bill()
	p.say("confirm", "confirm payment")
	if r := p.prove("prove", bill, map[string]any{"method": "wechat", "code": "134567890123456789"}); r.State != "paid" {
		t.Fatalf("got %s", r.raw)
	}
	if !slices.Equal(c.refs, []string{"134567890123456789"}) {
		t.Errorf("got %v", c.refs)
	}
	for _, file := range []string{x.path, x.path + "-wal"} {
		if data, err := os.ReadFile(file); err != nil || bytes.Contains(data, []byte("134567890123456789")) {
			t.Errorf("%s holds the code, or cannot be read: %v", file, err)
		}
	}
}

func (x *till) shopperSignedIn() *http.Client {
	x.t.Helper()
	c := x.browser()
	status, body := x.call(c, "POST", "/v1/session", `{"role":"shopper","account":"1001","password":"till-demo-1"}`)
	if status != 200 {
		x.t.Fatalf("log in: %d %v", status, body)
	}
	return c
}

func TestAMethodIsBoundChargedAndGivenUp(t *testing.T) {
	x, c := counterTill(t)
	if status, _ := x.call(x.browser(), "GET", "/v1/account/methods", ""); status != 401 {
		t.Errorf("not signed in: %d", status)
	}
	ada := x.shopperSignedIn()
	if status, body := x.call(ada, "POST", "/v1/account/methods", `{"method":"prepaid"}`); status != 422 {
		t.Errorf("bind prepaid: %d %v", status, body)
	}
	status, begun := x.call(ada, "POST", "/v1/account/methods", `{"method":"card"}`, "Origin", x.http.URL)
	if status != 201 || begun["state"] != "open" || begun["handoff"].(map[string]any)["url"] == "" {
		t.Fatalf("bind: %d %v", status, begun)
	}
	id := begun["id"].(string)
	if _, body := x.call(ada, "GET", "/v1/account/methods", ""); sprint(body["methods"]) == "[]" || body["preferred"] != "prepaid" {
		t.Errorf("got %v", body)
	}
	c.mu.Lock()
	c.bound[id] = "pm_1"
	c.mu.Unlock()
	_, body := x.call(ada, "GET", "/v1/account/methods", "")
	if m := body["methods"].([]any)[0].(map[string]any); m["state"] != "bound" || m["label"] != "Visa …4242" || m["ref"] != nil {
		t.Errorf("got %v", m)
	}
	if status, _ := x.call(ada, "PUT", "/v1/account/methods/preferred", `{"method":"card"}`); status != 204 {
		t.Errorf("prefer: %d", status)
	}
	p := x.open("")
	bill := p.bill()
	p.say("confirm", "confirm payment")
	if r := p.prove("prove", bill, nil); r.State != "paid" { // the preferred one, by its binding
		t.Fatalf("got %s", r.raw)
	}
	if !slices.Equal(c.refs, []string{"pm_1"}) {
		t.Errorf("got %v", c.refs)
	}
	ben := x.browser()
	x.call(ben, "POST", "/v1/session", `{"role":"shopper","account":"1002","password":"till-demo-2"}`)
	if status, _ := x.call(ben, "DELETE", "/v1/account/methods/"+id, ""); status != 404 {
		t.Errorf("somebody else's: %d", status)
	}
	c.jam(context.DeadlineExceeded)
	if status, _ := x.call(ada, "DELETE", "/v1/account/methods/"+id, ""); status != 503 {
		t.Errorf("the provider is silent: %d", status)
	}
	if _, body := x.call(ada, "GET", "/v1/account/methods", ""); body["methods"].([]any)[0].(map[string]any)["state"] != "going" {
		t.Errorf("got %v", body)
	}
	c.jam(nil)
	if status, _ := x.call(ada, "DELETE", "/v1/account/methods/"+id, ""); status != 204 {
		t.Errorf("unbind: %d", status)
	}
	if _, body := x.call(ada, "GET", "/v1/account/methods", ""); sprint(body["methods"]) != "[]" {
		t.Errorf("got %v", body)
	}
}
