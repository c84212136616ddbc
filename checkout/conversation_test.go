package checkout_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/money"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestConversations replays testdata/*.talk. A line that begins with
//
//	>   is spoken, with : typed, with * tapped ({"do": …} or a kind)
//	~   is another reading of the line above, as when two are close
//	$   is a password: "$ good"
//	!   happens to the till: "! wait 5s", "! low 5.00", "! wrong", "! locked 90s", "! locked-out", "! checking",
//	    "! price 1203 2.59", "! stock 1203 1", "! expired", "! voice off"
//
// and the answer follows: < said, ? choices, = state count total.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.talk")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".talk"), func(t *testing.T) { replay(t, file) })
	}
}

func replay(t *testing.T, file string) {
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, lang := newShop(t), "en"
	if strings.HasPrefix(filepath.Base(file), "zh") {
		s, lang = newShopOf(t, "demo/catalog.csv", "zh/catalog.csv"), "zh"
	}
	d := s.open(t, lang)
	var got strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(string(want), "\n"), "\n") {
		if line == "" || strings.ContainsAny(line[:1], "<?=") {
			if line == "" {
				got.WriteString("\n")
			}
			continue
		}
		fmt.Fprintln(&got, line)
		if line[0] == '#' {
			continue
		}
		answer(&got, s.act(t, &d, line))
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got.String() != string(want) {
		t.Errorf("the conversation went otherwise:\n%s", diff(string(want), got.String()))
	}
}

func (s *shop) act(t *testing.T, d **checkout.Dialog, line string) *checkout.Reply {
	t.Helper()
	ctx, rest := context.Background(), strings.TrimSpace(line[1:])
	var r *checkout.Reply
	var err error
	switch line[0] {
	case '>', ':':
		return s.hear(t, *d, rest, line[0] == ':')
	case '~':
		var h checkout.Heard
		if err := json.Unmarshal([]byte(rest), &h); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		r, err = (*d).Hear(ctx, "", h)
	case '*':
		c := checkout.Command{Do: parser.Kind(rest)}
		if rest[0] == '{' {
			if err := json.Unmarshal([]byte(rest), &c); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		r, err = (*d).Do(ctx, "", c)
	case '$':
		r, err = (*d).Prove(ctx, "", s.proof(t, *d, rest))
	case '!':
		s.happen(t, d, strings.Fields(rest))
	default:
		t.Fatalf("what is %q?", line)
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return r
}

func (s *shop) proof(t *testing.T, d *checkout.Dialog, secret string) checkout.Proof {
	t.Helper()
	w, err := d.Welcome()
	if err != nil {
		t.Fatal(err)
	}
	p := checkout.Proof{Account: "1001", Terminal: "test", Proof: accounts.Proof{Factor: accounts.Password, Secret: secret}}
	if w.Bill != nil {
		p.Bill, p.Version = w.Bill.Bill, w.Bill.Version
	}
	return p
}

// happen sets the till up for what comes next.
func (s *shop) happen(t *testing.T, d **checkout.Dialog, words []string) {
	t.Helper()
	refuse := func(err error) { s.desk.refusals = append(s.desk.refusals, err) }
	switch words[0] {
	case "wait":
		wait, err := time.ParseDuration(words[1])
		if err != nil {
			t.Fatal(err)
		}
		s.clock = s.clock.Add(wait)
	case "wrong":
		refuse(accounts.ErrWrongProof)
	case "checking":
		refuse(accounts.ErrChecking)
	case "locked-out":
		refuse(&accounts.LockedError{})
	case "locked":
		refuse(&accounts.LockedError{Until: s.clock.Add(90 * time.Second)})
	case "low":
		refuse(&payments.LowBalanceError{Need: money.Of(2340, "EUR"), Have: money.Of(500, "EUR")})
	case "declined":
		refuse(&payments.DeclinedError{Reason: payments.Decline(words[1])})
	case "no-charge":
		refuse(fmt.Errorf("charge: %w", payments.ErrNoCharge))
	case "price":
		refuse(&payments.ChangedError{Changes: []payments.Change{{Line: 1, What: payments.PriceChanged, Now: money.Of(minor(t, words[1]), "EUR")}}})
	case "stock":
		refuse(&payments.ChangedError{Changes: []payments.Change{{Line: 1, Item: words[1], Name: strings.Join(words[3:], " "), What: payments.StockShort, Have: minor(t, words[2])}}})
	case "taxed":
		refuse(&payments.ChangedError{Changes: []payments.Change{{Line: 1, What: payments.TaxChanged, TaxBP: int(minor(t, words[1]))}}})
	case "named":
		refuse(&payments.ChangedError{Changes: []payments.Change{{Line: 1, What: payments.NameChanged, Named: strings.Join(words[1:], " ")}}})
	case "pieces":
		refuse(&payments.ChangedError{Changes: []payments.Change{{Line: 1, What: payments.NotWhole}}})
	case "late":
		refuse(payments.ErrLate)
	case "gone":
		refuse(&payments.ChangedError{Changes: []payments.Change{{Line: 1, What: payments.Gone}}})
	case "crash":
		again, err := checkout.Open(context.Background(), s.Till, checkout.Hello{Resume: (*d).ID()})
		if err != nil {
			t.Fatal(err)
		}
		*d = again
	default:
		t.Fatalf("what is ! %s?", words[0])
	}
}

func minor(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func answer(b *strings.Builder, r *checkout.Reply) {
	if r == nil {
		return
	}
	fmt.Fprintln(b, "<", r.Say)
	for _, c := range r.Choices {
		fmt.Fprintf(b, "? %d %s\n", c.N, c.Text)
	}
	if r.State == checkout.Shopping || r.State == checkout.Paid {
		fmt.Fprintf(b, "= %s %d %s\n", r.State, r.Cart.Count, r.Cart.Total)
		return
	}
	fmt.Fprintf(b, "= %s\n", r.State)
}

func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, a, b)
		}
	}
	return ""
}
