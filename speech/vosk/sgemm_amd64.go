//go:build vosk && linux

package vosk

/*
#cgo CFLAGS: -O2
#cgo LDFLAGS: -ldl
#include "bfloat.h"
#include "sgemm.h"
*/
import "C"

// directProducts counts the matrix products that were made without copying the
// weights first (sgemm_amd64.c).
func directProducts() int { return int(C.voicetill_direct_products()) }

// multipliesDirectly says that the processor has what it takes.
func multipliesDirectly() bool { return C.voicetill_multiplies_directly() != 0 }

// roundProducts turns on or off that numbers are rounded to 16 bits before they
// are multiplied (bfloat_amd64.c), and reports whether the processor can.
func roundProducts(on bool) bool {
	n := C.int(0)
	if on {
		n = 1
	}
	return C.voicetill_round_products(n) != 0
}

// product adds alpha times A·Bᵀ to c: m rows of k in a, n rows of k in b.
func product(m, n, k int, alpha float32, a, b, c []float32) {
	C.cblas_sgemm(101, 111, 112, C.int(m), C.int(n), C.int(k), C.float(alpha), (*C.float)(&a[0]), C.int(k),
		(*C.float)(&b[0]), C.int(k), 1, (*C.float)(&c[0]), C.int(n))
}

// libraryProduct is product as the library makes it.
func libraryProduct(m, n, k int, alpha float32, a, b, c []float32) {
	C.voicetill_library_sgemm(101, 111, 112, C.int(m), C.int(n), C.int(k), C.float(alpha), (*C.float)(&a[0]), C.int(k),
		(*C.float)(&b[0]), C.int(k), 1, (*C.float)(&c[0]), C.int(n))
}

// keptWeights reports whether a matrix of n rows of k is kept in 16 bits
// (weights_amd64.c), of its first inputs as many as are multiplied at a time. To
// ask is a use.
func keptWeights(n, k int, b []float32) bool {
	return C.voicetill_kept_weights(C.int(n), C.int(min(k, C.most_depth)), (*C.float)(&b[0]), C.int(k)) != nil
}
