package server

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// askEvery is how many looks at the books go to one question to the provider.
const askEvery = 5

// follower wakes a conversation from time to time while its payment goes on
// outside the till, so that the receipt comes by itself. It ends with stop.
type follower struct {
	cancel context.CancelFunc
	ended  chan struct{}
	looked atomic.Bool // the last tick was handled
	ticks  int
}

// followPayment starts or stops looking, as the conversation needs it.
func (c *conversation) followPayment() {
	waits := c.dialog != nil && c.dialog.Waits()
	switch {
	case !waits:
		c.stopFollowing()
	case c.follow == nil:
		c.follow = c.startFollower(c.s.FollowEvery)
	}
}

func (c *conversation) startFollower(every time.Duration) *follower {
	ctx, cancel := context.WithCancel(c.k.ctx)
	f := &follower{cancel: cancel, ended: make(chan struct{})}
	f.looked.Store(true)
	go func() {
		defer close(f.ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			if f.looked.CompareAndSwap(true, false) && c.in.put(item{tick: true}) != nil {
				f.looked.Store(true) // the inbox is full: the next tick may get in
			}
		}
	}()
	return f
}

func (c *conversation) stopFollowing() {
	if c.follow == nil {
		return
	}
	c.follow.cancel()
	<-c.follow.ended
	c.follow = nil
}

// followed looks once, and asks the provider every few times. An error is
// logged, and the next tick looks again: the shopper is still waiting.
func (c *conversation) followed(ctx context.Context) {
	f := c.follow
	if f == nil {
		return
	}
	defer f.looked.Store(true)
	f.ticks++
	r, err := c.dialog.Await(ctx, f.ticks%askEvery == 0)
	if err == nil {
		err = c.answer(ctx, "", r, nil)
	}
	if err != nil {
		c.log.Warn("a payment could not be followed", "err", err)
	}
}

// backTo is the address of the shop's page as the request's page has it: the
// Origin that the upgrader has checked.
func backTo(r *http.Request, place string) string {
	origin := r.Header.Get("Origin")
	if origin == "" || origin == "null" {
		return ""
	}
	return origin + "/?place=" + url.QueryEscape(place)
}
