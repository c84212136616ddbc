package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// killable is a till that runs as a process of its own, to be killed and
// started again at another port. It is safe for concurrent use, start and kill
// by one goroutine.
type killable struct {
	binary string
	args   []string // after serve

	mu      sync.Mutex
	process *exec.Cmd
	life    int           // starts so far
	up      chan struct{} // closed while it runs; nil before the first start
	served  chan struct{} // closed from the first answer of this life on
	address string        // host:port of the pages
	vosk    string        // host:port of --vosk-listen
	killed  time.Time
	back    []time.Duration // of each life but the first, from the kill to its first answer
}

var addressLine = regexp.MustCompile(`^  (\w+) +(?:http|ws)://([^/]+)/`)

var errNotStarted = errors.New("the till did not start")

// start runs the till until it says that it is ready. A fault is passed on. It
// ends with its parent.
func (p *killable) start(fault string) error {
	cmd := exec.Command(p.binary, append([]string{"serve", "--listen", "localhost:0", "--log-level", "error"}, p.args...)...)
	cmd.Env = append(os.Environ(), "VOICETILL_FAULT="+fault)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the till: %w", err)
	}
	address, vosk, ready := "", "", false
	lines := bufio.NewScanner(out)
	for !ready && lines.Scan() {
		if found := addressLine.FindStringSubmatch(lines.Text()); found != nil && found[1] == "vosk" {
			vosk = found[2]
		} else if found != nil {
			address = found[2]
		}
		ready = strings.HasPrefix(lines.Text(), "Ctrl-C")
	}
	if !ready {
		return errors.Join(errNotStarted, cmd.Wait())
	}
	go func() {
		for lines.Scan() { // so that the till never waits for a reader
		}
	}()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.process, p.address, p.vosk, p.served = cmd, address, vosk, make(chan struct{})
	p.life++
	if p.up == nil {
		p.up = make(chan struct{})
	}
	close(p.up)
	return nil
}

// kill is kill -9. Killing twice is once.
func (p *killable) kill() {
	p.mu.Lock()
	cmd := p.process
	if cmd != nil {
		p.process, p.up, p.killed = nil, make(chan struct{}), time.Now()
	}
	p.mu.Unlock()
	if cmd != nil {
		_ = cmd.Process.Kill() // it may have died by itself
		_ = cmd.Wait()
	}
}

// where returns the address of a till that runs, and which of its lives it is,
// waiting for one.
func (p *killable) where(ctx context.Context) (address string, life int, err error) {
	for {
		p.mu.Lock()
		if p.up == nil {
			p.up = make(chan struct{})
		}
		up, running := p.up, p.process != nil
		address, life = p.address, p.life
		p.mu.Unlock()
		if running {
			return address, life, nil
		}
		select {
		case <-up:
		case <-ctx.Done():
			return "", 0, ctx.Err()
		}
	}
}

// answered notes that a life answered a client.
func (p *killable) answered(life int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if life != p.life || p.process == nil {
		return
	}
	select {
	case <-p.served:
		return
	default:
	}
	close(p.served)
	if life > 1 {
		p.back = append(p.back, time.Since(p.killed))
	}
}

// serving is closed once this life has answered a client.
func (p *killable) serving() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.served
}
