package checkout_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
)

var ctx = context.Background()

func qty(q catalog.Qty) *catalog.Qty { return &q }

func do(t *testing.T, d *checkout.Dialog, id string, c checkout.Command) *checkout.Reply {
	t.Helper()
	r, err := d.Do(ctx, id, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var threeOat = checkout.Command{Do: parser.Add, Item: "1203", Quantity: qty(3000)}

func TestARepeatedCommandGetsTheFirstReplyAndChangesNothing(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	first := do(t, d, "c1", threeOat)
	do(t, d, "c2", checkout.Command{Do: parser.Add, Item: "2112"})
	again := do(t, d, "c1", threeOat)
	if again.Say != first.Say || again.Cart.Version != first.Cart.Version {
		t.Errorf("got %+v, want the first reply %+v", again, first)
	}
	if w, _ := d.Welcome(); w.Cart.Count != 4 {
		t.Errorf("got %d items, want 4", w.Cart.Count)
	}
}

func TestTwoPagesOnOneSessionLoseNothing(t *testing.T) {
	s := newShop(t)
	phone := s.open(t, "en")
	kiosk, err := checkout.Open(ctx, s.Till, checkout.Hello{Resume: phone.ID()})
	if err != nil {
		t.Fatal(err)
	}
	do(t, phone, "a", threeOat)
	if r := do(t, kiosk, "b", threeOat); r.Cart.Count != 6 {
		t.Errorf("got %d items, want 6: the second page did not see the first one's", r.Cart.Count)
	}
	if r := do(t, phone, "b", threeOat); r.Cart.Count != 6 {
		t.Errorf("got %d items, want 6: the command was applied by both", r.Cart.Count)
	}
}

func TestNothingChangesWhereNothingIsStored(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	s.memory.failing = []error{errDown}
	if _, err := d.Do(ctx, "c1", threeOat); !errors.Is(err, errDown) {
		t.Fatalf("got %v, want %v", err, errDown)
	}
	if w, _ := d.Welcome(); w.Cart.Count != 0 {
		t.Errorf("got %d items after a failed save, want 0", w.Cart.Count)
	}
	if r := do(t, d, "c1", threeOat); r.Cart.Count != 3 {
		t.Errorf("got %d items after the retry, want 3", r.Cart.Count)
	}
}

func TestAPaymentWhoseReplyWasLostIsFoundOnReturn(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	do(t, d, "", threeOat)
	do(t, d, "", checkout.Command{Do: parser.Checkout})
	do(t, d, "", checkout.Command{Do: parser.Confirm})
	s.memory.failing = []error{errDown}
	if _, err := d.Prove(ctx, "p", s.proof(t, d, "good")); !errors.Is(err, errDown) {
		t.Fatalf("got %v, want %v", err, errDown)
	}
	again, err := checkout.Open(ctx, s.Till, checkout.Hello{Resume: d.ID()})
	if err != nil {
		t.Fatal(err)
	}
	w, err := again.Welcome()
	if err != nil || w.State != checkout.Paid || w.Receipt == nil || w.Receipt.Pass != "pass" {
		t.Fatalf("got %+v, %v, want the receipt with its pass", w, err)
	}
	if len(s.desk.paid) != 1 {
		t.Errorf("paid %d times, want once", len(s.desk.paid))
	}
}

// The other page's payment is booked, and not told yet, when this one leaves the
// bill: it shows the receipt, and the basket is not sold twice.
func TestABillThatIsPaidElsewhereCannotBeLeft(t *testing.T) {
	for _, c := range []checkout.Command{{Do: parser.Back}, {Do: parser.Clear}, {Do: checkout.Leave}, threeOat} {
		s := newShop(t)
		d := s.open(t, "en")
		do(t, d, "", threeOat)
		do(t, d, "", checkout.Command{Do: parser.Checkout})
		do(t, d, "", checkout.Command{Do: parser.Confirm})
		s.memory.failing = []error{errDown}
		if _, err := d.Prove(ctx, "p", s.proof(t, d, "good")); !errors.Is(err, errDown) {
			t.Fatalf("got %v, want %v", err, errDown)
		}
		if r := do(t, d, "", c); r.State != checkout.Paid || r.Receipt == nil || r.Cart.Count != 3 {
			t.Errorf("%s: got %+v, want the receipt", c.Do, r)
		}
	}
}

func TestOnlyTheBillThatWasShownCanBeProven(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	do(t, d, "", threeOat)
	do(t, d, "", checkout.Command{Do: parser.Checkout})
	early, err := d.Prove(ctx, "", s.proof(t, d, "good"))
	if err != nil || early.State != checkout.Billed {
		t.Fatalf("proving before confirming: got %+v, %v", early, err)
	}
	do(t, d, "", checkout.Command{Do: parser.Confirm})
	old := s.proof(t, d, "good")
	do(t, d, "", threeOat)
	do(t, d, "", checkout.Command{Do: parser.Checkout})
	do(t, d, "", checkout.Command{Do: parser.Confirm})
	r, err := d.Prove(ctx, "", old)
	if err != nil || r.State == checkout.Paid || len(s.desk.paid) != 0 {
		t.Errorf("an old version was paid: %+v, %v", r, err)
	}
}

func TestNothingSaidWhileProvingIsKept(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	do(t, d, "", threeOat)
	do(t, d, "", checkout.Command{Do: parser.Checkout})
	do(t, d, "", checkout.Command{Do: parser.Confirm})
	secret := "till-demo-1"
	r, err := d.Hear(ctx, "x", checkout.Heard{Text: secret, Evidence: checkout.Evidence{Typed: true, Texts: []string{secret}}})
	if err != nil || r == nil || !strings.Contains(r.Say, "aloud") {
		t.Fatalf("got %+v, %v", r, err)
	}
	p := s.proof(t, d, secret)
	if _, err := d.Prove(ctx, "y", p); err != nil {
		t.Fatal(err)
	}
	stored := string(s.memory.sessions[d.ID()].Data)
	for _, reply := range s.memory.replies {
		stored += string(reply)
	}
	if strings.Contains(stored, secret) {
		t.Error("the password was stored")
	}
	if p.Proof.Factor != accounts.Password || len(s.desk.paid) != 1 {
		t.Errorf("paid %d times, want once", len(s.desk.paid))
	}
}

func TestASessionOfAnotherPlaceIsNotFound(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	s.Till.Place.ID = "elsewhere"
	for _, resume := range []string{d.ID(), "made-up"} {
		if _, err := checkout.Open(ctx, s.Till, checkout.Hello{Resume: resume}); !errors.Is(err, checkout.ErrNoSession) {
			t.Errorf("got %v, want ErrNoSession", err)
		}
	}
}

func TestTheTripLimitHolds(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	s.Till.Place.Limits.TripTotal.Minor = 1000
	do(t, d, "", threeOat)
	if r := do(t, d, "", threeOat); r.Cart.Count != 3 || r.Sound != checkout.SoundError {
		t.Errorf("got %+v, want a refusal", r)
	}
	if r := do(t, d, "", checkout.Command{Do: parser.Set, Item: checkout.Last, Quantity: qty(5000)}); r.Cart.Count != 3 {
		t.Errorf("got %d items, want 3", r.Cart.Count)
	}
}

func TestStaffAreCalledOnceACall(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	do(t, d, "s1", checkout.Command{Do: parser.Staff})
	do(t, d, "s1", checkout.Command{Do: parser.Staff})
	if s.desk.calls != 1 {
		t.Errorf("staff were called %d times, want once", s.desk.calls)
	}
}

// TestExamplesAreSoldHere: a shop without the demo's goods tells people to say its own.
func TestExamplesAreSoldHere(t *testing.T) {
	s := newShopOf(t, "demo/coffee.csv")
	for lang, want := range map[string][3]string{
		"en": {"item 101 times 2", "three ", "item one zero one times two"},
		"zh": {"101号两份", "三份", "一零一号两份"},
	} {
		d := s.open(t, lang)
		said := []string{s.hear(t, d, "xyzzy", true).Hint, s.hear(t, d, "xyzzy", true).Hint, s.hear(t, d, "help", true).Say}
		for i, text := range said {
			if !strings.Contains(text, want[i]) || strings.Contains(text, "1203") || strings.Contains(text, "{") {
				t.Errorf("%s: %q, want %q", lang, text, want[i])
			}
		}
	}
}
