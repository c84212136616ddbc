#ifndef VOICETILL_ROOM_H
#define VOICETILL_ROOM_H

#include <stddef.h>

// How many bytes behind size bytes of the library's may be read.
size_t voicetill_room_behind(size_t size);

#endif
