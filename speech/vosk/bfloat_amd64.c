//go:build vosk && linux

// The products of sgemm_amd64.c on processors that multiply numbers of 16 bits
// (bfloat16: a float's first half) and add them up as floats, twice as many at a
// time. A register holds two weights of each of 16 outputs, and each two inputs of
// a frame are broadcast to all of them.

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "bfloat.h"
#include "sgemm.h"

#define TARGET "avx512f,avx512bw,avx512vl,avx512bf16,avx2,fma"

enum {
	lanes = 8,       // frames that are turned at a time
	most_groups = 3, // of so many frames
	ahead = 1024     // weights, two by two, that are fetched before they are used
};

int voicetill_has_bfloat(void) {
	return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512bf16");
}

// round_frames writes depth inputs of 8*groups frames as x[input/2][frame][input%2],
// filled up with zeros.
__attribute__((target(TARGET))) static void round_frames(int groups, int rows, int depth, const float *a, int lda,
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

__attribute__((target(TARGET))) void voicetill_round_weights(int n, int depth, const float *b, int ldb, uint32_t *w) {
	int pairs = (depth + 1) / 2;
	uint32_t row[most_depth / 2] __attribute__((aligned(64)));
	for (int j = 0; j < outputs; j++) {
		for (int p = 0; p < depth; p += 32) {
			int left = j < n ? depth - p : 0;
			__mmask16 first = left < 16 ? (1u << left) - 1 : 0xffff;
			__mmask16 second = left < 16 ? 0 : left < 32 ? (1u << (left - 16)) - 1 : 0xffff;
			const float *at = b + (ptrdiff_t)j * ldb + p;
			__m512bh rounded = _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(second, at + 16),
			                                       _mm512_maskz_loadu_ps(first, at));
			_mm512_store_si512((__m512i *)(row + p / 2), (__m512i)rounded);
		}
		for (int p = 0; p < pairs; p++)
			w[p * outputs + j] = row[p];
	}
}

// sum adds the products of some frames with 16 outputs, the first n of which are
// wanted. It is inlined with the count of frames constant, so that all sums stay in
// registers. What it fetches may lie behind the weights: a prefetch never faults.
__attribute__((target(TARGET), always_inline)) static inline void
sum(int frames, int rows, int depth, const uint32_t *x, const uint32_t *w, int n, float alpha, float *c, int ldc) {
	__m512 sums[most_groups * lanes];
#pragma GCC unroll 24
	for (int i = 0; i < frames; i++)
		sums[i] = _mm512_setzero_ps();
	int pairs = (depth + 1) / 2;
	for (int p = 0; p < pairs; p++, w += outputs, x += frames) {
		__m512bh weights = (__m512bh)_mm512_load_si512(w);
		_mm_prefetch((const char *)(w + ahead), _MM_HINT_T0);
#pragma GCC unroll 24
		for (int i = 0; i < frames; i++)
			sums[i] = _mm512_dpbf16_ps(sums[i], weights, (__m512bh)_mm512_set1_epi32(x[i]));
	}
	__mmask16 wanted = n < outputs ? (1u << n) - 1 : 0xffff;
#pragma GCC unroll 24
	for (int i = 0; i < frames; i++)
		if (i < rows) {
			float *to = c + (ptrdiff_t)i * ldc;
			__m512 before = _mm512_maskz_loadu_ps(wanted, to);
			_mm512_mask_storeu_ps(to, wanted,
			                      _mm512_add_ps(before, _mm512_mul_ps(_mm512_set1_ps(alpha), sums[i])));
		}
}

#define KERNEL(name, frames)                                                                                     \
	__attribute__((target(TARGET))) static void name(int rows, int depth, const uint32_t *x, const uint32_t *w, \
	                                                 int n, float alpha, float *c, int ldc) {                   \
		sum(frames, rows, depth, x, w, n, alpha, c, ldc);                                                   \
	}

KERNEL(eight, 8)
KERNEL(sixteen, 16)
KERNEL(twentyfour, 24)

void voicetill_bfloat_panel(int rows, int n, int depth, const float *a, int lda, const float *b, int ldb, float alpha,
                            float *c, int ldc) {
	static void (*const kernels[most_groups])(int, int, const uint32_t *, const uint32_t *, int, float, float *,
	                                          int) = {eight, sixteen, twentyfour};
	uint32_t x[most_depth / 2 * most_groups * lanes] __attribute__((aligned(64)));
	uint32_t used_once[most_depth / 2 * outputs] __attribute__((aligned(64)));
	int groups = (rows + lanes - 1) / lanes, pairs = (depth + 1) / 2;
	round_frames(groups, rows, depth, a, lda, x);
	const uint32_t *kept = voicetill_kept_weights(n, depth, b, ldb);
	for (int j = 0; j < n; j += outputs) {
		int some = n - j < outputs ? n - j : outputs;
		const uint32_t *w = kept + (ptrdiff_t)j * pairs;
		if (!kept) {
			voicetill_round_weights(some, depth, b + (ptrdiff_t)j * ldb, ldb, used_once);
			w = used_once;
		}
		kernels[groups - 1](rows, depth, x, w, some, alpha, c + j, ldc);
	}
}
