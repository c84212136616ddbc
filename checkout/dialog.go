package checkout

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments"
)

// Dialog is one conversation. It is owned by one goroutine. Whatever it
// answers was stored first.
type Dialog struct {
	till    *Till
	session Session
	talk    *talk
	client  string
	account string
}

// Hello is how a conversation begins.
type Hello struct {
	Lang   string // "en", "zh"
	Resume string // the session to go on with; "": a new one
	Client string // "phone", "kiosk" or other

	Account string // id of who is signed in, or ""
}

// Open begins a conversation, or goes on with the one that h names. It
// returns ErrNoSession where there is none, or it is of another place.
func Open(ctx context.Context, till *Till, h Hello) (*Dialog, error) {
	if h.Resume == "" {
		return begin(ctx, till, h)
	}
	d := &Dialog{till: till, client: h.Client, account: h.Account}
	if err := d.load(ctx, h.Resume); err != nil {
		return nil, err
	}
	if h.Lang != "" {
		d.talk.Lang = till.replies(h.Lang).Lang()
	}
	return d, d.recover(ctx)
}

func begin(ctx context.Context, till *Till, h Hello) (*Dialog, error) {
	t := &talk{Format: talkVersion, Lang: till.replies(h.Lang).Lang(), State: Shopping, Cart: newCart(till)}
	data, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("write session: %w", err)
	}
	s := Session{ID: rand.Text(), Place: till.Place.ID, Version: 1, State: Shopping, Data: data, UpdatedAt: till.Now().UTC()}
	if err := till.Keeper.CreateSession(ctx, s); err != nil {
		return nil, fmt.Errorf("create session: %w", err)
	}
	return &Dialog{till: till, session: s, talk: t, client: h.Client, account: h.Account}, nil
}

func (d *Dialog) load(ctx context.Context, id string) error {
	s, err := d.till.Keeper.LoadSession(ctx, id)
	if err != nil {
		return err
	}
	if s.Place != d.till.Place.ID {
		return ErrNoSession
	}
	t, err := readTalk(s.Data)
	if err != nil {
		return err
	}
	d.session, d.talk = s, t
	return nil
}

// recover finds out whether the bill was paid by a till that died before it
// could say so.
func (d *Dialog) recover(ctx context.Context) error {
	if d.talk.Bill == nil || d.talk.State == Paid || d.talk.State == Shopping {
		return nil
	}
	r, err := d.lookForReceipt(ctx)
	if errors.Is(err, payments.ErrNoReceipt) || errors.Is(err, payments.ErrBillPending) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for receipt: %w", err)
	}
	_, err = d.turn(ctx, "", func(t *turn) { t.paid(r) })
	return err
}

func (d *Dialog) lookForReceipt(ctx context.Context) (payments.Receipt, error) {
	if d.till.Ways == nil {
		return d.till.Cashier.ReceiptFor(ctx, d.talk.Bill.ID)
	}
	return d.till.Ways.Progress(ctx, d.talk.Bill.ID, true)
}

// ID is the resume token.
func (d *Dialog) ID() string { return d.session.ID }

// State is where the conversation stands.
func (d *Dialog) State() State { return d.talk.State }

// Lang is the conversation's language.
func (d *Dialog) Lang() string { return d.talk.Lang }

// Situation is what makes some meanings likelier than others.
func (d *Dialog) Situation() Situation {
	s := Situation{State: d.talk.State, InCart: map[string]catalog.Qty{}}
	for _, l := range d.talk.Cart.Lines {
		s.InCart[l.Item] += l.Qty
	}
	if l := d.talk.Cart.line(d.talk.Cart.Touched); l != nil {
		s.Last = l.Item
	}
	if d.talk.Misses == 0 && d.till.Now().Sub(d.talk.AddedAt) <= correctWindow {
		s.Added = d.talk.Cart.added(d.talk.Added)
	}
	if d.talk.Question != nil {
		s.Choices = d.talk.Question.Choices
	}
	return s
}

// Welcome is what to show first: a greeting, or everything as it was left.
// Nothing is stored.
func (d *Dialog) Welcome() (Reply, error) {
	t := d.newTurn(context.Background(), d.talk)
	switch {
	case d.talk.Question != nil:
		t.say(d.talk.Question.Text)
	case d.talk.State == Billed:
		t.sayBill()
	case d.talk.State == Proving:
		t.tell(t.proveKey())
	case d.talk.State == Paid:
		t.tell("already-paid", "total", t.words.money(d.talk.Bill.Total))
	case len(d.talk.Cart.Lines) > 0:
		t.tell("back-again")
	default:
		t.tell("welcome")
	}
	return t.reply()
}

// Lost is the answer to an utterance whose audio was lost: it was discarded.
// Nothing is stored.
func (d *Dialog) Lost() (Reply, error) {
	t := d.newTurn(context.Background(), d.talk)
	t.tell("say-again")
	t.sound = SoundError
	return t.reply()
}

// Silent is the prompt after a long silence: what can be said next. Nothing is
// stored, and it counts for nothing.
func (d *Dialog) Silent() (Reply, error) {
	t := d.newTurn(context.Background(), d.talk)
	if len(d.talk.Cart.Lines) == 0 {
		t.tell("welcome")
	} else {
		t.tell("still-here")
	}
	return t.reply()
}

// Hear obeys what was heard or typed. It returns nil where the till has nothing
// to say: the talk was not for it. id, where not "", makes a repetition return
// the first reply and change nothing. While the password is awaited nothing of
// what was heard is kept.
func (d *Dialog) Hear(ctx context.Context, id string, h Heard) (*Reply, error) {
	by := "voice"
	if h.Evidence.Typed {
		by = "typed"
	}
	return d.turn(ctx, id, func(t *turn) {
		t.heard, t.by = h, by
		if t.talk.State == Proving {
			t.hearProving()
			return
		}
		if len(h.Commands) == 0 {
			if by == "typed" || h.Addressed && h.Text != "" {
				t.puzzled()
			}
			return
		}
		t.obey(h.Commands)
		if by == "typed" && len(t.said) == 0 {
			t.tell("not-now") // who types waits for an answer
		}
	})
}

// Do obeys a tapped command. The till's own reasons to ask still hold. Its item
// may be a bar code, or left out where its name is an item's.
func (d *Dialog) Do(ctx context.Context, id string, c Command) (*Reply, error) {
	c.Ask, c.Or, c.Heard = "", nil, ""
	return d.turn(ctx, id, func(t *turn) {
		t.by = "tap"
		if item := t.tapped(c); item != nil {
			c.Item = item.Number
		}
		t.obey([]Command{c})
		if len(t.said) == 0 {
			t.tell("not-now")
		}
	})
}

// Prove pays the bill with the proof that was typed for it.
func (d *Dialog) Prove(ctx context.Context, id string, p Proof) (*Reply, error) {
	return d.turn(ctx, id, func(t *turn) {
		t.by = "typed"
		t.prove(p)
	})
}

// races is how often in a row other connections of the conversation may be faster
// than a turn: each time one of them was stored.
const races = 32

// turn runs one exchange on a copy of the conversation and stores the outcome.
// Where another connection was faster it starts again from what that one left.
func (d *Dialog) turn(ctx context.Context, id string, f func(*turn)) (*Reply, error) {
	for try := 0; ; try++ {
		if stored, err := d.storedReply(ctx, id); stored != nil || err != nil {
			return stored, err
		}
		next, err := readTalk(d.session.Data)
		if err != nil {
			return nil, err
		}
		next.Lang = d.talk.Lang
		t := d.newTurn(ctx, next)
		f(t)
		if t.err != nil {
			return nil, t.err
		}
		if len(t.said) == 0 {
			return nil, nil
		}
		reply, err := t.finish()
		if err != nil {
			return nil, err
		}
		err = d.save(ctx, id, next, reply)
		if errors.Is(err, ErrStale) && try < races {
			err = d.load(ctx, d.session.ID)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		return &reply, nil
	}
}

// Answered reports whether the command with this id was obeyed already.
func (d *Dialog) Answered(ctx context.Context, id string) (bool, error) {
	r, err := d.storedReply(ctx, id)
	return r != nil, err
}

func (d *Dialog) storedReply(ctx context.Context, id string) (*Reply, error) {
	if id == "" {
		return nil, nil
	}
	data, err := d.till.Keeper.StoredReply(ctx, d.session.ID, id)
	if errors.Is(err, ErrNoReply) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for stored reply: %w", err)
	}
	var r Reply
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read stored reply: %w", err)
	}
	return &r, nil
}

func (d *Dialog) save(ctx context.Context, id string, next *talk, reply Reply) error {
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	answer, err := json.Marshal(reply)
	if err != nil {
		return fmt.Errorf("write reply: %w", err)
	}
	s := d.session
	s.Version++
	s.State, s.Data, s.UpdatedAt = next.State, data, d.till.Now().UTC()
	if err := d.till.Keeper.SaveSession(ctx, s, id, answer); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	d.session, d.talk = s, next
	return nil
}

// isCommand reports whether the commands are all of the kinds.
func isCommand(commands []Command, kinds ...parser.Kind) bool {
	for _, c := range commands {
		if !slices.Contains(kinds, c.Do) {
			return false
		}
	}
	return len(commands) > 0
}
