package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shop is a project folder with a manifest, and a folder of programs in front
// of PATH in which mvn hands out a local archive.
type shop struct {
	t       *testing.T
	root    string
	archive string
	calls   string // one line a call of the client
}

const shippedConf = "--beam=10.0\n--lattice-beam=2.0\n--max-active=3000\n"

func newShop(t *testing.T) *shop {
	t.Helper()
	dir := t.TempDir()
	s := &shop{t: t, root: filepath.Join(dir, "till"), archive: filepath.Join(dir, "served.zip"), calls: filepath.Join(dir, "calls")}
	s.put(filepath.Join(s.root, headerFrom), "int vosk;\n")
	s.serve(map[string]string{
		"linux-x86-64/libvosk.so":      "the library",
		"assets/model-en/conf/m.conf":  shippedConf,
		"assets/model-en/am/final.mdl": "the model",
		"META-INF/left-out":            "no",
	})
	s.manifest(s.artifact())
	s.client(`cp "` + s.archive + `" "$dir/"`)
	return s
}

func (s *shop) put(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

// serve makes the archive that the registry has.
func (s *shop) serve(files map[string]string) {
	s.t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.put(s.archive, b.String())
}

// client makes mvn a script that finds $dir, the folder to leave the file in.
func (s *shop) client(body string) {
	s.t.Helper()
	bin := s.t.TempDir()
	s.put(filepath.Join(bin, "mvn"), `#!/bin/sh
echo "$@" >>"`+s.calls+`"
for a in "$@"; do case $a in -DoutputDirectory=*) dir=${a#*=};; esac; done
`+body+"\n")
	s.t.Setenv("PATH", bin+":/usr/bin:/bin")
}

func (s *shop) artifact() artifact {
	s.t.Helper()
	sum, err := fileSum(s.archive)
	if err != nil {
		s.t.Fatal(err)
	}
	return artifact{
		Name: "all", Arch: "amd64", Client: "mvn", Package: "shop:all:1:jar", SHA256: sum,
		Take: []member{
			{From: "linux-x86-64/libvosk.so", To: "lib/libvosk.so", SHA256: sumOf("the library")},
			{From: "assets/model-en/", To: "model-en/"},
		},
		Set: []setting{{File: "model-en/conf/m.conf", Option: "--lattice-beam", Value: "8.0"}},
	}
}

func (s *shop) manifest(artifacts ...artifact) {
	s.t.Helper()
	text, err := json.Marshal(manifest{Artifacts: artifacts})
	if err != nil {
		s.t.Fatal(err)
	}
	s.put(filepath.Join(s.root, "models/manifest.json"), string(text))
}

func (s *shop) fetch(ctx context.Context) (string, error) {
	var said bytes.Buffer
	err := fetch(ctx, s.root, "amd64", &said)
	return said.String(), err
}

func (s *shop) wantFetched() {
	s.t.Helper()
	if said, err := s.fetch(s.t.Context()); err != nil {
		s.t.Fatalf("fetch: %v\n%s", err, said)
	}
	s.wantFile("lib/libvosk.so", "the library")
}

// wantNothing checks that no folder is in place and no work is left.
func (s *shop) wantNothing() {
	s.t.Helper()
	left, err := filepath.Glob(filepath.Join(s.root, "models/vosk*"))
	if err != nil || len(left) > 0 {
		s.t.Errorf("left behind: %v, %v", left, err)
	}
}

func (s *shop) wantFile(name, want string) {
	s.t.Helper()
	got, err := os.ReadFile(filepath.Join(s.root, "models/vosk", name))
	if err != nil || string(got) != want {
		s.t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
	}
}

func (s *shop) wantCalls(want int) {
	s.t.Helper()
	text, err := os.ReadFile(s.calls)
	if err != nil && want > 0 {
		s.t.Fatal(err)
	}
	if got := strings.Count(string(text), "\n"); got != want {
		s.t.Errorf("the client was called %d times, want %d:\n%s", got, want, text)
	}
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestADownloadThatIsNotTheOneNamedIsRefused(t *testing.T) {
	s := newShop(t)
	s.serve(map[string]string{"linux-x86-64/libvosk.so": "something else"})
	_, err := s.fetch(t.Context())
	if err == nil || !strings.Contains(err.Error(), "shop:all:1:jar is not the file that models/manifest.json names") {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "Delete com/alphacephei") {
		t.Errorf("it does not say what to do: %v", err)
	}
	s.wantNothing()
}

func TestALibraryThatIsNotTheOneNamedIsRefused(t *testing.T) {
	s := newShop(t)
	a := s.artifact()
	a.Take[0].SHA256 = sumOf("another library")
	s.manifest(a)
	_, err := s.fetch(t.Context())
	if err == nil || !strings.Contains(err.Error(), "linux-x86-64/libvosk.so is not the file") {
		t.Fatalf("got %v", err)
	}
	s.wantNothing()
}

func TestWhatTheManifestNamesIsInPlace(t *testing.T) {
	s := newShop(t)
	s.wantFetched()
	s.wantFile("include/vosk_api.h", "int vosk;\n")
	s.wantFile("model-en/am/final.mdl", "the model")
	s.wantFile("model-en/conf/m.conf", "--beam=10.0\n--lattice-beam=8.0\n--max-active=3000\n")
	s.wantFile("model-en/conf/m.conf.orig", shippedConf)
	if _, err := os.Stat(filepath.Join(s.root, "models/vosk/META-INF")); err == nil {
		t.Error("a member that nobody named was unpacked")
	}
}

func TestASecondRunFetchesNothing(t *testing.T) {
	s := newShop(t)
	s.wantFetched()
	said, err := s.fetch(t.Context())
	if err != nil || said != "" {
		t.Errorf("got %q, %v, want silence", said, err)
	}
	s.wantCalls(1)
}

func TestAFolderThatChangedIsFetchedAnew(t *testing.T) {
	for name, harm := range map[string]func(s *shop, vosk string) error{
		"a byte of the library": func(_ *shop, vosk string) error {
			return os.WriteFile(vosk+"/lib/libvosk.so", []byte("the lIbrary"), 0o644)
		},
		"a file lost":           func(_ *shop, vosk string) error { return os.Remove(vosk + "/model-en/am/final.mdl") },
		"a file too many":       func(_ *shop, vosk string) error { return os.WriteFile(vosk+"/model-en/x", nil, 0o644) },
		"its receipt cut short": func(_ *shop, vosk string) error { return os.Truncate(vosk+"/"+receiptName, 20) },
		"a new header": func(s *shop, _ string) error {
			return os.WriteFile(filepath.Join(s.root, headerFrom), []byte("long vosk;\n"), 0o644)
		},
		"only an old one is here": func(_ *shop, vosk string) error { return os.Rename(vosk, vosk+staleSuffix) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.wantFetched()
			if err := harm(s, filepath.Join(s.root, "models/vosk")); err != nil {
				t.Fatal(err)
			}
			s.wantFetched()
			s.wantCalls(2)
			s.wantFile("model-en/am/final.mdl", "the model")
			if left, _ := filepath.Glob(filepath.Join(s.root, "models/vosk-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestAnInterruptedFetchInstallsNothingAndTheNextOneGoesOn(t *testing.T) {
	s := newShop(t)
	started := filepath.Join(t.TempDir(), "started")
	s.client(`mkfifo "` + started + `.wait"; head -c 10 "` + s.archive + `" >"$dir/half.jar"; : >"` + started + `"; exec cat "` + started + `.wait"`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := s.fetch(ctx)
		done <- err
	}()
	waitForFile(t, started)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	s.wantNothing()
	s.client(`cp "` + s.archive + `" "$dir/"`)
	s.wantFetched()
}

func waitForFile(t *testing.T, name string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(name); err == nil {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%s never came", name)
		case <-tick.C:
		}
	}
}

func TestWhatAKilledFetchLeftIsClearedAndNeverUsed(t *testing.T) {
	s := newShop(t)
	s.put(filepath.Join(s.root, "models/vosk-new-123/vosk/lib/libvosk.so"), "half")
	s.put(filepath.Join(s.root, "models/vosk/lib/libvosk.so"), "whole, but without a receipt")
	s.wantFetched()
	s.wantCalls(1)
	if left, _ := filepath.Glob(filepath.Join(s.root, "models/vosk-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAFailingClientIsQuoted(t *testing.T) {
	s := newShop(t)
	s.client(`echo "could not reach the registry"; exit 1`)
	_, err := s.fetch(t.Context())
	if err == nil || !strings.Contains(err.Error(), "could not reach the registry") {
		t.Fatalf("got %v", err)
	}
	s.wantNothing()
}

func TestAProcessorWithoutALibraryIsNamed(t *testing.T) {
	s := newShop(t)
	err := fetch(t.Context(), s.root, "riscv64", &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "no recogniser library for riscv64") {
		t.Fatalf("got %v", err)
	}
	s.wantCalls(0)
}

func TestAnArchiveCannotWriteOutsideItsFolder(t *testing.T) {
	s := newShop(t)
	s.serve(map[string]string{"linux-x86-64/libvosk.so": "the library", "assets/model-en/../../../out": "no"})
	s.manifest(s.artifact())
	_, err := s.fetch(t.Context())
	if err == nil || !strings.Contains(err.Error(), "outside its folder") {
		t.Fatalf("got %v", err)
	}
	s.wantNothing()
}

func TestTheManifestOfThisProjectNamesBothProcessors(t *testing.T) {
	m, err := readManifest("../manifest.json", filepath.Join("../..", headerFrom))
	if err != nil {
		t.Fatal(err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		got, err := m.wanted(arch)
		if err != nil || len(got) != 3 {
			t.Errorf("%s: got %d downloads, %v, want the library, the model and the dictionary", arch, len(got), err)
		}
		for _, a := range got {
			if len(a.SHA256) != 64 {
				t.Errorf("%s: %s has no SHA-256", arch, a.Package)
			}
			if _, err := clientArgs(a, "dir", false); err != nil {
				t.Error(err)
			}
		}
	}
}
