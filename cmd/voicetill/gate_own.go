package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"voicetill/gate"
	"voicetill/server"
	"voicetill/web"
)

var (
	errGateToken = errors.New("a gate of its own takes --place, and --token-file with an API token of the place's merchant")
	errGateKey   = errors.New("--key is 64 hex digits")
)

// ownGate is a gate with a memory, in touch with the till until it is stopped.
type ownGate struct {
	gate *gate.Gate
	log  *slog.Logger
	stop func()
}

func startGate(ctx context.Context, f gateFlags) (*ownGate, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	token, err := firstLine(f.tokenFile)
	if err != nil {
		return nil, err
	}
	if token == "" || f.place == "" {
		return nil, errGateToken
	}
	pin, err := firstLine(f.pinFile)
	if err != nil {
		return nil, err
	}
	m, err := gate.OpenMemory(f.memory, f.place, f.name)
	if err != nil {
		return nil, err
	}
	g, err := newGate(f, m, token, pin, log)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	if err := g.Sync(ctx); err != nil {
		log.Warn("the gate starts cut off", "gate", f.name, "err", err)
	}
	run, cancel := context.WithCancel(ctx)
	ticker, done := time.NewTicker(gate.SyncEach), make(chan struct{})
	go func() { defer close(done); g.Run(run, ticker.C) }()
	stop := func() {
		cancel()
		<-done
		ticker.Stop()
		if err := m.Close(); err != nil {
			log.Error("the gate's memory did not close", "err", err)
		}
	}
	return &ownGate{g, log, stop}, nil
}

func newGate(f gateFlags, m *gate.Memory, token, pin string, log *slog.Logger) (*gate.Gate, error) {
	if f.key != "" {
		key, err := hex.DecodeString(f.key)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, errGateKey
		}
		if err := m.Pin(key); err != nil {
			return nil, err
		}
	}
	client := &http.Client{Timeout: gateTimeout}
	c := gate.Config{Place: f.place, Name: f.name, Memory: m, PIN: pin, Now: time.Now, Log: log,
		Till: gate.HTTPTill{Client: client, Address: f.till, Token: token, Place: f.place, Name: f.name}}
	if f.relay != "" {
		c.Relay = gate.HTTPRelay(client, f.relay)
	}
	return gate.New(c)
}

// firstLine is the first line of a file, "" for no file.
func firstLine(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSpace(line), nil
}

// listen serves the camera page and the calls for hardware until ctx ends.
func (o *ownGate) listen(ctx context.Context, address string, out io.Writer) error {
	pages, err := fs.Sub(web.FS, "dist")
	if err != nil {
		return err
	}
	handler, err := o.gate.Handler(pages)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s := newHTTP(server.Secured(handler), o.log)
	fmt.Fprintf(out, "the gate is at http://%s/\n", publicAddress(address, l))
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), gateTimeout)
	defer cancel()
	return s.Shutdown(drain)
}
