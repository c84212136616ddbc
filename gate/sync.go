package gate

import (
	"context"
	"fmt"
	"time"

	"voicetill/payments"
)

// SyncEach is how often a gate asks for news.
const SyncEach = 2 * time.Second

// Run keeps the gate in touch with the till until ctx ends. tick brings the
// times to ask, such as a time.Ticker's channel.
func (g *Gate) Run(ctx context.Context, tick <-chan time.Time) {
	for {
		if err := g.Sync(ctx); err != nil && ctx.Err() == nil {
			g.cutOff(err)
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
	}
}

// Sync tells the till what happened and takes what is new. After an error the
// gate has lost nothing.
func (g *Gate) Sync(ctx context.Context) error {
	did, err := g.Memory.Outbox(maxReport)
	if err != nil {
		return fmt.Errorf("read what to report: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	g.mu.Lock()
	since := g.since
	g.mu.Unlock()
	news, err := g.Till.Sync(ctx, since, did)
	if err != nil {
		return fmt.Errorf("ask the till for news: %w", err)
	}
	if err := g.Memory.Pin(news.Key); err != nil {
		return err
	}
	if len(did) > 0 || len(news.Spent) > 0 || g.isStale(news.Now) {
		if err := g.Memory.Learn(did, news); err != nil {
			return fmt.Errorf("write down the news: %w", err)
		}
	}
	g.heardFrom(news)
	for range news.Releases {
		g.release(ctx)
	}
	return nil
}

// maxReport bounds the events of one report.
const maxReport = 100

// floorEach is how often the till's time is written down where nothing else is.
const floorEach = time.Minute

func (g *Gate) isStale(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return now.Sub(g.floor) >= floorEach
}

func (g *Gate) heardFrom(news payments.GateNews) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.online {
		g.Log.Info("the gate is online", "gate", g.Name)
	}
	g.online, g.fault = true, ""
	g.key = news.Key
	g.told, g.heard, g.since = news.Now, g.Now(), news.Now
	if now := news.Now; now.Sub(g.floor) >= floorEach {
		g.floor = now
	}
}
