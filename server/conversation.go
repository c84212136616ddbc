package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"voicetill/accounts"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/speech"
)

const (
	partialEvery = 200 * time.Millisecond // at most
	speechSlack  = 2 * time.Second        // after a reply's estimated length
	// quiet frames after a loss, 10 ms each of audio, make sure that the loss was
	// in silence and cost nobody a word.
	quietAfterLoss = 600 * time.Millisecond
	answerWithin   = 30 * time.Second
	promptAfter    = 10 * time.Second // of silence at an open microphone
	heldFor        = 3 * time.Second  // from the end of an utterance to its button's release
)

// conversation is the goroutine that owns one dialog and one listener.
type conversation struct {
	s        *Server
	k        *socket
	r        *http.Request // that opened it
	in       *inbox
	shop     *shop
	signed   string    // id of the signed-in account, or ""
	back     string    // address of the shop's page, or ""
	follow   *follower // while a payment goes on outside the till
	log      *slog.Logger
	dialog   *checkout.Dialog // nil before hello
	client   string
	rate     int
	shelf    *shelf // held while the listener uses its pool
	ears     *speech.Listener
	hears    string    // the language that it hears
	deaf     bool      // the client was told that nobody listens
	mutedTo  time.Time // the till speaks: audio does not count
	damaged  bool      // audio of the running utterance was lost
	quiet    time.Duration
	ear      checkout.Ear
	missed   string // what was last heard, where it meant nothing
	missedAt time.Time
	silent   time.Duration // heard since anybody spoke
	prompted bool          // in this silence already
	shown    time.Time     // when the last partial went out
	unshown  string        // a newer partial that came too soon after it
}

// checkoutSocket is GET /v1/checkout.
func (s *Server) checkoutSocket(w http.ResponseWriter, r *http.Request) error {
	shop, err := s.shelves.shop(r.Context(), placeOf(r))
	if err != nil {
		return err
	}
	signed, err := s.mayShop(r, shop.place)
	if err != nil {
		return err
	}
	k, err := s.upgrade(w, r)
	if err != nil {
		return err
	}
	k.tell.Store(true)
	defer k.finish(s)
	c := &conversation{s: s, k: k, r: r, shop: shop, signed: signed, back: backTo(r, shop.place.ID), rate: speech.SampleRate,
		in: newInbox(int(s.Limits.Frames.Seconds() * 2 * speech.SampleRate)), log: s.log.With("place", shop.place.ID)}
	var running sync.WaitGroup
	running.Go(c.run)
	running.Go(c.watchSignIn)
	k.each(c.receive)
	running.Wait()
	return nil
}

// watchSignIn ends a conversation of which nobody hears anything, once whoever
// opened it is not signed in any more.
func (c *conversation) watchSignIn() {
	check := time.NewTicker(c.s.Limits.Idle / 4)
	defer check.Stop()
	for {
		select {
		case <-check.C:
			if err := c.stillSigned(c.k.ctx); errors.Is(err, errSignIn) {
				c.k.end(err)
			}
		case <-c.k.ctx.Done():
			return
		}
	}
}

// stillSigned returns errSignIn where whoever opened the conversation is not signed
// in any more: signed out, or with another password since. An allowance to pay
// without a proof ends with it.
func (c *conversation) stillSigned(ctx context.Context) error {
	if c.signed == "" && c.shop.place.Demo {
		return nil
	}
	account, err := c.s.mayShop(c.r.WithContext(ctx), c.shop.place)
	if err == nil && account != c.signed {
		return errSignIn
	}
	return err
}

// mayGoOn ends the conversation where nobody is signed in any more.
func (c *conversation) mayGoOn(ctx context.Context, id string) bool {
	err := c.stillSigned(ctx)
	switch {
	case err == nil:
		return true
	case errors.Is(err, errSignIn):
		c.k.end(err)
	default:
		c.refuse(id, err)
	}
	return false
}

// receive runs on the reader's goroutine: sizes are checked, nothing is parsed but
// a ping, which is answered also while a payment takes its time.
func (c *conversation) receive(binary bool, data []byte) {
	switch {
	case len(data) > c.s.Limits.Message:
		c.refuse("", errTooLong)
	case !binary && isPing(data):
		c.k.send(plainMessage{"pong"})
	case binary && len(data)%2 != 0:
		c.refuse("", errOddAudio)
	default:
		if err := c.in.put(item{audio: binary, data: data}); err != nil {
			c.refuse("", err)
		}
	}
}

// longestPing is the length of a ping with room for fields to come, in bytes.
const longestPing = 64

func isPing(data []byte) bool {
	var e envelope
	return len(data) <= longestPing && json.Unmarshal(data, &e) == nil && e.Type == "ping"
}

func (c *conversation) refuse(id string, err error) {
	f, known := faultOf(err)
	if !known {
		c.log.Error("conversation failed", "err", err)
	}
	c.s.metrics.errors.WithLabelValues(f.code).Inc()
	c.k.send(messageOf(f, id))
}

// run obeys messages until the socket is over. A panic ends this conversation
// alone: its basket is stored.
func (c *conversation) run() {
	defer c.stopListening()
	defer c.stopFollowing()
	defer func() {
		if p := recover(); p != nil {
			c.k.end(panicked(c.log, p))
		}
	}()
	for {
		it, lost, ok := c.in.next(c.k.ctx)
		if !ok {
			return
		}
		if lost > 0 {
			c.lose(lost)
		}
		if it.audio && c.k.ctx.Err() != nil {
			continue // nobody waits for what it means
		}
		c.handle(it)
	}
}

// handle obeys one message. A command is carried through even if its client
// goes away meanwhile: its reply is stored and waits.
func (c *conversation) handle(it item) {
	parent := c.k.ctx
	if !it.audio {
		parent = context.WithoutCancel(parent)
	}
	ctx, cancel := context.WithTimeout(parent, answerWithin)
	defer cancel()
	switch {
	case it.tick:
		c.followed(ctx)
	case it.audio:
		c.audio(ctx, it.data)
	default:
		c.message(ctx, it.data)
	}
	c.followPayment()
}

// open makes sure that there is a dialog: a client may skip its hello.
// A second hello goes on with the same one, in its language, unless it names another.
func (c *conversation) open(ctx context.Context, h helloMessage) error {
	if h.Resume == "" && c.dialog != nil {
		h.Resume = c.dialog.ID()
		h.Lang = cmp.Or(h.Lang, c.dialog.Lang())
	}
	hello := checkout.Hello{Lang: h.Lang, Resume: h.Resume, Client: h.Client, Account: c.signed}
	d, err := checkout.Open(ctx, c.shop.till, hello)
	if errors.Is(err, checkout.ErrNoSession) {
		c.refuse("", err)
		hello.Resume = ""
		d, err = checkout.Open(ctx, c.shop.till, hello)
	}
	if err != nil {
		return err
	}
	c.dialog, c.client = d, h.Client
	return nil
}

func (c *conversation) ensure(ctx context.Context) error {
	if c.dialog != nil {
		return nil
	}
	return c.open(ctx, helloMessage{})
}

func (c *conversation) message(ctx context.Context, data []byte) {
	var e envelope
	err := json.Unmarshal(data, &e)
	if err != nil && !json.Valid(data) {
		c.refuse("", errNotJSON)
		return
	}
	if err != nil || holdsNUL(data) {
		c.refuse("", errBadMessage)
		return
	}
	if !c.mayGoOn(ctx, e.ID) {
		return
	}
	if err := c.s.shelves.refresh(ctx, c.shop); err != nil {
		c.refuse(e.ID, err)
		return
	}
	if err := c.dispatch(ctx, e, data); err != nil {
		c.refuse(e.ID, err)
	}
}

func (c *conversation) dispatch(ctx context.Context, e envelope, data []byte) error {
	if e.Type != "hello" {
		if err := c.ensure(ctx); err != nil {
			return err
		}
	}
	switch e.Type {
	case "hello":
		return read(data, func(m helloMessage) error { return c.hello(ctx, m) })
	case "say":
		return read(data, func(m sayMessage) error { c.mutedTo = time.Time{}; return c.say(ctx, m) })
	case "do":
		return read(data, func(m doMessage) error {
			if !slices.Contains(checkout.Doable, m.Command.Do) {
				return errUnknownDo
			}
			c.mutedTo = time.Time{}
			r, err := c.dialog.Do(ctx, m.ID, m.Command)
			return c.answer(ctx, m.ID, r, err)
		})
	case "prove":
		return read(data, func(m proveMessage) error { return c.prove(ctx, m) })
	case "decide":
		return read(data, func(m decideMessage) error { return c.decide(ctx, m) })
	case "end":
		return c.endUtterance(ctx)
	case "played":
		c.mutedTo = time.Time{}
		return nil
	}
	return errUnknownType
}

// read decodes a message of a type. What is wrong with it is not repeated: it
// may hold a password.
func read[M any](data []byte, f func(M) error) error {
	var m M
	if err := json.Unmarshal(data, &m); errors.Is(err, checkout.ErrQuantity) {
		return checkout.ErrQuantity
	} else if err != nil {
		return errBadMessage
	}
	return f(m)
}

func (c *conversation) hello(ctx context.Context, m helloMessage) error {
	if m.Rate == 0 {
		m.Rate = speech.SampleRate
	}
	if m.Rate < 8000 || m.Rate > 48000 {
		return errRate
	}
	if lang, ok := c.shop.till.Speaks(m.Lang); ok {
		m.Lang = lang
	} else {
		c.refuse("", errLanguage)
		m.Lang = "" // the conversation's own
	}
	if err := c.open(ctx, m); err != nil {
		return err
	}
	if m.Rate != c.rate {
		c.stopListening()
		c.rate = m.Rate
	}
	w, err := c.dialog.Welcome()
	if err != nil {
		return err
	}
	hears := c.shop.current().hears(c.dialog.Lang())
	c.k.send(welcomeMessage{Type: "welcome", Resume: c.dialog.ID(), Place: c.shop.place.ID, Payee: c.shop.place.Payee,
		Speech: hears != "", Hears: hears, replyBody: c.body(w)})
	c.showPapers(w)
	return nil
}

// say hears a typed line. While the password is awaited it is neither shown
// nor kept.
func (c *conversation) say(ctx context.Context, m sayMessage) error {
	h := c.understandTyped(m.Text)
	repeated, err := c.dialog.Answered(ctx, m.ID)
	if err != nil {
		return err
	}
	secret := c.dialog.State() == checkout.Proving
	r, err := c.dialog.Hear(ctx, m.ID, h)
	if err != nil {
		return err
	}
	if !secret && !repeated {
		c.showHeard(ctx, h)
	}
	return c.answer(ctx, m.ID, r, nil)
}

// typedIn are the languages that a typed line may be in besides the
// conversation's.
var typedIn = []string{"zh", "en"}

// understandTyped takes a line in the conversation's language, or in another one
// where it means nothing in that.
func (c *conversation) understandTyped(text string) checkout.Heard {
	h := c.understandIn(c.dialog.Lang(), text)
	for _, lang := range typedIn {
		if len(h.Commands) > 0 {
			break
		}
		h = c.understandIn(lang, text)
	}
	h.Evidence.Typed = true
	return h
}

// understandIn takes a typed line for one of a language. What is shown and kept
// is the line, and not the pieces that the language makes of it.
func (c *conversation) understandIn(lang, text string) checkout.Heard {
	typed := speech.Typed(text)
	pieces := typed
	if g := c.s.Grammars[lang]; g != nil {
		pieces = speech.Typed(strings.Join(g.Tokens(speech.TypedWords(text)), " "))
	}
	situation := c.dialog.Situation()
	situation.Typed = true
	h := c.shop.current().understander(lang).Understand(pieces, situation)
	h.Text, h.Evidence.Texts = typed.Text(), []string{typed.Text()}
	return h
}

func (c *conversation) prove(ctx context.Context, m proveMessage) error {
	account := m.Account
	if account == "" {
		account = c.signed
	}
	if m.Factor == "" {
		m.Factor = accounts.Password
	}
	r, err := c.dialog.Prove(ctx, m.ID, checkout.Proof{Bill: m.Bill, Version: m.Version, Account: account,
		Terminal: c.k.address, Method: payments.Method(m.Method), Code: m.Code, Return: c.back,
		Buyer: c.signed, Client: c.client, Proof: accounts.Proof{Factor: m.Factor, Secret: m.Secret}})
	return c.answer(ctx, m.ID, r, err)
}

// answer sends a reply, and what goes with it, and stops listening while it is
// spoken.
func (c *conversation) answer(ctx context.Context, id string, r *checkout.Reply, err error) error {
	if err != nil {
		return err
	}
	if r == nil {
		return nil
	}
	if r.Left {
		if err := c.s.Records.DeleteHeard(ctx, c.dialog.ID()); err != nil {
			c.log.Error("what was heard could not be deleted", "err", err)
		}
	}
	c.s.metrics.replies.WithLabelValues(string(r.State)).Inc()
	c.silent, c.prompted = 0, false
	c.mute(spokenLength(r.Say))
	c.k.send(replyMessage{Type: "reply", ID: id, replyBody: c.body(*r)})
	c.showPapers(*r)
	return nil
}

// body is a reply with the addresses of its voice and of its items' pictures, and
// with their names in Chinese.
func (c *conversation) body(r checkout.Reply) replyBody {
	index := c.shop.current().index
	for i, l := range r.Cart.Lines {
		if it, err := index.ByNumber(l.Item); err == nil {
			r.Cart.Lines[i].Picture = pictureOf(*it)
		}
	}
	body := bodyOf(r, c.s.speak.address(r.Lang, r.Say))
	body.Names = namesOfCart(index, r.Cart.Lines)
	return body
}

// showPapers sends the bill or the receipt that goes with a reply.
func (c *conversation) showPapers(r checkout.Reply) {
	index := c.shop.current().index
	if r.Bill != nil {
		c.k.send(billMessage{"bill", *r.Bill, r.Methods, r.Method, r.Allowed, namesOfLines(index, r.Bill.Lines)})
		if r.Handoff != nil {
			c.k.send(handoffMessage{"handoff", r.Bill.Bill, r.Bill.Version, *r.Handoff})
		}
		if r.Staff != nil {
			c.k.send(confirmingMessage{"confirming", r.Bill.Bill, r.Bill.Version, *r.Staff})
		}
	}
	if r.Receipt != nil && r.State == checkout.Paid {
		c.k.send(receiptMessage{"receipt", *r.Receipt, namesOfLines(index, r.Receipt.Lines)})
	}
}

func (c *conversation) showHeard(ctx context.Context, h checkout.Heard) {
	if h.Text == "" {
		return
	}
	c.k.send(heardMessage{"heard", h.Text, h.Commands, namesOfCommands(c.shop.current().index, h.Commands)})
	c.s.understood.add(c.shop.place.ID, c.shop.zone(), h.Count())
	if len(h.Commands) == 0 {
		return
	}
	commands, err := json.Marshal(h.Commands)
	if err == nil {
		err = c.s.Records.SaveHeard(ctx, c.dialog.ID(), HeardLine{At: c.s.Now().UTC(), Text: h.Text, Commands: commands})
	}
	if err != nil {
		c.log.Error("what was heard could not be kept", "err", err)
	}
}

// spokenLength estimates how long a voice takes, 13 letters or 4 characters of
// Chinese a second.
func spokenLength(text string) time.Duration {
	letters := utf8.RuneCountInString(text)
	wide := (len(text) - letters) / 2
	return time.Duration(letters-wide)*time.Second/13 + time.Duration(wide)*time.Second/4
}

// mute drops what the microphone hears for as long as the till speaks.
func (c *conversation) mute(d time.Duration) {
	if d == 0 {
		return
	}
	c.mutedTo = c.s.Now().Add(d + speechSlack)
	c.damaged, c.ear = false, checkout.Ear{Answers: true}
	if c.ears != nil {
		c.ears.Discard()
	}
}
