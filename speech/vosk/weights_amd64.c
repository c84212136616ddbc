//go:build vosk && linux

// Rounding a model's weights takes as long as multiplying them with 8 frames, and
// half of their bytes have to be fetched. So they are rounded once and kept. The
// library does not say which matrices are weights: one that has the same content
// at its first use and at a later one is taken for constant. Some of it is compared at
// each use all the same: the memory of a model that was closed may hold another's.

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bfloat.h"

enum {
	most_kept = 4096,     // matrices
	most_looked_at = 64,  // places of the table
	smallest = 1 << 10,   // weights that are worth it
	uses_until_kept = 4,  // with the same content at the first and the last of them
	samples = 4,          // pieces compared at each use
	sample_size = 16      // floats of a piece
};

struct matrix {
	const float *b;
	int n, depth, ldb, uses;
	uint64_t content;
	float sampled[samples][sample_size];
	_Atomic(uint32_t *) rounded; // NULL until it is kept
};

static _Atomic(struct matrix *) table[most_kept]; // by hash, the next free one where that is taken
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

// sample is where a piece begins that is compared: they lie on a diagonal.
static const float *sample(const struct matrix *m, int i) {
	ptrdiff_t row = (ptrdiff_t)(m->n - 1) * i / (samples - 1);
	ptrdiff_t column = (ptrdiff_t)(m->depth - sample_size) * i / (samples - 1);
	return m->b + row * m->ldb + column;
}

static int as_sampled(const struct matrix *m) {
	for (int i = 0; i < samples; i++)
		if (memcmp(sample(m, i), m->sampled[i], sizeof m->sampled[i]) != 0)
			return 0;
	return 1;
}

// content_of is a hash (FNV-1a, of 32 bits at a time).
static uint64_t content_of(const struct matrix *m) {
	uint64_t hash = 14695981039346656037u;
	for (int j = 0; j < m->n; j++)
		for (int p = 0; p < m->depth; p++) {
			uint32_t bits;
			memcpy(&bits, m->b + (ptrdiff_t)j * m->ldb + p, sizeof bits);
			hash = (hash ^ bits) * 1099511628211u;
		}
	return hash;
}

static void round_all(struct matrix *m) {
	size_t block = (size_t)(m->depth + 1) / 2 * outputs;
	size_t blocks = (size_t)(m->n + outputs - 1) / outputs;
	uint32_t *w;
	if (posix_memalign((void **)&w, 64, blocks * block * sizeof *w) != 0)
		return;
	for (size_t i = 0; i < blocks; i++) {
		int left = m->n - (int)i * outputs;
		voicetill_round_weights(left < outputs ? left : outputs, m->depth,
		                        m->b + (ptrdiff_t)i * outputs * m->ldb, m->ldb, w + i * block);
	}
	atomic_store_explicit(&m->rounded, w, memory_order_release);
}

// count notes a use of a matrix that is not kept; the caller has locked.
static void count(struct matrix *m) {
	if (m->uses < uses_until_kept && ++m->uses == uses_until_kept && content_of(m) == m->content)
		round_all(m);
}

// add is the first use of a matrix; the caller has locked.
static void add(_Atomic(struct matrix *) *free_place, struct matrix like) {
	struct matrix *m = malloc(sizeof *m);
	if (!m)
		return;
	*m = like;
	m->uses = 1;
	m->content = content_of(m);
	for (int i = 0; i < samples; i++)
		memcpy(m->sampled[i], sample(m, i), sizeof m->sampled[i]);
	atomic_store_explicit(free_place, m, memory_order_release);
}

// find is the place of a matrix in the table, or the free one where it belongs, or
// NULL where others are in all its places.
static _Atomic(struct matrix *) *find(const struct matrix *like) {
	size_t hash = ((uintptr_t)like->b >> 6) * 0x9e3779b97f4a7c15u >> 40;
	for (size_t i = 0; i < most_looked_at; i++) {
		_Atomic(struct matrix *) *place = &table[(hash + i) % most_kept];
		const struct matrix *m = atomic_load_explicit(place, memory_order_acquire);
		if (!m || (m->b == like->b && m->n == like->n && m->depth == like->depth && m->ldb == like->ldb))
			return place;
	}
	return NULL;
}

const uint32_t *voicetill_kept_weights(int n, int depth, const float *b, int ldb) {
	if (depth < sample_size || (ptrdiff_t)n * depth < smallest)
		return NULL;
	struct matrix like = {.b = b, .n = n, .depth = depth, .ldb = ldb};
	_Atomic(struct matrix *) *place = find(&like);
	if (!place)
		return NULL;
	struct matrix *m = atomic_load_explicit(place, memory_order_acquire);
	uint32_t *rounded = m ? atomic_load_explicit(&m->rounded, memory_order_acquire) : NULL;
	if (rounded)
		return as_sampled(m) ? rounded : NULL;
	pthread_mutex_lock(&adding);
	place = find(&like); // another thread may have added it, or taken the place
	if (place && (m = atomic_load(place)))
		count(m);
	else if (place)
		add(place, like);
	pthread_mutex_unlock(&adding);
	return NULL;
}
