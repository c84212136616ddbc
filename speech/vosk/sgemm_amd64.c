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
	line = 16       // floats of a cache line
};

typedef void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *,
                      int);

static sgemm library;
static int wide;   // the processor has AVX2 and FMA
static int bfloat; // and multiplies numbers of 16 bits
static atomic_long direct;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look(void) {
	library = (sgemm)dlsym(RTLD_NEXT, "cblas_sgemm");
	wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	bfloat = wide && voicetill_has_bfloat();
}

long voicetill_direct_products(void) { return atomic_load(&direct); }

int voicetill_multiplies_directly(void) {
	pthread_once(&once, look);
	return wide;
}

int voicetill_round_products(int on) {
	pthread_once(&once, look);
	int can = wide && voicetill_has_bfloat();
	bfloat = on && can;
	return can;
}

void voicetill_library_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a,
                             int lda, const float *b, int ldb, float beta, float *c, int ldc) {
	pthread_once(&once, look);
	library(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

// turn writes 8 inputs of 8 frames as x[input][frame].
__attribute__((target("avx2"), always_inline)) static inline void turn(const float *a, int lda, float *x, int padded) {
	__m256 r[8], pairs[8], fours[8];
#pragma GCC unroll 8
	for (int i = 0; i < 8; i++)
		r[i] = _mm256_loadu_ps(a + (ptrdiff_t)i * lda);
#pragma GCC unroll 4
	for (int i = 0; i < 8; i += 2) {
		pairs[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
		pairs[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
	}
#pragma GCC unroll 2
	for (int i = 0; i < 8; i += 4)
#pragma GCC unroll 2
		for (int j = 0; j < 2; j++) {
			fours[i + 2 * j] = _mm256_shuffle_ps(pairs[i + j], pairs[i + 2 + j], 0x44);
			fours[i + 2 * j + 1] = _mm256_shuffle_ps(pairs[i + j], pairs[i + 2 + j], 0xee);
		}
#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		_mm256_store_ps(x + i * padded, _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20));
		_mm256_store_ps(x + (i + 4) * padded, _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31));
	}
}

// interleave writes depth inputs of some frames as x[input][frame], filled up
// with zeros to whole registers.
__attribute__((target("avx2"))) static void interleave(int rows, int padded, int depth, const float *a, int lda,
                                                       float *x) {
	for (int i = 0; i < padded; i += lanes) {
		int p = 0;
		if (i + lanes <= rows)
			for (; p + lanes <= depth; p += lanes)
				turn(a + (ptrdiff_t)i * lda + p, lda, x + p * padded + i, padded);
		for (; p < depth; p++)
			for (int j = i; j < i + lanes; j++)
				x[p * padded + j] = j < rows ? a[(ptrdiff_t)j * lda + p] : 0;
	}
}

// sum adds the products of 8*groups frames with some outputs, and fetches the
// weights of the outputs after them, which may lie behind the matrix: a prefetch
// never faults. It is inlined with both counts constant, so that all sums stay in
// registers.
__attribute__((target("avx2,fma"), always_inline)) static inline void
sum(int groups, int outputs, int rows, int depth, const float *x, const float *b, int ldb, float alpha, float *c,
    int ldc) {
	__m256 sums[4][3];
#pragma GCC unroll 4
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
#pragma GCC unroll 4
			for (int j = 0; j < outputs; j++) {
				__m256 weight = _mm256_broadcast_ss(b + (ptrdiff_t)j * ldb + p);
#pragma GCC unroll 3
				for (int g = 0; g < groups; g++)
					sums[j][g] = _mm256_fmadd_ps(_mm256_load_ps(x + g * lanes), weight, sums[j][g]);
			}
	}
	float out[4][panel_rows] __attribute__((aligned(32)));
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

__attribute__((target("avx2"))) void voicetill_pairs(int rows, int depth, const float *a, int lda, float *x) {
	int p = 0;
	for (; rows == lanes && p + lanes <= depth; p += lanes)
#pragma GCC unroll 2
		for (int half = 0; half < 2; half++) {
			__m256d r[4], twos[4];
#pragma GCC unroll 4
			for (int i = 0; i < 4; i++)
				r[i] = _mm256_castps_pd(_mm256_loadu_ps(a + (ptrdiff_t)(4 * half + i) * lda + p));
#pragma GCC unroll 2
			for (int i = 0; i < 4; i += 2) {
				twos[i] = _mm256_unpacklo_pd(r[i], r[i + 1]);
				twos[i + 1] = _mm256_unpackhi_pd(r[i], r[i + 1]);
			}
			double *to = (double *)(x + p * lanes + lanes * half);
			_mm256_store_pd(to, _mm256_permute2f128_pd(twos[0], twos[2], 0x20));
			_mm256_store_pd(to + lanes, _mm256_permute2f128_pd(twos[1], twos[3], 0x20));
			_mm256_store_pd(to + 2 * lanes, _mm256_permute2f128_pd(twos[0], twos[2], 0x31));
			_mm256_store_pd(to + 3 * lanes, _mm256_permute2f128_pd(twos[1], twos[3], 0x31));
		}
	for (; p < depth + depth % 2; p++)
		for (int i = 0; i < lanes; i++)
			x[p / 2 * 2 * lanes + 2 * i + p % 2] = i < rows && p < depth ? a[(ptrdiff_t)i * lda + p] : 0;
}

// sum_pairs is sum for 8 frames and what voicetill_pairs wrote: two weights are broadcast at
// a time and used twice, so that the multiplications and not the loads are what it
// waits for.
__attribute__((target("avx2,fma"), always_inline)) static inline void
sum_pairs(int outputs, int rows, int depth, const float *x, const float *b, int ldb, float alpha, float *c, int ldc) {
	__m256 sums[6][2];
#pragma GCC unroll 6
	for (int j = 0; j < outputs; j++)
		sums[j][0] = sums[j][1] = _mm256_setzero_ps();
	for (int p = 0; p < depth;) {
		int end = p + line < depth ? p + line : depth;
#pragma GCC unroll 6
		for (int j = 0; j < outputs; j++)
			_mm_prefetch((const char *)(b + (ptrdiff_t)(j + outputs) * ldb + p), _MM_HINT_T0);
		for (; p < end; p += 2, x += 2 * lanes) {
			__m256 first = _mm256_load_ps(x), second = _mm256_load_ps(x + lanes);
#pragma GCC unroll 6
			for (int j = 0; j < outputs; j++) {
				__m256 weights =
				    _mm256_castpd_ps(_mm256_broadcast_sd((const double *)(b + (ptrdiff_t)j * ldb + p)));
				sums[j][0] = _mm256_fmadd_ps(first, weights, sums[j][0]);
				sums[j][1] = _mm256_fmadd_ps(second, weights, sums[j][1]);
			}
		}
	}
	float out[6][2 * lanes] __attribute__((aligned(32)));
#pragma GCC unroll 6
	for (int j = 0; j < outputs; j++) {
		_mm256_store_ps(out[j], sums[j][0]);
		_mm256_store_ps(out[j] + lanes, sums[j][1]);
	}
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < outputs; j++)
			c[(ptrdiff_t)i * ldc + j] += alpha * (out[j][2 * i] + out[j][2 * i + 1]);
}

#define PAIRS_KERNEL(name, outputs)                                                                               \
	__attribute__((target("avx2,fma"))) static void name(int rows, int depth, const float *x, const float *b, \
	                                                     int ldb, float alpha, float *c, int ldc) {           \
		sum_pairs(outputs, rows, depth, x, b, ldb, alpha, c, ldc);                                        \
	}

PAIRS_KERNEL(eight_by_six, 6)
PAIRS_KERNEL(eight_by_one, 1)

KERNEL(sixteen_by_four, 2, 4)
KERNEL(sixteen_by_one, 2, 1)
KERNEL(twentyfour_by_four, 3, 4)
KERNEL(twentyfour_by_one, 3, 1)

typedef void (*kernel)(int, int, const float *, const float *, int, float, float *, int);

// products adds the products of the frames in x with all outputs, some at a time
// and the last ones singly.
static void products(kernel many, int outputs, kernel one, int rows, int n, int depth, const float *x, const float *b,
                     int ldb, float alpha, float *c, int ldc) {
	int j = 0;
	for (; j + outputs <= n; j += outputs)
		many(rows, depth, x, b + (ptrdiff_t)j * ldb, ldb, alpha, c + j, ldc);
	for (; j < n; j++)
		one(rows, depth, x, b + (ptrdiff_t)j * ldb, ldb, alpha, c + j, ldc);
}

// panel adds the products of up to 24 frames with all outputs.
static void panel(int rows, int n, int depth, const float *a, int lda, const float *b, int ldb, float alpha, float *c,
                  int ldc) {
	float x[most_depth * panel_rows] __attribute__((aligned(64)));
	if (rows <= lanes) {
		int even = depth & ~1;
		voicetill_pairs(rows, even, a, lda, x);
		products(eight_by_six, 6, eight_by_one, rows, n, even, x, b, ldb, alpha, c, ldc);
		if (even < depth)
			for (int i = 0; i < rows; i++)
				for (int j = 0; j < n; j++)
					c[(ptrdiff_t)i * ldc + j] +=
					    alpha * a[(ptrdiff_t)i * lda + even] * b[(ptrdiff_t)j * ldb + even];
	} else if (rows <= 2 * lanes) {
		interleave(rows, 2 * lanes, depth, a, lda, x);
		products(sixteen_by_four, 4, sixteen_by_one, rows, n, depth, x, b, ldb, alpha, c, ldc);
	} else {
		interleave(rows, 3 * lanes, depth, a, lda, x);
		products(twentyfour_by_four, 4, twentyfour_by_one, rows, n, depth, x, b, ldb, alpha, c, ldc);
	}
}

void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
	pthread_once(&once, look);
	if (!wide || order != row_major || transA != no_trans || transB != trans || beta != 1 || m > most_rows) {
		library(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
		return;
	}
	atomic_fetch_add_explicit(&direct, 1, memory_order_relaxed);
	void (*add)(int, int, int, const float *, int, const float *, int, float, float *, int) =
	    bfloat ? voicetill_bfloat_panel : panel;
	for (int from = 0; from < k; from += most_depth) {
		int depth = k - from < most_depth ? k - from : most_depth;
		for (int i = 0; i < m; i += panel_rows) {
			int rows = m - i < panel_rows ? m - i : panel_rows;
			add(rows, n, depth, a + (ptrdiff_t)i * lda + from, lda, b + from, ldb, alpha, c + (ptrdiff_t)i * ldc,
			    ldc);
		}
	}
}
