package gate_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voicetill/gate"
	"voicetill/payments"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// clock is a time that stands still until it is moved.
type clock struct{ us atomic.Int64 }

func (c *clock) now() time.Time      { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) add(d time.Duration) { c.us.Add(d.Microseconds()) }

var errDead = errors.New("no route to host")

// till is what gates share, and may be out of reach, or lose its answers.
type till struct {
	mu        sync.Mutex
	clock     *clock
	key       ed25519.PrivateKey
	spent     map[string]string // pass to try
	told      []payments.GateEvent
	news      []string
	cancelled []string // of news
	releases  []string
	dead      bool
	loses     bool // the answer after the pass was spent
}

func newTill(c *clock) *till {
	return &till{clock: c, key: ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize))), spent: map[string]string{}}
}

func (x *till) Open(_ context.Context, token, try string) (payments.Verdict, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.dead {
		return payments.Verdict{}, errDead
	}
	p, err := payments.ReadPass(x.key.Public().(ed25519.PublicKey), token)
	if err != nil {
		return payments.Verdict{Reason: payments.PassUnknown}, nil
	}
	if before, ok := x.spent[p.ID]; ok && before != try {
		return payments.Verdict{Reason: payments.PassUsed}, nil
	}
	x.spent[p.ID] = try
	if x.loses {
		return payments.Verdict{}, errDead
	}
	return payments.Verdict{Open: true, Reason: payments.PassGood, Receipt: p.Receipt, Place: p.Place}, nil
}

func (x *till) Sync(_ context.Context, _ time.Time, did []payments.GateEvent) (payments.GateNews, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.dead {
		return payments.GateNews{}, errDead
	}
	x.told = append(x.told, did...)
	for _, e := range did {
		if e.Open && e.Pass != "" {
			x.spent[e.Pass] = e.Ask
		}
	}
	n := payments.GateNews{Now: x.clock.now(), Key: x.key.Public().(ed25519.PublicKey), Spent: x.news, Cancelled: x.cancelled, Releases: x.releases}
	x.releases = nil
	return n, nil
}

func (x *till) set(dead, loses bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dead, x.loses = dead, loses
}

func (x *till) reported() []payments.GateEvent {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.told)
}

// pass signs one for the gates.
func (x *till) pass(t testing.TB, id string, gates ...string) string {
	return x.sign(t, payments.Pass{ID: id, Gates: gates})
}

func (x *till) sign(t testing.TB, p payments.Pass) string {
	t.Helper()
	p.Place, p.Bill, p.Receipt = "demo", "bill "+p.ID, "receipt "+p.ID
	if p.Issued.IsZero() {
		p.Issued = x.clock.now().Truncate(time.Second)
	}
	p.Expires = p.Issued.Add(payments.PassLife)
	token, err := payments.SignPass(x.key, p)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// fixture is a gate named front with what it stands on.
type fixture struct {
	*gate.Gate
	t      *testing.T
	till   *till
	clock  *clock // the gate's
	file   string
	memory *gate.Memory
	doors  atomic.Int64
	stuck  bool
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	tillClock, gateClock := &clock{}, &clock{}
	tillClock.us.Store(noon.UnixMicro())
	gateClock.us.Store(noon.UnixMicro())
	f := &fixture{t: t, till: newTill(tillClock), clock: gateClock, file: filepath.Join(t.TempDir(), "gate.db")}
	f.start()
	t.Cleanup(func() { f.memory.Close() })
	f.sync()
	return f
}

func (f *fixture) start() {
	f.t.Helper()
	var err error
	if f.memory, err = gate.OpenMemory(f.file, "demo", "front"); err != nil {
		f.t.Fatal(err)
	}
	f.Gate, err = gate.New(gate.Config{Place: "demo", Name: "front", Memory: f.memory, Till: f.till, PIN: "4711", Now: f.clock.now,
		Log: slog.New(slog.DiscardHandler), Relay: func(context.Context) error {
			if f.stuck {
				return errors.New("the relay is silent")
			}
			f.doors.Add(1)
			return nil
		}})
	if err != nil {
		f.t.Fatal(err)
	}
}

// restart is as after a crash: nothing but the file is left.
func (f *fixture) restart() {
	f.t.Helper()
	if err := f.memory.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.start()
}

func (f *fixture) sync() {
	f.t.Helper()
	if err := f.Sync(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

// cut makes the till unreachable, and the gate notice.
func (f *fixture) cut() {
	f.t.Helper()
	f.till.set(true, false)
	tick := make(chan time.Time)
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx, tick) }()
	tick <- noon // it has asked once
	cancel()
	<-done
	if s, err := f.State(); err != nil || s.Online || s.Fault == "" {
		f.t.Fatalf("got %+v, %v, want a gate that is cut off", s, err)
	}
}

// opens shows a pass and checks the reason and that the door moved or not.
func (f *fixture) opens(name, token, want string) {
	f.t.Helper()
	doors := f.doors.Load()
	v, err := f.Open(f.t.Context(), token)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	if v.Reason != want || v.Open != (want == payments.PassGood) || (f.doors.Load() == doors+1) != v.Open {
		f.t.Errorf("%s: got %+v and %d openings, want %q", name, v, f.doors.Load()-doors, want)
	}
}

func TestAGateOnline(t *testing.T) {
	f := newFixture(t)
	any, both, other := f.till.pass(t, "any"), f.till.pass(t, "both", "front", "back"), f.till.pass(t, "other", "back")
	f.opens("any gate", any, payments.PassGood)
	f.opens("a copy", any, payments.PassUsed)
	f.opens("one of two gates", both, payments.PassGood)
	f.opens("another gate", other, payments.PassWrongGate)
	f.opens("nonsense", "4711", payments.PassUnknown)
	f.till.spent["elsewhere"] = "another gate's try"
	f.opens("spent elsewhere", f.till.pass(t, "elsewhere"), payments.PassUsed)
	f.sync()
	var reasons []string
	for _, e := range f.till.reported() {
		reasons = append(reasons, e.Reason)
	}
	slices.Sort(reasons)
	if want := []string{payments.PassUsed, payments.PassUnknown, payments.PassWrongGate}; !slices.Equal(reasons, []string{want[0], want[1], want[2]}) {
		t.Errorf("reported: got %q, want %q", reasons, want)
	}
}

func TestAGateThatIsCutOffOpensOnlyWhatNamesItAlone(t *testing.T) {
	f := newFixture(t)
	f.cut()
	alone := f.till.pass(t, "alone", "front")
	f.opens("any gate", f.till.pass(t, "any"), payments.PassCutOff)
	f.opens("two gates", f.till.pass(t, "both", "front", "back"), payments.PassCutOff)
	f.opens("another gate", f.till.pass(t, "other", "back"), payments.PassWrongGate)
	f.opens("this gate alone", alone, payments.PassGood)
	f.opens("a copy", alone, payments.PassUsed)
	f.restart()
	f.opens("a copy after a restart", alone, payments.PassUsed)
	f.till.set(false, false)
	f.sync()
	if f.till.spent["alone"] == "" {
		t.Error("the till was not told of the opening")
	}
	f.opens("a copy online", alone, payments.PassUsed)
	f.opens("two gates online", f.till.pass(t, "both", "front", "back"), payments.PassGood)
	if s, err := f.State(); err != nil || !s.Online || s.Waiting != 0 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestALostAnswerOpensOnce(t *testing.T) {
	f := newFixture(t)
	both, alone := f.till.pass(t, "both", "front", "back"), f.till.pass(t, "alone", "front")
	f.till.set(false, true)
	f.opens("spent at the till, the answer lost", both, payments.PassCutOff)
	f.sync()
	f.opens("named alone, the answer lost", alone, payments.PassGood)
	f.till.set(false, false)
	f.restart()
	f.sync()
	f.opens("the same try again", both, payments.PassGood)
	f.opens("a copy", both, payments.PassUsed)
	f.opens("a copy of the other", alone, payments.PassUsed)
}

func TestAPassAndTheOneInItsPlaceOpenOnceTogether(t *testing.T) {
	for _, first := range []string{"old", "new"} {
		f := newFixture(t)
		f.cut()
		passes := map[string]string{"old": f.till.pass(t, "old", "front"), "new": f.till.sign(t, payments.Pass{ID: "new", Gates: []string{"front"}, Replaces: []string{"old"}})}
		f.opens(first, passes[first], payments.PassGood)
		for name, token := range passes {
			f.opens(name+" after "+first, token, payments.PassUsed)
		}
	}
}

func TestAPassInThePlaceOfACancelledOneOpensWhileCutOff(t *testing.T) {
	f := newFixture(t)
	f.till.news = []string{"old", "spent"}
	f.till.cancelled = []string{"old"}
	f.sync()
	f.cut()
	f.opens("the cancelled one", f.till.pass(t, "old", "front"), payments.PassCancelled)
	f.opens("one that was spent elsewhere", f.till.pass(t, "spent", "front"), payments.PassUsed)
	f.opens("the new one", f.till.sign(t, payments.Pass{ID: "new", Gates: []string{"front"}, Replaces: []string{"old"}}), payments.PassGood)
}

func TestClocksThatDiffer(t *testing.T) {
	f := newFixture(t)
	f.clock.add(-time.Hour) // set back after it has heard from the till
	f.sync()
	f.opens("the till's time counts", f.till.pass(t, "fresh", "front"), payments.PassGood)
	old := f.till.sign(t, payments.Pass{ID: "old", Gates: []string{"front"}, Issued: noon.Add(-payments.PassLife)})
	f.opens("expired by the till's time", old, payments.PassExpired)
	f.cut()
	f.restart()
	f.opens("expired by what the till once told", old, payments.PassExpired)
	early := f.till.sign(t, payments.Pass{ID: "early", Gates: []string{"front"}, Issued: noon.Add(payments.ClockSlack + time.Minute)})
	f.opens("issued in the future", early, payments.PassEarly)
	slack := f.till.sign(t, payments.Pass{ID: "slack", Gates: []string{"front"}, Issued: noon.Add(payments.ClockSlack - time.Second)})
	f.opens("issued within the slack", slack, payments.PassGood)
}

func TestWhatTheTillCancelledStaysShutWhileCutOff(t *testing.T) {
	f := newFixture(t)
	gone := f.till.pass(t, "gone", "front")
	f.till.news = []string{"gone", "as before"}
	f.till.cancelled = []string{"gone"}
	f.sync()
	f.opens("a cancelled pass while the till is there", gone, payments.PassCancelled)
	f.cut()
	f.restart()
	f.opens("a cancelled pass", gone, payments.PassCancelled)
	f.opens("one of a till that does not say why", f.till.pass(t, "as before", "front"), payments.PassUsed)
	if v, err := f.Look(gone); err != nil || v.Reason != payments.PassCancelled {
		t.Errorf("a look at it: %+v, %v", v, err)
	}
	f.till.cancelled = nil
}

func TestAnotherKeyIsNeverTaken(t *testing.T) {
	f := newFixture(t)
	f.till.key = ed25519.NewKeyFromSeed([]byte(strings.Repeat("z", ed25519.SeedSize)))
	if err := f.Sync(t.Context()); !errors.Is(err, gate.ErrOtherKey) {
		t.Errorf("got %v, want %v", err, gate.ErrOtherKey)
	}
	f.opens("signed by it", f.till.pass(t, "forged", "front"), payments.PassUnknown)
}

func TestAMemoryBelongsToOneGateAndOneProcess(t *testing.T) {
	f := newFixture(t)
	if m, err := gate.OpenMemory(f.file, "demo", "front"); err == nil {
		m.Close()
		t.Error("two processes have one memory")
	}
	f.memory.Close()
	if _, err := gate.OpenMemory(f.file, "demo", "back"); !errors.Is(err, gate.ErrOtherGate) {
		t.Errorf("got %v, want %v", err, gate.ErrOtherGate)
	}
}

func TestADoorThatIsStuckIsToldAndNothingOpensTwice(t *testing.T) {
	f := newFixture(t)
	f.stuck = true
	token := f.till.pass(t, "1", "front")
	f.opens("the relay is silent", token, payments.PassStuck)
	f.stuck = false
	f.opens("shown again", token, payments.PassUsed)
	f.till.releases = []string{"r1"}
	before := f.doors.Load()
	f.sync()
	if f.doors.Load() != before+1 {
		t.Error("the merchant's release did not open the door")
	}
	if s, err := f.State(); err != nil || s.Last.Reason != payments.PassReleased || !s.Last.Open {
		t.Errorf("got %+v, %v", s, err)
	}
	if told := f.till.reported(); len(told) != 2 || told[0].Reason != payments.PassStuck {
		t.Errorf("got %+v", told)
	}
}

func TestStaffOpensByHandWhileCutOff(t *testing.T) {
	f := newFixture(t)
	f.cut()
	for _, step := range []struct {
		name, pin, reason string
		want              error
	}{
		{"no reason", "4711", "", gate.ErrNoReason},
		{"a wrong PIN", "1", "x", gate.ErrWrongPIN},
		{"the PIN", "4711", "phone is dead", nil},
		{"1st wrong", "1", "x", gate.ErrWrongPIN}, {"2nd", "2", "x", gate.ErrWrongPIN}, {"3rd", "3", "x", gate.ErrWrongPIN},
		{"4th", "4", "x", gate.ErrWrongPIN}, {"5th", "5", "x", gate.ErrWrongPIN},
		{"the PIN after five wrong ones", "4711", "x", gate.ErrLocked},
	} {
		if _, err := f.OpenByHand(t.Context(), step.pin, step.reason); !errors.Is(err, step.want) {
			t.Errorf("%s: got %v, want %v", step.name, err, step.want)
		}
	}
	f.clock.add(5 * time.Minute)
	if _, err := f.OpenByHand(t.Context(), "4711", "after the wait"); err != nil {
		t.Error(err)
	}
	if f.doors.Load() != 2 {
		t.Errorf("got %d openings, want 2", f.doors.Load())
	}
	f.restart()
	f.till.set(false, false)
	f.sync()
	told := f.till.reported()
	if len(told) != 2 || told[0].Note != "phone is dead" || told[0].Reason != payments.PassReleased {
		t.Errorf("the till was told %+v", told)
	}
}

// Many hands with one pass before one gate that is cut off.
func TestCopiesAtOnceOpenOnce(t *testing.T) {
	f := newFixture(t)
	f.cut()
	for i := range 50 {
		token := f.till.pass(t, fmt.Sprint(i), "front")
		before := f.doors.Load()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := f.Open(context.Background(), token); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := f.doors.Load() - before; got != 1 {
			t.Fatalf("pass %d opened %d times", i, got)
		}
	}
}

func TestSpentPassesAreForgottenLongAfterTheyExpired(t *testing.T) {
	f := newFixture(t)
	token := f.till.pass(t, "1", "front")
	f.opens("once", token, payments.PassGood)
	f.till.clock.add(3 * time.Hour)
	f.sync()
	over, err := f.memory.Over(payments.Pass{ID: "1"})
	if err != nil || over != "" {
		t.Errorf("still remembered: %q, %v", over, err)
	}
	f.cut()
	f.clock.add(-5 * time.Hour)
	f.restart()
	f.opens("its copy, with the clock set back", token, payments.PassExpired)
}
