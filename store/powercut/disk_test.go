package powercut

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// mounted shows a disk, or leaves the test out where FUSE is not to be had.
func mounted(t *testing.T, d *Disk) (dir string, unmount func()) {
	t.Helper()
	dir = t.TempDir()
	end, err := d.Mount(dir)
	if err != nil {
		t.Skipf("FUSE is not to be had here: %v", err)
	}
	return dir, func() {
		t.Helper()
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string, sync bool) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if sync && err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func syncFolder(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatACutLeaves(t *testing.T) {
	d := NewDisk()
	dir, unmount := mounted(t, d)
	path := func(name string) string { return filepath.Join(dir, name) }
	write(t, path("synced"), "old", true)
	write(t, path("unsynced"), "old", false)
	syncFolder(t, dir)
	write(t, path("nameless"), "new", true) // and its name is not safe
	write(t, path("synced"), "NEW", false)
	if got, err := os.ReadFile(path("synced")); err != nil || string(got) != "NEW" {
		t.Fatalf("before the cut: got %q, %v", got, err)
	}
	d.Cut()
	if f, err := os.Create(path("late")); !errors.Is(err, syscall.EIO) {
		t.Errorf("without power: got %v, %v, want EIO", f, err)
	}
	unmount()
	d.Restore(nil)
	dir, unmount = mounted(t, d)
	defer unmount()
	for name, want := range map[string]string{"synced": "old", "unsynced": ""} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nameless")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a name that was not synced: got %v", err)
	}
	if d.Lost() != 2 {
		t.Errorf("got %d changes lost, want 2", d.Lost())
	}
}

func TestPartsOfWhatWasOnItsWayMayArrive(t *testing.T) {
	random, seen := rand.New(rand.NewPCG(1, 2)), map[string]bool{}
	for range 200 {
		d := NewDisk()
		d.Put("f", []byte("....."))
		f := d.names["f"]
		f.change(change{at: 0, data: []byte("a")})
		f.change(change{at: 4, data: []byte("b")})
		f.change(change{at: 3})
		d.Cut()
		d.Restore(random)
		seen[string(d.Get("f"))] = true
	}
	for _, want := range []string{".....", "a....", "....b", "a...b", "...", "a.."} {
		if !seen[want] {
			t.Errorf("%q was never left: %v", want, seen)
		}
	}
	if len(seen) != 6 {
		t.Errorf("got %v, want six outcomes", seen)
	}
}
