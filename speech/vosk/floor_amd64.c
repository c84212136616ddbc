//go:build vosk && linux

// Kaldi's rectifier raises each negative activation to zero by a branch, which
// the processor foresees every other time: a twelfth of all decoding. This
// function is found before the library's, and does it eight at a time.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <immintrin.h>
#include <pthread.h>
#include <stddef.h>

#include "floor.h"

typedef void (*floor_function)(struct voicetill_matrix *, const struct voicetill_matrix *, float);

static floor_function library;
static int direct; // the processor has AVX2, and the library's matrices are as declared
static pthread_once_t once = PTHREAD_ONCE_INIT;

__attribute__((target("avx2"))) static void raise_all(struct voicetill_matrix *to, const struct voicetill_matrix *from,
                                                      float least) {
	__m256 floor = _mm256_set1_ps(least);
	for (int r = 0; r < to->rows; r++) {
		float *out = to->data + (ptrdiff_t)r * to->stride;
		const float *in = from->data + (ptrdiff_t)r * from->stride;
		int c = 0;
		for (; c + 8 <= to->columns; c += 8) // no number stays none, as in the library
			_mm256_storeu_ps(out + c, _mm256_max_ps(floor, _mm256_loadu_ps(in + c)));
		for (; c < to->columns; c++)
			out[c] = in[c] < least ? least : in[c];
	}
}

// as_declared has the library raise a matrix of two columns and two rows that
// lie three numbers apart.
static int as_declared(void) {
	float data[6] = {-1, 2, -3, 4, -5, -6};
	const float want[6] = {0, 2, -3, 4, 0, -6};
	struct voicetill_matrix m = {data, 2, 2, 3, 0};
	library(&m, &m, 0);
	for (int i = 0; i < 6; i++)
		if (data[i] != want[i])
			return 0;
	return 1;
}

static void look(void) {
	library = (floor_function)dlsym(RTLD_NEXT, "_ZN5kaldi10MatrixBaseIfE5FloorERKS1_f");
	direct = __builtin_cpu_supports("avx2") && as_declared();
}

int voicetill_floors_directly(void) {
	pthread_once(&once, look);
	return direct;
}

void voicetill_library_floor(struct voicetill_matrix *to, const struct voicetill_matrix *from, float least) {
	pthread_once(&once, look);
	library(to, from, least);
}

void _ZN5kaldi10MatrixBaseIfE5FloorERKS1_f(struct voicetill_matrix *to, const struct voicetill_matrix *from,
                                           float least) {
	pthread_once(&once, look);
	if (direct)
		raise_all(to, from, least);
	else
		library(to, from, least);
}
