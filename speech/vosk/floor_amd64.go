//go:build vosk && linux

package vosk

/*
#include "floor.h"
*/
import "C"

import "runtime"

// floorsDirectly says that negative activations are raised without the library
// (floor_amd64.c).
func floorsDirectly() bool { return C.voicetill_floors_directly() != 0 }

// floored returns rows × columns numbers that lie stride apart, none of them
// below least, and the same as the library makes it.
func floored(columns, rows, stride int, least float32, data []float32) (ours, theirs []float32) {
	ours, theirs = append(ours, data...), append(theirs, data...)
	var pins runtime.Pinner
	defer pins.Unpin()
	matrix := func(list []float32) *C.struct_voicetill_matrix {
		pins.Pin(&list[0])
		return &C.struct_voicetill_matrix{data: (*C.float)(&list[0]), columns: C.int(columns), rows: C.int(rows), stride: C.int(stride)}
	}
	a, b := matrix(ours), matrix(theirs)
	C._ZN5kaldi10MatrixBaseIfE5FloorERKS1_f(a, a, C.float(least))
	C.voicetill_library_floor(b, b, C.float(least))
	return ours, theirs
}
