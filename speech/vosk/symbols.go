//go:build vosk

package vosk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"voicetill/speech"
)

// byLabel sorts arcs by the model's word number, as composition needs them.
func byLabel(arcs []speech.LanguageArc, labels []int32) []speech.LanguageArc {
	sorted := slices.Clone(arcs)
	slices.SortFunc(sorted, func(a, b speech.LanguageArc) int { return int(labels[a.Label] - labels[b.Label]) })
	return sorted
}

// writeWords writes words.txt, a word and its number a line, from the symbol
// table inside a language model (OpenFst symbol-table.cc, SymbolTableImpl::Read).
func writeWords(path, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	r := &binaryReader{r: bufio.NewReaderSize(in, 1<<20)}
	magic := r.i32()
	r.text() // type
	r.text() // arc type
	r.i32()  // version
	flags := r.i32()
	for range 4 {
		r.i64() // properties, start, states, arcs
	}
	if r.err != nil || magic != fstMagic || flags&3 == 0 {
		return fmt.Errorf("%s has no symbol table", from)
	}
	if r.i32() != symbolsMagic {
		return fmt.Errorf("%s has no symbol table", from)
	}
	r.text() // name
	r.i64()  // next free number
	size := r.i64()
	if size < 0 || size > 10_000_000 {
		return fmt.Errorf("%s has a damaged symbol table", from)
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	w := bufio.NewWriter(out)
	for range size {
		word := r.text()
		number := r.i64()
		fmt.Fprintf(w, "%s %d\n", word, number)
	}
	return errors.Join(r.err, w.Flush(), out.Close())
}

// binaryReader reads little-endian values and keeps the first error.
type binaryReader struct {
	r   *bufio.Reader
	err error
}

func (b *binaryReader) bytes(n int) []byte {
	buf := make([]byte, n)
	if b.err == nil {
		_, b.err = io.ReadFull(b.r, buf)
	}
	return buf
}

// skip passes over n values of a size in bytes.
func (b *binaryReader) skip(n, size int64) {
	switch {
	case b.err != nil:
	case n < 0 || n > math.MaxInt32:
		b.err = errors.New("damaged length")
	default:
		for left := n * size; left > 0 && b.err == nil; {
			var passed int
			passed, b.err = b.r.Discard(int(min(left, 1<<20)))
			left -= int64(passed)
		}
	}
}

func (b *binaryReader) flag() bool { return b.bytes(1)[0] != 0 }

func (b *binaryReader) i32() int32 { return int32(binary.LittleEndian.Uint32(b.bytes(4))) }
func (b *binaryReader) i64() int64 { return int64(binary.LittleEndian.Uint64(b.bytes(8))) }

func (b *binaryReader) text() string {
	n := b.i32()
	if n < 0 || n > 1<<16 {
		if b.err == nil {
			b.err = errors.New("damaged string")
		}
		return ""
	}
	return string(b.bytes(int(n)))
}
