package server

import (
	"context"
	"errors"
	"time"

	"voicetill/checkout"
	"voicetill/speech"
)

// audio feeds the microphone's frame to the listener.
func (c *conversation) audio(ctx context.Context, pcm []byte) {
	if c.shop.current().hears(c.lang()) == "" {
		if !c.deaf {
			c.deaf = true
			c.refuse("", errNoSpeech)
		}
		return
	}
	if c.s.Now().Before(c.mutedTo) {
		return
	}
	if err := c.listen(ctx); err != nil {
		c.refuse("", err)
		return
	}
	c.s.metrics.audio.Add(float64(len(pcm)) / 2 / float64(c.rate))
	events, err := c.ears.Feed(ctx, pcm)
	if len(events) == 0 && err == nil {
		c.showPartial(c.unshown)
	}
	c.heed(ctx, events, err, false)
	c.prompt(time.Duration(len(pcm)/2) * time.Second / time.Duration(c.rate))
	c.heal(time.Duration(len(pcm)/2) * time.Second / time.Duration(c.rate))
}

// lang is the conversation's language.
func (c *conversation) lang() string {
	if c.dialog == nil {
		return "en"
	}
	return c.dialog.Lang()
}

// listen makes sure that the listener hears with the catalogue of now, in the
// language of now. It changes over between utterances only.
func (c *conversation) listen(ctx context.Context) error {
	if err := c.ensure(ctx); err != nil {
		return err
	}
	if err := c.s.shelves.refresh(ctx, c.shop); err != nil {
		return err
	}
	now := c.shop.current()
	hears := now.hears(c.lang())
	if c.ears != nil && (now == c.shelf && hears == c.hears || !c.ears.Idle()) {
		return nil
	}
	c.stopListening()
	ears, err := speech.NewListener(speech.ListenerConfig{Pool: now.pools[hears], Rate: c.rate, Second: true,
		Answers: func() *speech.Pool {
			if c.dialog.State() != checkout.Choosing {
				return nil
			}
			return now.answers[hears]
		},
		Wait: func(partial string) float64 { return now.understander(hears).Wait(partial, c.dialog.Situation()) },
	})
	if err != nil {
		return err
	}
	now.hold()
	c.ears, c.shelf, c.hears, c.ear = ears, now, hears, checkout.Ear{Answers: true}
	return nil
}

// stopListening gives recogniser and shelf back.
func (c *conversation) stopListening() {
	if c.ears == nil {
		return
	}
	if err := errors.Join(c.ears.Close(), c.shelf.release()); err != nil {
		c.log.Error("the listener did not close", "err", err)
	}
	c.ears, c.shelf, c.ear = nil, nil, checkout.Ear{Answers: true}
}

// endUtterance finishes what is being said: the button was released.
func (c *conversation) endUtterance(ctx context.Context) error {
	if c.ears == nil || c.s.Now().Before(c.mutedTo) {
		c.mutedTo = time.Time{}
		return nil
	}
	events, err := c.ears.End(ctx)
	c.heed(ctx, events, err, true)
	c.damaged = false
	return c.answerHeld(ctx)
}

// answerHeld answers an utterance that meant nothing and had ended by itself
// just before its button was released: it was for the till, after all.
func (c *conversation) answerHeld(ctx context.Context) error {
	text := c.missed
	c.missed = ""
	if text == "" || c.s.Now().Sub(c.missedAt) > heldFor {
		return nil
	}
	r, err := c.dialog.Hear(ctx, "", checkout.Heard{Text: text, Addressed: true})
	return c.answer(ctx, "", r, err)
}

// prompt says what can be said after a long silence, once, to a shopper who is
// not asked anything.
func (c *conversation) prompt(heard time.Duration) {
	if c.ears == nil || c.damaged || !c.ears.Idle() {
		c.silent = 0
		return
	}
	if c.silent += heard; c.silent < promptAfter || c.prompted || c.dialog.State() != checkout.Shopping ||
		c.client != "phone" && c.client != "kiosk" {
		return
	}
	c.prompted = true
	c.volunteer(c.dialog.Silent())
}

// heed acts on what the listener noticed. released says that the shopper held
// the button, and so surely spoke to the till.
func (c *conversation) heed(ctx context.Context, events []speech.Event, err error, released bool) {
	for _, e := range events {
		switch {
		case e.Final == nil:
			c.showPartial(e.Partial)
		case c.damaged:
			c.damaged, c.unshown = false, ""
			c.sayAgain()
		case !e.Silent:
			c.utterance(ctx, e, released)
		}
	}
	if err != nil {
		c.stopListening()
		c.refuse("", err)
	}
}

// utterance takes the meaning of what was said, and obeys it. One that begins
// soon after another that meant nothing may be its end: "can i have two … oat
// milk".
func (c *conversation) utterance(ctx context.Context, e speech.Event, released bool) {
	c.s.metrics.utterances.Inc()
	c.unshown = ""
	if !c.mayGoOn(ctx, "") {
		return
	}
	situation := c.dialog.Situation()
	heard, _ := c.ear.Hear(c.shelf.understander(c.hears), e, situation)
	heard.Addressed = released
	secret := c.dialog.State() == checkout.Proving
	if !secret {
		c.showHeard(ctx, heard)
	}
	r, err := c.dialog.Hear(ctx, "", heard)
	c.missed = ""
	if r == nil && err == nil && !secret {
		c.missed, c.missedAt = heard.Text, c.s.Now()
	}
	if err := c.answer(ctx, "", r, err); err != nil {
		c.refuse("", err)
	}
}

// showPartial shows what is being heard, not too often: the newest text waits
// for its time. While a password is awaited nothing is shown.
func (c *conversation) showPartial(text string) {
	c.unshown = text
	now := c.s.Now()
	if text == "" || c.dialog.State() == checkout.Proving || now.Sub(c.shown) < partialEvery {
		return
	}
	c.shown, c.unshown = now, ""
	c.k.send(partialMessage{"partial", text})
}

// lose counts frames that were dropped before they were heard. The utterance
// that they may belong to is never acted on.
func (c *conversation) lose(frames int) {
	c.s.metrics.lost.Add(float64(frames))
	c.damaged, c.quiet = true, 0
	c.k.send(lostMessage{"lost", frames})
}

// heal ends the damage when nothing was said around the loss.
func (c *conversation) heal(heard time.Duration) {
	if !c.damaged || c.ears == nil {
		return
	}
	if !c.ears.Idle() {
		c.quiet = 0
		return
	}
	if c.quiet += heard; c.quiet >= quietAfterLoss {
		c.damaged = false
	}
}

func (c *conversation) sayAgain() { c.volunteer(c.dialog.Lost()) }

// volunteer says what nobody has asked for.
func (c *conversation) volunteer(r checkout.Reply, err error) {
	if err != nil {
		c.refuse("", err)
		return
	}
	c.mute(spokenLength(r.Say))
	c.k.send(replyMessage{Type: "reply", replyBody: c.body(r)})
}
