//go:build vosk && linux

package vosk

/*
#include "room.h"
*/
import "C"

// roomBehind is how many bytes may be read behind so many of the library's (room.c).
func roomBehind(size int) int { return int(C.voicetill_room_behind(C.size_t(size))) }
