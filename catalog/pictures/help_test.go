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

// withOrientation puts an EXIF block (TIFF 6.0, little-endian, one tag) into a
// JPEG behind its first marker.
func withOrientation(jpeg []byte, noted int) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	tiff[18] = byte(noted)
	block := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, jpeg[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(block)+2))
	return append(append(out, block...), jpeg[2:]...)
}
