package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// copyGoal resolves one Maven artifact and copies it to a folder. The version
// is pinned because Maven's own choice differs between its releases.
const copyGoal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"

// download fetches one artifact into dir with its registry's own client, which
// keeps and resumes what it fetched before, and returns the file's path.
func download(ctx context.Context, a artifact, dir string, progress io.Writer) (string, error) {
	args, err := clientArgs(a, dir, isTerminal(progress))
	if err != nil {
		return "", err
	}
	if err := runClient(ctx, args, progress); err != nil {
		return "", fmt.Errorf("fetch %s with %s: %w", a.Package, a.Client, err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("fetch %s with %s: it left %d files, want 1", a.Package, a.Client, len(found))
	}
	return found[0], nil
}

func clientArgs(a artifact, dir string, terminal bool) ([]string, error) {
	switch a.Client {
	case "mvn":
		args := []string{"mvn", copyGoal, "-Dartifact=" + a.Package, "-DoutputDirectory=" + dir}
		if !terminal {
			args = append(args, "--batch-mode")
		}
		return args, nil
	case "pip":
		return []string{"python3", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--dest", dir, a.Package}, nil
	}
	return nil, fmt.Errorf("the manifest names the client %q for %s; known are mvn and pip", a.Client, a.Package)
}

// runClient runs outside any project folder, so that no build file is picked
// up. On cancellation the client is interrupted, and killed 5 s later.
func runClient(ctx context.Context, args []string, progress io.Writer) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = os.TempDir()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 5 * time.Second
	var tail tailWriter
	if isTerminal(progress) {
		cmd.Stdout, cmd.Stderr = progress, progress
	} else {
		cmd.Stdout, cmd.Stderr = &tail, &tail
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && len(tail.last) > 0 {
		return fmt.Errorf("%w\n%s", err, tail.String())
	}
	return err
}

// tailWriter keeps the last lines that a client wrote, for its error.
type tailWriter struct{ last []string }

const tailLines = 12

func (t *tailWriter) Write(p []byte) (int, error) {
	lines := bufio.NewScanner(strings.NewReader(string(p)))
	for lines.Scan() {
		t.last = append(t.last, lines.Text())
	}
	if extra := len(t.last) - tailLines; extra > 0 {
		t.last = t.last[extra:]
	}
	return len(p), nil
}

func (t *tailWriter) String() string { return strings.Join(t.last, "\n") }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
