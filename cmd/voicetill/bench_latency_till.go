package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tillProcess is this program once more, as a till with the demo shop and a
// database of its own.
type tillProcess struct {
	cmd     *exec.Cmd
	dir     string // of the database
	address string // host:port
}

// startTill returns when the till listens. stop must be called.
func startTill(ctx context.Context, model string) (*tillProcess, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	dir, err := os.MkdirTemp("", "voicetill-bench-")
	if err != nil {
		return nil, fmt.Errorf("start the till: %w", err)
	}
	t := &tillProcess{dir: dir, cmd: exec.CommandContext(ctx, binary, "serve", "--listen", "localhost:0",
		"--db", "sqlite:"+filepath.Join(dir, "till.db"), "--model", model, "--log-level", "warn")}
	t.cmd.Stderr = os.Stderr
	t.cmd.Cancel = func() error { return t.cmd.Process.Signal(syscall.SIGTERM) }
	t.cmd.WaitDelay = drainTime
	out, err := t.cmd.StdoutPipe()
	if err == nil {
		err = t.cmd.Start()
	}
	if err != nil {
		t.stop()
		return nil, fmt.Errorf("start the till: %w", err)
	}
	if t.address, err = readAddress(out); err != nil {
		t.stop()
		return nil, err
	}
	return t, nil
}

// readAddress reads the announcement of serve up to the shopper's page.
func readAddress(out io.Reader) (string, error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "  shopper   http://"); ok {
			address, _, _ := strings.Cut(rest, "/")
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the till
			return address, nil
		}
	}
	return "", errors.New("the till did not start")
}

// stop ends the till and throws its data away.
func (t *tillProcess) stop() {
	if t.cmd.Process != nil {
		_ = t.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = t.cmd.Wait()
	}
	_ = os.RemoveAll(t.dir)
}

// tillGauges are what a till took while it was measured.
type tillGauges struct {
	rss   int64   // bytes, the most
	cores float64 // CPU seconds a second
	err   error
}

// watch reads the till's gauges between two moments.
func (t *tillProcess) watch(ctx context.Context, from, until time.Time) (g tillGauges) {
	if g.err = sleepUntil(ctx, from); g.err != nil {
		return g
	}
	before, err := t.cpuSeconds()
	for now := time.Now(); err == nil && now.Before(until); now = time.Now() {
		var rss int64
		if rss, err = t.rss(); err != nil {
			break
		}
		g.rss = max(g.rss, rss)
		err = sleepUntil(ctx, now.Add(time.Second))
	}
	if err == nil {
		var after float64
		after, err = t.cpuSeconds()
		g.cores = (after - before) / time.Since(from).Seconds()
	}
	g.err = err
	return g
}

// rss reads VmRSS of proc_pid_status(5).
func (t *tillProcess) rss() (int64, error) {
	data, err := t.proc("status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("read the till's memory: %w", err)
			}
			return kb << 10, nil
		}
	}
	return 0, errors.New("the till's memory is not known: /proc has no VmRSS of it")
}

// ticksPerSecond is USER_HZ, 100 on every Linux that Go runs on.
const ticksPerSecond = 100

// cpuSeconds reads utime and stime of proc_pid_stat(5).
func (t *tillProcess) cpuSeconds() (float64, error) {
	data, err := t.proc("stat")
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(data, []byte(") ")) // the name before may hold blanks
	fields := bytes.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("read the till's CPU time: /proc has no such line")
	}
	ticks := 0.0
	for _, f := range fields[11:13] {
		n, err := strconv.ParseFloat(string(f), 64)
		if err != nil {
			return 0, fmt.Errorf("read the till's CPU time: %w", err)
		}
		ticks += n
	}
	return ticks / ticksPerSecond, nil
}

func (t *tillProcess) proc(file string) ([]byte, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", t.cmd.Process.Pid, file))
	if err != nil {
		return nil, fmt.Errorf("look at the till: %w", err)
	}
	return data, nil
}
