//go:build vosk && linux

// The products of sgemm_amd64.c on processors that multiply numbers of 16 bits
// (bfloat16: a float's first half) and add them up as floats, twice as many at a
// time. Weights are rounded when they are used, some outputs at a time.

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "sgemm.h"

#define TARGET "avx512f,avx512bw,avx512vl,avx512bf16,avx2,fma"

enum {
	lanes = 8,        // frames of a register
	line = 16,        // floats of a cache line
	most_groups = 3,  // registers of frames
	most_outputs = 16 // at a time
};

int voicetill_has_bfloat(void) {
	return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512bf16");
}

// round_pairs writes depth inputs of 8*groups frames as x[input/2][frame][input%2],
// filled up with zeros.
__attribute__((target(TARGET))) static void round_pairs(int groups, int rows, int depth, const float *a, int lda,
                                                        uint32_t *x) {
	float turned[most_depth * lanes] __attribute__((aligned(64)));
	int pairs = (depth + 1) / 2;
	for (int g = 0; g < groups; g++) {
		int left = rows - g * lanes;
		voicetill_pairs(left < lanes ? left : lanes, depth, a + (ptrdiff_t)g * lanes * lda, lda, turned);
		for (int p = 0; p < pairs; p++) {
			__m256bh rounded = _mm512_cvtneps_pbh(_mm512_load_ps(turned + p * 2 * lanes));
			_mm256_store_si256((__m256i *)(x + (p * groups + g) * lanes), (__m256i)rounded);
		}
	}
}

// round_weights writes an output's weights two by two, filled up with a zero.
__attribute__((target(TARGET))) static inline void round_weights(int depth, const float *b, uint32_t *w) {
	for (int p = 0; p < depth; p += 32) {
		int left = depth - p;
		__mmask16 first = left < 16 ? (1u << left) - 1 : 0xffff;
		__mmask16 second = left < 16 ? 0 : left < 32 ? (1u << (left - 16)) - 1 : 0xffff;
		__m512bh rounded = _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(second, b + p + 16),
		                                       _mm512_maskz_loadu_ps(first, b + p));
		_mm512_store_si512((__m512i *)(w + p / 2), (__m512i)rounded);
	}
}

// sum adds the products of 8*groups frames with some outputs, and fetches the
// weights of the outputs after them, which may lie behind the matrix: a prefetch
// never faults. It is inlined with both counts constant, so that all sums stay in
// registers.
__attribute__((target(TARGET), always_inline)) static inline void
sum(int groups, int outputs, int rows, int depth, const uint32_t *x, const float *b, int ldb, float alpha, float *c,
    int ldc) {
	uint32_t w[most_outputs][most_depth / 2] __attribute__((aligned(64)));
	for (int j = 0; j < outputs; j++)
		round_weights(depth, b + (ptrdiff_t)j * ldb, w[j]);
	__m256 sums[most_outputs][most_groups];
#pragma GCC unroll 16
	for (int j = 0; j < outputs; j++)
#pragma GCC unroll 3
		for (int g = 0; g < groups; g++)
			sums[j][g] = _mm256_setzero_ps();
	int pairs = (depth + 1) / 2;
	for (int p = 0; p < pairs;) {
		int end = p + line / 2 < pairs ? p + line / 2 : pairs;
#pragma GCC unroll 16
		for (int j = 0; j < outputs; j++)
			_mm_prefetch((const char *)(b + (ptrdiff_t)(j + outputs) * ldb + 2 * p), _MM_HINT_T1);
		for (; p < end; p++, x += groups * lanes)
#pragma GCC unroll 16
			for (int j = 0; j < outputs; j++) {
				__m256bh weights = (__m256bh)_mm256_set1_epi32(w[j][p]);
#pragma GCC unroll 3
				for (int g = 0; g < groups; g++) {
					__m256bh frames = (__m256bh)_mm256_load_si256((const __m256i *)(x + g * lanes));
					sums[j][g] = _mm256_dpbf16_ps(sums[j][g], frames, weights);
				}
			}
	}
	float out[most_outputs][most_groups * lanes] __attribute__((aligned(32)));
#pragma GCC unroll 16
	for (int j = 0; j < outputs; j++)
#pragma GCC unroll 3
		for (int g = 0; g < groups; g++)
			_mm256_store_ps(out[j] + g * lanes, sums[j][g]);
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < outputs; j++)
			c[(ptrdiff_t)i * ldc + j] += alpha * out[j][i];
}

#define KERNEL(name, groups, outputs)                                                                       \
	__attribute__((target(TARGET))) static void name(int rows, int depth, const uint32_t *x,            \
	                                                 const float *b, int ldb, float alpha, float *c, \
	                                                 int ldc) {                                        \
		sum(groups, outputs, rows, depth, x, b, ldb, alpha, c, ldc);                                \
	}

KERNEL(eight_by_sixteen, 1, 16)
KERNEL(eight_by_one, 1, 1)
KERNEL(sixteen_by_eight, 2, 8)
KERNEL(sixteen_by_one, 2, 1)
KERNEL(twentyfour_by_eight, 3, 8)
KERNEL(twentyfour_by_one, 3, 1)

typedef void (*kernel)(int, int, const uint32_t *, const float *, int, float, float *, int);

void voicetill_bfloat_panel(int rows, int n, int depth, const float *a, int lda, const float *b, int ldb, float alpha,
                            float *c, int ldc) {
	static const struct {
		kernel many, one;
		int outputs;
	} kernels[most_groups] = {
	    {eight_by_sixteen, eight_by_one, 16},
	    {sixteen_by_eight, sixteen_by_one, 8},
	    {twentyfour_by_eight, twentyfour_by_one, 8},
	};
	uint32_t x[most_depth / 2 * most_groups * lanes] __attribute__((aligned(64)));
	int groups = (rows + lanes - 1) / lanes;
	round_pairs(groups, rows, depth, a, lda, x);
	int j = 0;
	for (int step = kernels[groups - 1].outputs; j + step <= n; j += step)
		kernels[groups - 1].many(rows, depth, x, b + (ptrdiff_t)j * ldb, ldb, alpha, c + j, ldc);
	for (; j < n; j++)
		kernels[groups - 1].one(rows, depth, x, b + (ptrdiff_t)j * ldb, ldb, alpha, c + j, ldc);
}
