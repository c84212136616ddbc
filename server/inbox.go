package server

import (
	"context"
	"sync"
)

// maxWaiting messages other than audio may wait for a conversation.
const maxWaiting = 100

// item is one client message, or the tick that tells to look after a payment.
type item struct {
	audio bool
	tick  bool
	data  []byte
}

// inbox is the bounded queue between a socket's reader and its conversation.
// When audio comes faster than it is heard, the oldest frame goes and is
// counted; other messages are never dropped in silence.
type inbox struct {
	mu       sync.Mutex
	items    []item
	bytes    int // of audio waiting
	maxBytes int
	texts    int
	lost     int
	ready    chan struct{} // one token: something waits
}

func newInbox(maxBytes int) *inbox {
	return &inbox{maxBytes: maxBytes, ready: make(chan struct{}, 1)}
}

// put queues a message, or returns errTooMany.
func (b *inbox) put(it item) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !it.audio && b.texts >= maxWaiting {
		return errTooMany
	}
	b.items = append(b.items, it)
	if it.audio {
		b.bytes += len(it.data)
		b.shed()
	} else {
		b.texts++
	}
	select {
	case b.ready <- struct{}{}:
	default:
	}
	return nil
}

// shed drops the oldest audio over the limit.
func (b *inbox) shed() {
	for i := 0; i < len(b.items) && b.bytes > b.maxBytes; {
		if !b.items[i].audio {
			i++
			continue
		}
		b.bytes -= len(b.items[i].data)
		b.items = append(b.items[:i], b.items[i+1:]...)
		b.lost++
	}
}

// next waits for a message. lost frames are missing before it. ok is false when
// ctx is done.
func (b *inbox) next(ctx context.Context) (it item, lost int, ok bool) {
	for {
		if it, lost, ok := b.take(); ok {
			return it, lost, true
		}
		select {
		case <-b.ready:
		case <-ctx.Done():
			return item{}, 0, false
		}
	}
}

func (b *inbox) take() (it item, lost int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == 0 {
		return item{}, 0, false
	}
	it, lost = b.items[0], b.lost
	b.items, b.lost = b.items[1:], 0
	if it.audio {
		b.bytes -= len(it.data)
	} else {
		b.texts--
	}
	return it, lost, true
}
