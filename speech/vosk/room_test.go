//go:build vosk && linux

package vosk

import "testing"

func TestAnArcBehindTheLastMayBeRead(t *testing.T) {
	for size := 16; size <= 1<<16; size += 16 {
		if got := roomBehind(size); got < 16 {
			t.Fatalf("behind %d bytes there is room for %d, want 16", size, got)
		}
	}
}
