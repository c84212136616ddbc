package stripetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// Mock starts Stripe's own stripe-mock and returns its address. It skips the
// test where .ci/counterparties has not put it.
func Mock(t testing.TB) string {
	t.Helper()
	program := needed(t, "bin/stripe-mock-0.203.0")
	return start(t, exec.Command(program, "-http-port", "0"), regexp.MustCompile(`HTTP at address: .*:(\d+)`))
}

// Localstripe starts localstripe and returns its address, skipping as Mock
// does. It keeps its objects in memory: written to disk at each change, they
// would cost a second for every thousand.
func Localstripe(t testing.TB) string {
	t.Helper()
	folder := needed(t, "localstripe")
	port := freePort(t)
	const program = `
import sys
from localstripe import resources
resources.Store.dump_to_disk = lambda self: None
from localstripe.server import start
start()`
	cmd := exec.Command("python3", "-u", "-c", program, "--from-scratch", "--port", strconv.Itoa(port))
	cmd.Env = append(os.Environ(), "PYTHONPATH="+folder)
	return start(t, cmd, regexp.MustCompile(`Running on .*:(\d+)`))
}

// needed is a program below .test, at the top of this repository.
func needed(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	path := filepath.Join(dir, ".test", name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is missing: .ci/counterparties installs it", name)
	}
	return path
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start runs a program until the test ends, and returns when it says at which
// port it listens.
func start(t testing.TB, cmd *exec.Cmd, listening *regexp.Regexp) string {
	t.Helper()
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	exited := make(chan struct{})
	go func() { defer close(exited); in.CloseWithError(cmd.Wait()) }()
	lines := bufio.NewScanner(out)
	var said []string
	port := ""
	for port == "" && lines.Scan() {
		said = append(said, lines.Text())
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, out) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-exited
		<-drained
	})
	if port == "" {
		t.Fatalf("%s ended: %q, %v", filepath.Base(cmd.Path), said, lines.Err())
	}
	return fmt.Sprintf("http://localhost:%s", port)
}
