//go:build vosk

// The library composes its lexicon with a language while it decodes, state by
// state, and each recogniser keeps for itself what it has composed: each begins
// with nothing, takes megabytes, and composes what a hundred others have composed
// before. This function is found before the library's. It hands out copies of one
// graph, which OpenFst lets share all that is composed (fst.h, Copy: not safe
// where two threads use copies at the same time).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "share.h"

#define ARC "_6ArcTplINS_17TropicalWeightTplIfEEEE"
#define GRAPH "3fst9ArcMapFstINS" ARC "S4_NS_28RemoveSomeInputSymbolsMapperIS4_iEEE"
#define COMPOSE                                                                                                    \
	"_ZN3fst19LookaheadComposeFstINS" ARC "iEEPNS_9ArcMapFstIT_S6_NS_28RemoveSomeInputSymbolsMapperIS6_T0_EE"  \
	"EERKNS_3FstIS6_EESF_RKSt6vectorIS8_SaIS8_EE"

typedef void *(*compose_function)(const void *lexicon, const void *language, const void *removed);

static compose_function library;
static void *(*copy)(const void *graph, _Bool safe); // fst::ArcMapFst<…>::Copy
static void (*destroy)(void *graph);                 // its deleting destructor
static pthread_once_t once = PTHREAD_ONCE_INIT;

static _Thread_local int sharing;
static _Thread_local void *shared;

static void look(void) {
	library = (compose_function)dlsym(RTLD_NEXT, COMPOSE);
	copy = (void *(*)(const void *, _Bool))dlsym(RTLD_DEFAULT, "_ZNK" GRAPH "4CopyEb");
	destroy = (void (*)(void *))dlsym(RTLD_DEFAULT, "_ZN" GRAPH "D0Ev");
}

int voicetill_shares(void) {
	pthread_once(&once, look);
	return library && copy && destroy;
}

void voicetill_compose(void *graph) {
	sharing = voicetill_shares();
	shared = graph;
}

void *voicetill_composed(void) {
	void *graph = shared;
	sharing = 0;
	shared = NULL;
	return graph;
}

void voicetill_drop_graph(void *graph) { destroy(graph); }

void *voicetill_lookahead_compose(const void *lexicon, const void *language, const void *removed) __asm__(COMPOSE);

void *voicetill_lookahead_compose(const void *lexicon, const void *language, const void *removed) {
	pthread_once(&once, look);
	if (!sharing)
		return library(lexicon, language, removed);
	if (!shared)
		shared = library(lexicon, language, removed);
	return copy(shared, 0);
}
