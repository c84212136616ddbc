//go:build vosk

package vosk

/*
#include "share.h"
*/
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	api "github.com/alphacep/vosk-api/go"

	"voicetill/speech"
)

// graphsPerCPU makes it rare that two who decode at the same time want the same
// graph, and few enough that each is soon known by heart.
const graphsPerCPU = 4

// graph is what some recognisers of one language share: the language composed
// with the lexicon as far as anybody has needed it (share.c). Who uses one of
// these recognisers holds mu.
type graph struct {
	mu       sync.Mutex
	composed unsafe.Pointer // of the library; nil before the first recogniser; under the engine's mu
	users    atomic.Int64   // open recognisers
}

// graphs are those of one engine.
type graphs []graph

func newGraphs() graphs { return make(graphs, graphsPerCPU*runtime.NumCPU()) }

// open opens a recogniser of the graph that has the fewest.
func (gs graphs) open(model *api.VoskModel) (*api.VoskRecognizer, *graph, error) {
	g := &gs[0]
	for i := range gs {
		if gs[i].users.Load() < g.users.Load() {
			g = &gs[i]
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	runtime.LockOSThread() // the library composes in this thread
	defer runtime.UnlockOSThread()
	C.voicetill_compose(g.composed)
	rec, err := api.NewRecognizer(model, speech.SampleRate)
	g.composed = C.voicetill_composed()
	return rec, g, err
}

// close gives back what is composed; recognisers keep it until they are closed.
func (gs graphs) close() {
	for i := range gs {
		if g := &gs[i]; g.composed != nil {
			C.voicetill_drop_graph(g.composed)
			g.composed = nil
		}
	}
}
