package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/store"

	"github.com/jmoiron/sqlx"
)

// smallDisk is a file system of its own, with a database on it.
type smallDisk struct {
	dsn, ballast string
}

func newSmallDisk(t *testing.T) smallDisk {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("voicetill", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("no disk could be filled up: a small one can be mounted by root alone: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return smallDisk{"sqlite:" + filepath.Join(dir, "till.db"), filepath.Join(dir, "ballast")}
}

// fill leaves room for so many pages. What the log had room for already is given
// back first, so that whatever is written needs more.
func (d smallDisk) fill(t *testing.T, pages int) {
	t.Helper()
	withRaw(t, d.dsn, func(db *sqlx.DB) {
		var log struct{ Busy, Log, Checkpointed int }
		if err := db.Get(&log, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil || log.Busy != 0 {
			t.Fatalf("%+v, %v", log, err)
		}
	})
	f, err := os.Create(d.ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size := int64(0)
	for block := make([]byte, 1<<20); len(block) >= os.Getpagesize(); {
		n, err := f.Write(block)
		size += int64(n)
		switch {
		case errors.Is(err, syscall.ENOSPC):
			block = block[:len(block)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
	if err := f.Truncate(max(size-int64(pages*os.Getpagesize()), 0)); err != nil {
		t.Fatal(err)
	}
}

func (d smallDisk) makeRoom(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.ballast); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// clear takes a till's database off the disk.
func (d smallDisk) clear(t *testing.T, s *cardTill) {
	t.Helper()
	path, _ := store.SQLitePath(d.dsn)
	if err := errors.Join(s.Close(), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
}

// The disk is full from any step of a payment or refund on, to its last page or
// in the middle of what the step writes. What cannot be written is refused as
// that, also to whoever looks meanwhile; once there is room, the same process
// finishes or undoes what was begun, and the shopper's second try is no second
// sale.
func TestADiskThatIsFullFromAnyStepOn(t *testing.T) {
	disk := newSmallDisk(t)
	for _, story := range stories {
		if strings.Contains(story.name, "staff") || strings.Contains(story.name, "gate") {
			continue // they set rules while they are told
		}
		s := newStoryTill(t, disk.dsn, false)
		for _, pages := range []int{0, 5} {
			refusals, at := 0, 1
			for ; s.fillsUp(t, disk, story, at, pages, &refusals); at++ {
			}
			if at < 3 || pages == 0 && refusals < 2 {
				t.Errorf("%s: %d steps, room for %d pages: refused %d times", story.name, at-1, pages, refusals)
			}
		}
		disk.clear(t, s)
	}
}

// fillsUp tells a story whose disk is full from a step on. false: it has fewer
// steps.
func (s *cardTill) fillsUp(t *testing.T, disk smallDisk, story story, at, pages int, refusals *int) bool {
	t.Helper()
	s.stories++
	s.replace(t, shelf())
	before := s.balance(t, ben)
	m := &mortal{at: at, before: func() { disk.fill(t, pages) }}
	s.service = s.node(t, &mortal{})
	node := s.node(t, m)
	told := story.tell(t, s, node)
	s.service = node
	reached := m.died()
	m.at = 0
	looked := []error{told, s.service.Recover(t.Context())}
	s.clock.add(payments.Patience)
	looked = append(looked, s.service.Recover(t.Context()))
	for i, err := range looked {
		switch {
		case errors.Is(err, checkout.ErrFull):
			*refusals++
		case err != nil && i == 0 || !reached && err != nil:
			t.Errorf("%s: got %v", story.name, err)
		}
	}
	disk.makeRoom(t)
	s.card.heal()
	s.tryAgain(t, story, told)
	s.endsWell(t, before)
	if t.Failed() {
		t.Fatalf("%s: the disk was full from step %d on, but for %d pages; told: %v", story.name, at, pages, told)
	}
	return reached
}

// tryAgain pays the story's bill again, as its shopper does who was refused.
func (s *cardTill) tryAgain(t *testing.T, story story, told error) {
	t.Helper()
	b, err := s.BillByCart(t.Context(), "demo", s.cart())
	if told == nil || errors.Is(err, payments.ErrBillVoid) {
		return // nobody was refused, or it is no sale
	}
	if err != nil {
		t.Fatal(err)
	}
	var waits *payments.HandoffError // on the provider's page, where nobody pays
	_, err = s.service.Pay(t.Context(), b, byCard())
	if err != nil && !errors.Is(err, payments.ErrBillPending) && !errors.As(err, &waits) {
		t.Errorf("%s: paid again: %v", story.name, err)
	}
}
