package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voicetill/payments"
)

// buys pays for one oat milk.
func (s *till) buys(t *testing.T, cart string) payments.Receipt {
	t.Helper()
	return s.pay(t, s.freeze(t, cart, line(t, 1, "1203", 1000)))
}

// opens shows a pass at a gate and returns the verdict's reason.
func (s *till) opens(t *testing.T, token string, g payments.Gate) string {
	t.Helper()
	v, err := s.service.Open(t.Context(), token, g)
	if err != nil {
		t.Fatal(err)
	}
	if v.Open != (v.Reason == payments.PassGood) {
		t.Errorf("got %+v, which contradicts itself", v)
	}
	return v.Reason
}

// namesGates makes new passes name gates.
func (s *till) namesGates(t *testing.T, names ...string) {
	t.Helper()
	if err := s.service.NameGates(t.Context(), "demo", names); err != nil {
		t.Fatal(err)
	}
}

func at(gate string) payments.Gate { return payments.Gate{Place: "demo", Name: gate, Known: true} }

func TestWhatAGateRefuses(t *testing.T) {
	tests := []struct {
		name  string
		gate  payments.Gate
		spoil func(t *testing.T, s *till, r payments.Receipt) string // another token, or ""
		want  string
	}{
		{"a good pass", at("front"), nil, payments.PassGood},
		{"the other gate that it names", at("back"), nil, payments.PassGood},
		{"another place", payments.Gate{Place: "harbour", Name: "front", Known: true}, nil, payments.PassWrongPlace},
		{"a gate that it does not name", at("staff"), nil, payments.PassWrongGate},
		{"no gate at all", payments.Gate{}, nil, payments.PassWrongGate},
		{"a copy", at("front"), func(t *testing.T, s *till, r payments.Receipt) string {
			s.opens(t, r.Pass, at("back"))
			return ""
		}, payments.PassUsed},
		{"half an hour later", at("front"), func(t *testing.T, s *till, r payments.Receipt) string {
			s.clock.add(payments.PassLife)
			return ""
		}, payments.PassExpired},
		{"before it was issued", at("front"), func(t *testing.T, s *till, r payments.Receipt) string {
			s.clock.add(-payments.ClockSlack - 2*time.Second)
			return ""
		}, payments.PassEarly},
		{"a cancelled one", at("front"), func(t *testing.T, s *till, r payments.Receipt) string {
			s.reissue(t, payments.Reissue{Place: "demo", Receipt: r.ID})
			return ""
		}, payments.PassCancelled},
		{"an altered one", at("front"), func(t *testing.T, s *till, r payments.Receipt) string { return r.Pass[:len(r.Pass)-4] + "AAAA" }, payments.PassUnknown},
		{"nonsense", at("front"), func(t *testing.T, s *till, r payments.Receipt) string { return "4711" }, payments.PassUnknown},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.namesGates(t, "front", "back")
		for i, tt := range tests {
			now := s.clock.now()
			r := s.buys(t, fmt.Sprint("cart ", i))
			token := r.Pass
			if tt.spoil != nil {
				if other := tt.spoil(t, s, r); other != "" {
					token = other
				}
			}
			look, err := s.service.Look(t.Context(), token, tt.gate)
			if err != nil || look.Reason != tt.want {
				t.Errorf("%s: looks %q, %v, want %q", tt.name, look.Reason, err, tt.want)
			}
			if got := s.opens(t, token, tt.gate); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
			}
			s.clock.add(now.Sub(s.clock.now()))
		}
		s.audited(t)
	})
}

func (s *till) reissue(t *testing.T, ask payments.Reissue) payments.Receipt {
	t.Helper()
	r, err := s.service.Reissue(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestALostPassIsReissuedOnlyByCancellingTheOld(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.namesGates(t, "front", "back")
		r := s.buys(t, "cart")
		again := s.reissue(t, payments.Reissue{Place: "demo", Receipt: "1", Who: "keeper", Gates: []string{"back"}})
		if again.Pass == r.Pass || again.ID != r.ID {
			t.Fatalf("got receipt %s with the same pass %t", again.ID, again.Pass == r.Pass)
		}
		byLink, err := s.service.ReceiptByLink(t.Context(), r.Link)
		if err != nil || byLink.Pass != again.Pass {
			t.Errorf("the receipt's page has another pass than the new one, %v", err)
		}
		p, err := payments.ReadPass(s.service.PassKey(), again.Pass)
		if err != nil || !slices.Equal(p.Replaces, []string{r.PassID}) || !p.NamesAlone("back") {
			t.Errorf("got %+v, %v", p, err)
		}
		for _, step := range []struct{ name, token, gate, want string }{
			{"the old one", r.Pass, "back", payments.PassCancelled},
			{"the new one elsewhere", again.Pass, "front", payments.PassWrongGate},
			{"the new one", again.Pass, "back", payments.PassGood},
			{"a copy of it", again.Pass, "back", payments.PassUsed},
		} {
			if got := s.opens(t, step.token, at(step.gate)); got != step.want {
				t.Errorf("%s: got %q, want %q", step.name, got, step.want)
			}
		}
		_, err = s.service.Reissue(t.Context(), payments.Reissue{Place: "demo", Receipt: r.ID, Who: "keeper"})
		if !errors.Is(err, payments.ErrPassUsed) {
			t.Errorf("after it was used: got %v, want %v", err, payments.ErrPassUsed)
		}
		s.audited(t)
	})
}

func TestWhatIsNotReissued(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.namesGates(t, "front", "back")
		r := s.buys(t, "cart")
		for _, tt := range []struct {
			name string
			ask  payments.Reissue
			want error
		}{
			{"no receipt", payments.Reissue{Place: "demo", Receipt: "77"}, payments.ErrNoReceipt},
			{"another place", payments.Reissue{Place: "harbour", Receipt: "1"}, payments.ErrNoReceipt},
			{"a gate that the old one did not name", payments.Reissue{Place: "demo", Receipt: "1", Gates: []string{"staff"}}, payments.ErrOtherGates},
			{"a gate with a bad name", payments.Reissue{Place: "demo", Receipt: "1", Gates: []string{"the front"}}, payments.ErrGateName},
		} {
			if _, err := s.service.Reissue(t.Context(), tt.ask); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
		if got := s.opens(t, r.Pass, payments.Gate{Place: "harbour", Name: "front"}); got != payments.PassWrongPlace {
			t.Errorf("got %q", got)
		}
		for range payments.ShopperReissues {
			s.reissue(t, payments.Reissue{Place: "demo", Receipt: r.ID})
		}
		if _, err := s.service.Reissue(t.Context(), payments.Reissue{Place: "demo", Receipt: r.ID}); !errors.Is(err, payments.ErrReissues) {
			t.Errorf("by the shopper once more: got %v, want %v", err, payments.ErrReissues)
		}
		for range payments.MaxReissues - payments.ShopperReissues {
			s.reissue(t, payments.Reissue{Place: "demo", Receipt: r.ID, Who: "keeper"})
		}
		if _, err := s.service.Reissue(t.Context(), payments.Reissue{Place: "demo", Receipt: r.ID, Who: "keeper"}); !errors.Is(err, payments.ErrReissues) {
			t.Errorf("by staff once more: got %v, want %v", err, payments.ErrReissues)
		}
		late := s.buys(t, "late")
		s.clock.add(payments.ReissueWindow + time.Second)
		if _, err := s.service.Reissue(t.Context(), payments.Reissue{Place: "demo", Receipt: late.ID}); !errors.Is(err, payments.ErrReissues) {
			t.Errorf("by the shopper hours later: got %v, want %v", err, payments.ErrReissues)
		}
	})
}

// issuePasses writes passes race-1 to race-n, as of sales at the time.
func issuePasses(t *testing.T, dsn string, n int, at time.Time) {
	t.Helper()
	raw(t, dsn, `WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ?)
		INSERT INTO passes (merchant_id, id, place_id, receipt_id, expires_at_us, gate)
		SELECT 'demo', 'race-' || CAST(i AS TEXT), 'demo', 'race-' || CAST(i AS TEXT), ?, '' FROM k`, n, at.Add(payments.PassLife).UnixMicro())
}

// Two gates on two nodes at once: exactly one opens, each time.
func TestTwoGatesAtOnceOpenOnce(t *testing.T) {
	const rounds = 2000
	onBoth(t, func(t *testing.T, dsn string) {
		nodes := [2]*till{newTill(t, dsn), newTill(t, dsn)}
		key, err := nodes[0].PassKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		now := nodes[0].clock.now()
		issuePasses(t, dsn, rounds, now)
		for i := range rounds {
			id := fmt.Sprint("race-", i+1)
			token, err := payments.SignPass(key, payments.Pass{ID: id, Place: "demo", Bill: id, Receipt: id, Issued: now, Expires: now.Add(payments.PassLife)})
			if err != nil {
				t.Fatal(err)
			}
			var opened atomic.Int64
			var both sync.WaitGroup
			for n, gate := range []string{"front", "back"} {
				both.Go(func() {
					v, err := nodes[n].service.Open(context.WithoutCancel(t.Context()), token, at(gate))
					if err != nil {
						t.Error(err)
					}
					if v.Open {
						opened.Add(1)
					}
				})
			}
			both.Wait()
			if opened.Load() != 1 {
				t.Fatalf("round %d: opened %d times, want once", i, opened.Load())
			}
		}
	})
}

// A pass that is shown while it is issued anew opens or is cancelled, never both.
func TestAPassThatIsShownWhileItIsIssuedAnew(t *testing.T) {
	const rounds = 70
	onBoth(t, func(t *testing.T, dsn string) {
		nodes := [2]*till{newTill(t, dsn), newTill(t, dsn)}
		for i := range rounds {
			if i%35 == 34 {
				nodes[0].restock(t)
			}
			r := nodes[0].buys(t, fmt.Sprint("cart ", i))
			var opened, reissued atomic.Int64
			var both sync.WaitGroup
			both.Go(func() {
				v, err := nodes[1].service.Open(context.WithoutCancel(t.Context()), r.Pass, at("front"))
				if err != nil {
					t.Error(err)
				}
				if v.Open {
					opened.Add(1)
				}
			})
			both.Go(func() {
				_, err := nodes[0].service.Reissue(context.WithoutCancel(t.Context()), payments.Reissue{Place: "demo", Receipt: r.ID, Who: "keeper"})
				if err == nil {
					reissued.Add(1)
				} else if !errors.Is(err, payments.ErrPassUsed) {
					t.Error(err)
				}
			})
			both.Wait()
			if opened.Load()+reissued.Load() != 1 {
				t.Fatalf("round %d: opened %d times, issued anew %d times", i, opened.Load(), reissued.Load())
			}
		}
	})
}

func (s *till) restock(t *testing.T) {
	t.Helper()
	if err := s.SetStock(t.Context(), "demo", "1203", qty(40_000)); err != nil {
		t.Fatal(err)
	}
}

func TestAGateMayRepeatItsOwnTry(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := s.buys(t, "cart")
		gate := at("front")
		gate.Ask = "try 1"
		for _, step := range []struct {
			name, ask, want string
			known           bool
			at              string
		}{
			{"the first try", "try 1", payments.PassGood, true, "front"},
			{"the same try again", "try 1", payments.PassGood, true, "front"},
			{"another try", "try 2", payments.PassUsed, true, "front"},
			{"the same try from another gate", "try 1", payments.PassUsed, true, "back"},
			{"the same try from a stranger", "try 1", payments.PassUsed, false, "front"},
			{"no try", "", payments.PassUsed, true, "front"},
		} {
			g := payments.Gate{Place: "demo", Name: step.at, Known: step.known, Ask: step.ask}
			if got := s.opens(t, r.Pass, g); got != step.want {
				t.Errorf("%s: got %q, want %q", step.name, got, step.want)
			}
		}
	})
}

// report tells the till what a gate did while it was cut off.
func (s *till) report(t *testing.T, gate string, did ...payments.GateEvent) payments.GateNews {
	t.Helper()
	news, err := s.service.SyncGate(t.Context(), at(gate), did, s.clock.now().Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return news
}

// happened lists the place's events, oldest first.
func (s *till) happened(t *testing.T) (list []string) {
	t.Helper()
	events, err := s.service.GateEvents(t.Context(), "demo", 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Backward(events) {
		list = append(list, fmt.Sprintf("%s %t %s ×%d %s%s", e.Gate, e.Open, e.Reason, e.Seen, e.Who, e.Note))
	}
	return list
}

func TestWhatACutOffGateReports(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.namesGates(t, "front")
		opened := func(id string, r payments.Receipt, pass string) payments.GateEvent {
			s.clock.add(time.Second)
			return payments.GateEvent{ID: id, Pass: pass, Receipt: r.ID, Ask: "try " + id, Open: true, Reason: payments.PassGood, At: s.clock.now()}
		}
		first, second, third := s.buys(t, "first"), s.buys(t, "second"), s.buys(t, "third")
		did := opened("1", first, first.PassID)
		for range 2 {
			if news := s.report(t, "front", did); !slices.Equal(news.Spent, []string{first.PassID}) {
				t.Errorf("spent: got %v, want %s", news.Spent, first.PassID)
			}
		}
		if got := s.opens(t, first.Pass, at("front")); got != payments.PassUsed {
			t.Errorf("after the report: got %q", got)
		}
		s.clock.add(time.Second)
		s.opens(t, second.Pass, at("front"))
		s.report(t, "front", opened("2", second, second.PassID)) // by another try than the till knows

		anew := s.reissue(t, payments.Reissue{Place: "demo", Receipt: third.ID, Who: "keeper"})
		if news := s.report(t, "front"); !slices.Equal(news.Cancelled, []string{third.PassID}) || !slices.Contains(news.Spent, third.PassID) {
			t.Errorf("cancelled: got %v of %v, want %s", news.Cancelled, news.Spent, third.PassID)
		}
		s.report(t, "front", opened("3", third, third.PassID))
		if got := s.opens(t, anew.Pass, at("front")); got != payments.PassUsed {
			t.Errorf("the pass in the place of one that had opened: got %q, want %q", got, payments.PassUsed)
		}
		s.report(t, "front", opened("4", third, "never issued"))
		s.clock.add(time.Second)
		refused := payments.GateEvent{ID: "5", Pass: first.PassID, Reason: payments.PassCutOff, At: s.clock.now()}
		s.report(t, "front", refused, refused)
		want := []string{"front true good ×1 ", "front false already used ×1 ", "front true good ×1 ", "front true opened twice ×1 ",
			" false issued anew ×1 keeper", "front true good ×1 ", "front false already used ×1 ",
			"front true not a pass ×1 ", "front false gate cut off ×1 "}
		got := s.happened(t)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		s.audited(t)
	})
}

func TestAReleaseReachesItsGateOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		if err := s.service.ReleaseGate(t.Context(), at("front"), "keeper", "lost phone"); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			gate string
			want int
		}{{"back", 0}, {"front", 1}, {"front", 0}} {
			if news := s.report(t, step.gate); len(news.Releases) != step.want {
				t.Errorf("%s: got %d releases, want %d", step.gate, len(news.Releases), step.want)
			}
		}
		if err := s.service.ReleaseGate(t.Context(), at("front"), "keeper", "again"); err != nil {
			t.Fatal(err)
		}
		s.clock.add(payments.ReleaseLife)
		if news := s.report(t, "front"); len(news.Releases) != 0 {
			t.Errorf("a release of %s ago opened", payments.ReleaseLife)
		}
		want := []string{"front true released by staff ×1 keeperlost phone", "front true released by staff ×1 keeperagain"}
		if got := s.happened(t); len(got) != 2 || !slices.Contains(got, want[0]) || !slices.Contains(got, want[1]) {
			t.Errorf("got %q, want %q", got, want)
		}
		states, err := s.service.GateStates(t.Context(), "demo")
		if err != nil || len(states) != 2 || states[0].Name != "back" || states[0].Named || !states[0].Seen.Equal(s.clock.now().Add(-payments.ReleaseLife)) {
			t.Errorf("got %+v, %v", states, err)
		}
	})
}

func TestRefusalsCountUpInsteadOfFillingTheTable(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := s.buys(t, "cart")
		s.opens(t, r.Pass, at("front"))
		for range 7 {
			s.clock.add(4 * time.Second) // every third look is counted
			s.opens(t, r.Pass, at("front"))
			s.opens(t, "nonsense", at("front"))
			s.opens(t, "nonsense", payments.Gate{Place: "demo", Name: "a stranger's"})
		}
		want := []string{"front true good ×1 ", "front false already used ×3 ", "front false not a pass ×3 "}
		got := s.happened(t)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}
