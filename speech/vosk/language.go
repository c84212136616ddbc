//go:build vosk

package vosk

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	api "github.com/alphacep/vosk-api/go"

	"voicetill/speech"
)

// Speak loads the model a second time with the language in the place of its
// own. The library makes only bigrams of phrases; a model's own
// language model (graph/Gr.fst) may be any word acceptor, since it is composed
// with the lexicon (graph/HCLr.fst) while decoding. About 60 MB each.
func (e *engine) Speak(n *speech.Language) (speech.Engine, error) {
	if _, err := os.Stat(filepath.Join(e.dir, "graph", "HCLr.fst")); err != nil {
		return nil, speech.ErrOneLanguage
	}
	dir, err := os.MkdirTemp("", "voicetill-graph-")
	if err != nil {
		return nil, fmt.Errorf("load language: %w", err)
	}
	defer os.RemoveAll(dir) // the library reads everything while it loads
	if err := e.overlay(dir, n); err != nil {
		return nil, fmt.Errorf("load language: %w", err)
	}
	model, err := api.NewModel(dir)
	if err != nil || isNull(model, "model") {
		return nil, fmt.Errorf("load language of %d states: the library could not load it", len(n.States))
	}
	return &engine{model: model, dir: e.dir, graphs: newGraphs()}, nil
}

// overlay makes dir the same model with another graph/Gr.fst.
func (e *engine) overlay(dir string, n *speech.Language) error {
	base, err := filepath.Abs(e.dir)
	if err != nil {
		return err
	}
	if err := ownConfig(filepath.Join(dir, "conf"), filepath.Join(base, "conf")); err != nil {
		return err
	}
	for _, name := range []string{"am", "ivector"} {
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

// ownSettings of the decoder for engines that speak a language. A wide lattice
// has alternatives; the ends of utterances are the Listener's business, which
// knows what a whole sentence is, so the library's own rules are put off.
const ownSettings = `--lattice-beam=8.0
--beam=13.0
--max-active=7000
--endpoint.rule2.min-trailing-silence=3.0
--endpoint.rule3.min-trailing-silence=3.0
--endpoint.rule4.min-trailing-silence=3.0
`

// ownConfig makes dir the configuration folder base with ownSettings.
func ownConfig(dir, base string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	features, err := os.ReadFile(filepath.Join(base, "mfcc.conf"))
	if err != nil {
		return err
	}
	features = append(features, "\n--dither=0\n"...) // a dither adds it
	if err := os.WriteFile(filepath.Join(dir, "mfcc.conf"), features, 0o600); err != nil {
		return err
	}
	shipped, err := os.ReadFile(filepath.Join(base, "model.conf"))
	if err != nil {
		return err
	}
	var kept strings.Builder
	for line := range strings.Lines(string(shipped)) {
		option, _, _ := strings.Cut(strings.TrimSpace(line), "=")
		if !strings.Contains(ownSettings, option+"=") {
			kept.WriteString(strings.TrimSpace(line) + "\n")
		}
	}
	return os.WriteFile(filepath.Join(dir, "model.conf"), []byte(kept.String()+ownSettings), 0o600)
}

// OpenFst's binary format (fst.h FstHeader::Write, vector-fst.h WriteFst).
const (
	fstMagic     = 2125659606
	symbolsMagic = 2125658996
)

// writeFST writes a vector FST over standard arcs with an acceptor's labels.
func writeFST(w io.Writer, n *speech.Language, labels []int32) error {
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
