//go:build vosk

package vosk

import (
	"bufio"
	"fmt"
	"os"
)

// lookaheadMagic begins what OpenFst adds to an FST (add-on.h).
const lookaheadMagic = 446681434

// checkLexicon reads through graph/HCLr.fst: the library loads a model without
// it all the same, and crashes at the first recogniser.
func checkLexicon(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := &binaryReader{r: bufio.NewReaderSize(f, 1<<20)}
	kind, _, _ := r.header()
	if r.err == nil && kind != "olabel_lookahead" {
		return fmt.Errorf("it is an FST of type %q", kind)
	}
	if magic := r.i32(); r.err == nil && magic != lookaheadMagic {
		return fmt.Errorf("it has no look-ahead")
	}
	kind, states, arcs := r.header()
	if r.err == nil && kind != "const" {
		return fmt.Errorf("it holds an FST of type %q", kind)
	}
	r.skip(states, 20) // const-fst.h: weight, place, arcs, two counts of epsilons
	r.skip(arcs, 16)
	if r.flag() && r.flag() {
		r.reachable()
	}
	if r.flag() {
		r.reachable()
	}
	return r.err
}

// header reads an FstHeader (fst.cc): the type, and how many states and arcs
// follow.
func (b *binaryReader) header() (kind string, states, arcs int64) {
	if magic := b.i32(); b.err == nil && magic != fstMagic {
		b.err = fmt.Errorf("it is no FST")
	}
	kind = b.text()
	b.text()     // type of the arcs
	b.skip(4, 4) // version, flags, properties
	b.i64()      // start
	return kind, b.i64(), b.i64()
}

// reachable reads over one LabelReachableData (label-reachable.h).
func (b *binaryReader) reachable() {
	b.flag() // whether it is of the input
	if b.flag() {
		b.skip(b.i64(), 8) // labels and their new numbers
	}
	b.i32() // final label
	for n := b.i64(); n > 0 && b.err == nil; n-- {
		b.skip(b.i64(), 8) // intervals
		b.i32()            // how much they hold
	}
}
