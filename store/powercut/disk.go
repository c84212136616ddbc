// Package powercut is a disk for tests whose power can be cut: what was not
// synced is lost then, wholly or in parts and in any order. It is one folder,
// kept in memory and shown to other processes through FUSE.
package powercut

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
)

// sector is what a disk writes wholly or not at all, in bytes.
const sector = 512

// Disk is what is on the disk and what is only on its way there. A file's
// content is safe once the file is synced, its name once the folder is
// (POSIX.1-2017, fsync; Linux, fsync(2)). It is safe for concurrent use.
type Disk struct {
	mu    sync.Mutex
	off   bool // the power: nothing is read, written or synced
	names map[string]*file
	safe  map[string]*file // names that are on the disk
	lost  int              // changes that cuts have undone
}

// file is one file's content, whatever its name is.
type file struct {
	inode uint64
	data  []byte
	safe  []byte   // on the disk
	way   []change // on its way there, oldest first
}

// change is a write, or a truncation where data is nil.
type change struct {
	at   int64
	data []byte
}

// NewDisk is an empty disk with its power on.
func NewDisk() *Disk { return &Disk{names: map[string]*file{}, safe: map[string]*file{}} }

func (c change) apply(b []byte) []byte {
	end := c.at + int64(len(c.data))
	if c.data == nil && int64(len(b)) > c.at {
		return b[:c.at]
	}
	if short := end - int64(len(b)); short > 0 {
		b = append(b, make([]byte, short)...)
	}
	copy(b[c.at:], c.data)
	return b
}

func (f *file) change(c change) {
	f.data = c.apply(f.data)
	f.way = append(f.way, c)
}

func (f *file) sync() {
	for _, c := range f.way {
		f.safe = c.apply(f.safe)
	}
	f.way = nil
}

// Put writes a file that is safe at once. The disk keeps data.
func (d *Disk) Put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := &file{inode: d.inode(), data: data, safe: slices.Clone(data)}
	d.names[name], d.safe[name] = f, f
}

// Get is a copy of what a file holds; nil if there is none.
func (d *Disk) Get(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[name]; f != nil {
		return slices.Clone(f.data)
	}
	return nil
}

// Names are those of the files, sorted.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names))
}

// Lost is how many changes the cuts so far have undone.
func (d *Disk) Lost() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost
}

func (d *Disk) inode() uint64 {
	last := uint64(1) // the folder's
	for _, names := range []map[string]*file{d.names, d.safe} {
		for _, f := range names {
			last = max(last, f.inode)
		}
	}
	return last + 1
}

// Cut turns the power off: from now on every call fails, and nobody is told
// any more that something is safe.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
}

// Restore turns the power on again. Of what was on its way nothing has arrived
// with a nil random; else each change has or has not, by chance, and one in
// eight only in its first sectors.
func (d *Disk) Restore(random *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if random == nil || random.IntN(2) == 0 {
		d.names = maps.Clone(d.safe)
	} else {
		d.safe = maps.Clone(d.names)
	}
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		f := d.names[name]
		for _, c := range f.way {
			switch c, arrived := c.survive(random); {
			case arrived:
				f.safe = c.apply(f.safe)
			default:
				d.lost++
			}
		}
		f.way, f.data = nil, slices.Clone(f.safe)
	}
	d.off = false
}

// survive is what a cut leaves of a change.
func (c change) survive(random *rand.Rand) (change, bool) {
	if random == nil || random.IntN(2) == 0 {
		return c, false
	}
	if len(c.data) > sector && random.IntN(8) == 0 {
		c.data = c.data[:sector*(1+random.IntN(len(c.data)/sector))]
	}
	return c, true
}
