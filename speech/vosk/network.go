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
	"path/filepath"

	api "github.com/alphacep/vosk-api/go"

	"voicetill/speech"
)

// ErrNoNetworks says that a model's graph is static, so that it cannot take
// another language.
var ErrNoNetworks = errors.New("this model has a static graph (HCLG.fst): phrases only")

// Compile loads the model a second time with the network in the place of its
// language model. The library makes only bigrams of phrases; a model's own
// language model (graph/Gr.fst) may be any word acceptor, since it is composed
// with the lexicon (graph/HCLr.fst) while decoding. About 60 MB each.
func (e *engine) Compile(n *speech.Network) (speech.Engine, error) {
	if _, err := os.Stat(filepath.Join(e.dir, "graph", "HCLr.fst")); err != nil {
		return nil, ErrNoNetworks
	}
	dir, err := os.MkdirTemp("", "voicetill-graph-")
	if err != nil {
		return nil, fmt.Errorf("compile network: %w", err)
	}
	defer os.RemoveAll(dir) // the library reads everything while it loads
	if err := e.overlay(dir, n); err != nil {
		return nil, fmt.Errorf("compile network: %w", err)
	}
	model, err := api.NewModel(dir)
	if err != nil || isNull(model, "model") {
		return nil, fmt.Errorf("compile network of %d states: the library could not load it", len(n.States))
	}
	return &engine{model: model, dir: e.dir, network: true}, nil
}

// overlay makes dir the same model with another graph/Gr.fst.
func (e *engine) overlay(dir string, n *speech.Network) error {
	base, err := filepath.Abs(e.dir)
	if err != nil {
		return err
	}
	for _, name := range []string{"am", "conf", "ivector"} {
		if err := os.Symlink(filepath.Join(base, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	graph := filepath.Join(dir, "graph")
	if err := os.Mkdir(graph, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"HCLr.fst", "disambig_tid.int", "phones"} {
		if err := os.Symlink(filepath.Join(base, "graph", name), filepath.Join(graph, name)); err != nil {
			return err
		}
	}
	labels := make([]int32, len(n.Words))
	for i, w := range n.Words {
		if i == 0 {
			continue
		}
		id := e.find(w)
		if id < 0 {
			return &speech.UnknownWordsError{Words: []string{w}}
		}
		labels[i] = id
	}
	f, err := os.Create(filepath.Join(graph, "Gr.fst"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := writeFST(w, n, labels); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return writeWords(filepath.Join(graph, "words.txt"), filepath.Join(base, "graph", "Gr.fst"))
}

// OpenFst's binary format (fst.h FstHeader::Write, vector-fst.h WriteFst).
const (
	fstMagic     = 2125659606
	symbolsMagic = 2125658996
)

// writeFST writes a vector FST over standard arcs with an acceptor's labels.
func writeFST(w io.Writer, n *speech.Network, labels []int32) error {
	out := &binaryWriter{w: w}
	out.i32(fstMagic)
	out.text("vector")
	out.text("standard")
	out.i32(2) // version
	out.i32(0) // no symbol tables
	out.i64(3) // expanded, mutable; the rest unknown, so that the library computes it
	out.i64(0) // start
	out.i64(int64(len(n.States)))
	out.i64(int64(n.Arcs()))
	for _, s := range n.States {
		final := math.Inf(1)
		if s.Final >= 0 {
			final = s.Final
		}
		out.f32(final)
		out.i64(int64(len(s.Arcs)))
		for _, a := range byLabel(s.Arcs, labels) {
			out.i32(labels[a.Label])
			out.i32(labels[a.Label])
			out.f32(a.Cost)
			out.i32(a.To)
		}
	}
	return out.err
}

// binaryWriter writes little-endian values and keeps the first error.
type binaryWriter struct {
	w   io.Writer
	err error
}

func (b *binaryWriter) put(v any) {
	if b.err == nil {
		b.err = binary.Write(b.w, binary.LittleEndian, v)
	}
}

func (b *binaryWriter) i32(v int32)   { b.put(v) }
func (b *binaryWriter) i64(v int64)   { b.put(v) }
func (b *binaryWriter) f32(v float64) { b.put(float32(v)) }
func (b *binaryWriter) text(s string) {
	b.i32(int32(len(s)))
	b.put([]byte(s))
}
