package pictures

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// fscan reads "40x30".
func fscan(size string, w, h *int) (int, error) { return fmt.Sscanf(size, "%dx%d", w, h) }

// fixCRC makes a PNG's first chunk valid again after its header was changed.
func fixCRC(png []byte) { binary.BigEndian.PutUint32(png[29:33], crc32.ChecksumIEEE(png[12:29])) }
