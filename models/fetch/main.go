// Command fetch installs what models/manifest.json names under models/vosk: the
// recogniser library, its C header and the English acoustic model. It uses the
// registries' own clients and nothing when all is in place already. A folder
// appears there whole or not at all.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

const (
	workPattern = "vosk-new-*"
	staleSuffix = "-stale"
	headerFrom  = "speech/vosk/include/vosk_api.h"
	headerTo    = "include/vosk_api.h"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := fetch(ctx, ".", runtime.GOARCH, os.Stderr); {
	case err == nil:
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "fetch: interrupted; nothing was installed, run it again to go on")
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, "fetch:", err)
		os.Exit(1)
	}
}

// fetch brings root/models/vosk in line with root/models/manifest.json. One
// fetch runs at a time; others wait for it, and then find all in place.
func fetch(ctx context.Context, root, arch string, progress io.Writer) error {
	models := filepath.Join(root, "models")
	m, err := readManifest(filepath.Join(models, "manifest.json"), filepath.Join(root, headerFrom))
	if err != nil {
		return err
	}
	wanted, err := m.wanted(arch)
	if err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(models, ".fetch.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	place := filepath.Join(models, "vosk")
	if err := clearWork(models, place); err != nil {
		return err
	}
	if verify(place, m.sum) == nil {
		return nil
	}
	work, err := os.MkdirTemp(models, workPattern)
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	fresh := filepath.Join(work, "vosk")
	if err := build(ctx, wanted, root, work, fresh, progress); err != nil {
		return err
	}
	if err := seal(fresh, m.sum); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	if err := replace(fresh, place); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	fmt.Fprintln(progress, "fetch: ready in models/vosk")
	return nil
}

// build fills the folder fresh, downloading beside it.
func build(ctx context.Context, wanted []artifact, root, work, fresh string, progress io.Writer) error {
	for i, a := range wanted {
		fmt.Fprintf(progress, "fetch: %d of %d: %s, %s, %.0f MB\n", i+1, len(wanted), a.Name, a.Package, float64(a.Bytes)/1e6)
		dir, err := filepath.Abs(filepath.Join(work, fmt.Sprint("download-", i)))
		if err != nil {
			return err
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		archive, err := download(ctx, a, dir, progress)
		if err != nil {
			return err
		}
		if err := check(a.Package, archive, a.SHA256); err != nil {
			return fmt.Errorf("%w\nNothing was installed. %s", err, advice[a.Client])
		}
		fmt.Fprintln(progress, "fetch: SHA-256 is right; unpacking")
		if err := unpack(archive, a, fresh); err != nil {
			return err
		}
	}
	return copyHeader(root, fresh)
}

// advice says what to do about a wrong download that a client has kept.
var advice = map[string]string{
	"mvn": "Delete com/alphacephei in Maven's local repository (~/.m2/repository unless set otherwise) and run it again.",
	"pip": "Run `python3 -m pip cache purge` and try again.",
}

func copyHeader(root, fresh string) error {
	in, err := os.Open(filepath.Join(root, headerFrom))
	if err != nil {
		return fmt.Errorf("copy the C header: %w", err)
	}
	defer in.Close()
	return write(filepath.Join(fresh, headerTo), in)
}

// lock waits until no other fetch runs in this folder. The system drops the
// lock with the process, however it ends.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
	}
	return func() { f.Close() }, nil
}

// clearWork removes what a killed fetch left behind.
func clearWork(models, place string) error {
	left, err := filepath.Glob(filepath.Join(models, workPattern))
	if err != nil {
		return err
	}
	for _, dir := range append(left, place+staleSuffix) {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clear what an interrupted fetch left: %w", err)
		}
	}
	return nil
}
