//go:build vosk && linux

// Kaldi multiplies a few frames of activations with large matrices of weights:
// C += alpha A B', 8 or 24 rows in A. The library's OpenBLAS copies all weights
// into a buffer before it uses them, which takes three times as long as the
// multiplication. These functions use the weights where they lie: a register
// holds one input of eight frames, and each weight is broadcast to all of them.
// Other products are the library's.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "sgemm.h"

enum { row_major = 101, no_trans = 111, trans = 112 }; // cblas.h

enum {
	lanes = 8,      // floats of a register
	panel_rows = 24, // frames at a time: three registers
	most_rows = 64, // OpenBLAS is as good from here
	block = 320,    // inputs at a time: 24 frames of them fit the first cache
	line = 16       // floats of a cache line
};

typedef void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *,
                      int);

static sgemm library;
static int wide; // the processor has AVX2 and FMA
static atomic_long direct;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look(void) {
	library = (sgemm)dlsym(RTLD_NEXT, "cblas_sgemm");
	wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

long voicetill_direct_products(void) { return atomic_load(&direct); }

int voicetill_multiplies_directly(void) {
	pthread_once(&once, look);
	return wide;
}

void voicetill_library_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a,
                             int lda, const float *b, int ldb, float beta, float *c, int ldc) {
	pthread_once(&once, look);
	library(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

// interleave writes depth inputs of some frames as x[input][frame], filled up
// with zeros to whole registers.
static void interleave(int rows, int padded, int depth, const float *a, int lda, float *x) {
	for (int i = 0; i < padded; i++)
		for (int p = 0; p < depth; p++)
			x[p * padded + i] = i < rows ? a[(ptrdiff_t)i * lda + p] : 0;
}

// sum adds the products of 8*groups frames with some outputs, and fetches the
// weights of the outputs after them, which may lie behind the matrix: a prefetch
// never faults. It is inlined with both counts constant, so that all sums stay in
// registers.
__attribute__((target("avx2,fma"), always_inline)) static inline void
sum(int groups, int outputs, int rows, int depth, const float *x, const float *b, int ldb, float alpha, float *c,
    int ldc) {
	__m256 sums[8][3];
#pragma GCC unroll 8
	for (int j = 0; j < outputs; j++)
#pragma GCC unroll 3
		for (int g = 0; g < groups; g++)
			sums[j][g] = _mm256_setzero_ps();
	for (int p = 0; p < depth;) {
		int end = p + line < depth ? p + line : depth;
#pragma GCC unroll 8
		for (int j = 0; j < outputs; j++)
			_mm_prefetch((const char *)(b + (ptrdiff_t)(j + outputs) * ldb + p), _MM_HINT_T0);
		for (; p < end; p++, x += groups * lanes)
#pragma GCC unroll 8
			for (int j = 0; j < outputs; j++) {
				__m256 weight = _mm256_broadcast_ss(b + (ptrdiff_t)j * ldb + p);
#pragma GCC unroll 3
				for (int g = 0; g < groups; g++)
					sums[j][g] = _mm256_fmadd_ps(_mm256_load_ps(x + g * lanes), weight, sums[j][g]);
			}
	}
	float out[8][panel_rows] __attribute__((aligned(32)));
#pragma GCC unroll 8
	for (int j = 0; j < outputs; j++)
#pragma GCC unroll 3
		for (int g = 0; g < groups; g++)
			_mm256_store_ps(out[j] + g * lanes, sums[j][g]);
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < outputs; j++)
			c[(ptrdiff_t)i * ldc + j] += alpha * out[j][i];
}

#define KERNEL(name, groups, outputs)                                                                              \
	__attribute__((target("avx2,fma"))) static void name(int rows, int depth, const float *x, const float *b, \
	                                                     int ldb, float alpha, float *c, int ldc) {           \
		sum(groups, outputs, rows, depth, x, b, ldb, alpha, c, ldc);                                      \
	}

KERNEL(eight_by_eight, 1, 8)
KERNEL(eight_by_one, 1, 1)
KERNEL(sixteen_by_four, 2, 4)
KERNEL(sixteen_by_one, 2, 1)
KERNEL(twentyfour_by_four, 3, 4)
KERNEL(twentyfour_by_one, 3, 1)

static const struct {
	void (*many)(int, int, const float *, const float *, int, float, float *, int);
	void (*one)(int, int, const float *, const float *, int, float, float *, int);
	int outputs; // of many
} kernels[] = {{eight_by_eight, eight_by_one, 8},
               {sixteen_by_four, sixteen_by_one, 4},
               {twentyfour_by_four, twentyfour_by_one, 4}};

// panel adds the products of up to 24 frames with all outputs.
static void panel(int rows, int n, int depth, const float *a, int lda, const float *b, int ldb, float alpha, float *c,
                  int ldc) {
	float x[block * panel_rows] __attribute__((aligned(64)));
	int groups = (rows + lanes - 1) / lanes, outputs = kernels[groups - 1].outputs, j = 0;
	interleave(rows, groups * lanes, depth, a, lda, x);
	for (; j + outputs <= n; j += outputs)
		kernels[groups - 1].many(rows, depth, x, b + (ptrdiff_t)j * ldb, ldb, alpha, c + j, ldc);
	for (; j < n; j++)
		kernels[groups - 1].one(rows, depth, x, b + (ptrdiff_t)j * ldb, ldb, alpha, c + j, ldc);
}

void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
	pthread_once(&once, look);
	if (!wide || order != row_major || transA != no_trans || transB != trans || beta != 1 || m > most_rows) {
		library(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
		return;
	}
	atomic_fetch_add_explicit(&direct, 1, memory_order_relaxed);
	for (int from = 0; from < k; from += block) {
		int depth = k - from < block ? k - from : block;
		for (int i = 0; i < m; i += panel_rows) {
			int rows = m - i < panel_rows ? m - i : panel_rows;
			panel(rows, n, depth, a + (ptrdiff_t)i * lda + from, lda, b + from, ldb, alpha,
			      c + (ptrdiff_t)i * ldc, ldc);
		}
	}
}
