package receipts

import (
	"fmt"

	"github.com/skip2/go-qrcode"
)

// qrModules are the dark modules of a QR code of level M, without the quiet
// zone: [row][column].
func qrModules(data string) ([][]bool, error) {
	q, err := qrcode.New(data, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}

// qrPNG is a code for a screen, 520 dots wide.
func qrPNG(data string) ([]byte, error) {
	png, err := qrcode.Encode(data, qrcode.Medium, 520)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return png, nil
}
