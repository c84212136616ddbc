package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// errCrashed is what every step of a process says after its death.
var errCrashed = errors.New("the process died here")

// life is a process that dies at a step of a payment: what the step did is
// done, or not, and nobody hears of it. It is safe for concurrent use.
type life struct {
	mu    sync.Mutex
	left  int  // steps until it dies; below zero: never
	after bool // it dies when the step is done, not before
	dead  bool
}

// step runs a step of a process that lives.
func (l *life) step(do func() error) error {
	last, err := l.begin()
	if err != nil || last && !l.after {
		return errCrashed
	}
	if err = do(); last {
		return errCrashed
	}
	return err
}

func (l *life) begin() (last bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return false, errCrashed
	}
	if l.left < 0 {
		return false, nil
	}
	l.left--
	l.dead = l.left < 0
	return l.dead, nil
}

// step1 is step with a result.
func step1[T any](l *life, do func() (T, error)) (v T, err error) {
	err = l.step(func() error {
		got, err := do()
		if err == nil {
			v = got
		}
		return err
	})
	if errors.Is(err, errCrashed) {
		var none T
		return none, err
	}
	return v, err
}

// mortalStore is the journal of a process that dies.
type mortalStore struct {
	payments.Store
	life *life
}

func (s mortalStore) Reserve(ctx context.Context, set payments.Settlement) error {
	return s.life.step(func() error { return s.Store.Reserve(ctx, set) })
}

func (s mortalStore) Book(ctx context.Context, key, ref string, at time.Time) (payments.Receipt, error) {
	return step1(s.life, func() (payments.Receipt, error) { return s.Store.Book(ctx, key, ref, at) })
}

func (s mortalStore) StartReverse(ctx context.Context, key, reason string, at time.Time) error {
	return s.life.step(func() error { return s.Store.StartReverse(ctx, key, reason, at) })
}

func (s mortalStore) Release(ctx context.Context, key, reason string, at time.Time) error {
	return s.life.step(func() error { return s.Store.Release(ctx, key, reason, at) })
}

func (s mortalStore) Tried(ctx context.Context, key, trouble string, next time.Time) error {
	return s.life.step(func() error { return s.Store.Tried(ctx, key, trouble, next) })
}

func (s mortalStore) StartRefund(ctx context.Context, r payments.Refunding) error {
	return s.life.step(func() error { return s.Store.StartRefund(ctx, r) })
}

func (s mortalStore) FinishRefund(ctx context.Context, key, ref string, at time.Time) (payments.Receipt, error) {
	return step1(s.life, func() (payments.Receipt, error) { return s.Store.FinishRefund(ctx, key, ref, at) })
}

func (s mortalStore) RefuseRefund(ctx context.Context, key, reason string, at time.Time) error {
	return s.life.step(func() error { return s.Store.RefuseRefund(ctx, key, reason, at) })
}

func (s mortalStore) AskConfirmation(ctx context.Context, c payments.Confirmation) (payments.Confirmation, error) {
	return step1(s.life, func() (payments.Confirmation, error) { return s.Store.AskConfirmation(ctx, c) })
}

func (s mortalStore) DecideConfirmation(ctx context.Context, d payments.Decision) (payments.Confirmation, error) {
	return step1(s.life, func() (payments.Confirmation, error) { return s.Store.DecideConfirmation(ctx, d) })
}

// mortalGateway is the way of a process that dies to its provider.
type mortalGateway struct {
	payments.Gateway
	life *life
}

func (g mortalGateway) Charge(ctx context.Context, c payments.Charge) (string, error) {
	return step1(g.life, func() (string, error) { return g.Gateway.Charge(ctx, c) })
}

func (g mortalGateway) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	return step1(g.life, func() (string, error) { return g.Gateway.Lookup(ctx, key, want) })
}

func (g mortalGateway) Reverse(ctx context.Context, key string) error {
	return g.life.step(func() error { return g.Gateway.Reverse(ctx, key) })
}

func (g mortalGateway) Refund(ctx context.Context, r payments.Refund) (string, error) {
	return step1(g.life, func() (string, error) { return g.Gateway.Refund(ctx, r) })
}
