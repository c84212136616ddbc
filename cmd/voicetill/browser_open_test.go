package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// browsers are Chromiums that all tests share which want the same flags, each with
// a profile of its own in it: starting one costs more than most tests.
var browsers = sharedBrowsers{running: map[string]*runningBrowser{}}

type sharedBrowsers struct {
	mu      sync.Mutex
	running map[string]*runningBrowser // by their flags
}

// end ends them all.
func (s *sharedBrowsers) end() {
	for _, b := range s.running {
		b.end()
	}
}

type runningBrowser struct {
	ctx context.Context
	end func()
}

// Flags of Chromium, added to the usual ones.
const (
	speaksUnasked = "autoplay-policy=no-user-gesture-required"
	fakeDevices   = "use-fake-device-for-media-stream" // a camera and a microphone
	allowsDevices = "use-fake-ui-for-media-stream"
	deniesDevices = "deny-permission-prompts"
)

// openBrowser opens an empty profile in a browser with the flags.
func openBrowser(t *testing.T, flags ...string) context.Context {
	t.Helper()
	b := browsers.with(t, flags)
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("open a profile: %v", err)
	}
	return ctx
}

// openOwnBrowser starts one that no other test sees.
func openOwnBrowser(t *testing.T, flags ...string) context.Context {
	t.Helper()
	b, err := startBrowser(chromium(t), flags)
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Cleanup(b.end)
	return b.ctx
}

// with starts the browser where it does not run, or runs no more.
func (s *sharedBrowsers) with(t *testing.T, flags []string) *runningBrowser {
	t.Helper()
	path := chromium(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.Join(flags, " ")
	if b := s.running[key]; b != nil {
		if b.ctx.Err() == nil {
			return b
		}
		b.end()
	}
	b, err := startBrowser(path, flags)
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	s.running[key] = b
	return b
}

func startBrowser(path string, flags []string) (*runningBrowser, error) {
	folder, err := os.MkdirTemp("", "voicetill-chromium-")
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(folder), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("mute-audio", true), chromedp.Flag("disable-dev-shm-usage", true),
	}
	for _, f := range flags {
		if name, value, ok := strings.Cut(f, "="); ok {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	b := &runningBrowser{ctx, func() { cancel(); stop(); os.RemoveAll(folder) }}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		b.end()
		return nil, err
	}
	return b, nil
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("needs Chromium: apt-get install chromium")
	return ""
}
