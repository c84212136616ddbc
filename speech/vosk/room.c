//go:build vosk && linux

// OpenFst reads the label of one arc behind a state's last (label-reachable.h,
// LowerBound) and throws it away. Where that arc would lie on a page that is not
// there, the process ends: once in some thousands of utterances. These
// operators of C++ are found before the library's, and leave room for one arc
// behind everything.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#include "room.h"

enum { room = 16 }; // bytes of an arc

static void *(*library)(size_t); // operator new: throws where there is no memory
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look(void) { library = (void *(*)(size_t))dlsym(RTLD_NEXT, "_Znwm"); }

void *_Znwm(size_t size) {
	pthread_once(&once, look);
	return library(size + room);
}

void *_Znam(size_t size) { return _Znwm(size); }

// An allocator's own operators may trust the size that they are told.
void _ZdlPv(void *p) { free(p); }
void _ZdaPv(void *p) { free(p); }
void _ZdlPvm(void *p, size_t size) { free(p); }
void _ZdaPvm(void *p, size_t size) { free(p); }

size_t voicetill_room_behind(size_t size) {
	void *p = _Znwm(size);
	size_t all = malloc_usable_size(p);
	_ZdlPvm(p, size);
	return all - size;
}
