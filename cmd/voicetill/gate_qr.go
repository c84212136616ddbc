package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // photos of a pass
	_ "image/png"  // screenshots of a pass
	"os"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// readToken takes a pass as typed, or reads it from the QR code in an image.
func readToken(pass string) (string, error) {
	if strings.HasPrefix(pass, "v4.public.") {
		return pass, nil
	}
	data, err := os.ReadFile(pass)
	if errors.Is(err, os.ErrNotExist) {
		return pass, nil // not a file: let the till say that it is not a pass
	}
	if err != nil {
		return "", err
	}
	token, err := decodeQR(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", pass, err)
	}
	return token, nil
}

// decodeQR reads the QR code anywhere in a PNG or JPEG.
func decodeQR(data []byte) (string, error) {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return "", fmt.Errorf("read image: %w", err)
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, part := range parts(img.Bounds()) {
		source := gozxing.NewLuminanceSourceFromImage(img)
		if source, err = source.Crop(part.Min.X-img.Bounds().Min.X, part.Min.Y-img.Bounds().Min.Y, part.Dx(), part.Dy()); err != nil {
			return "", fmt.Errorf("read image: %w", err)
		}
		// The first sees through shadows, the second is better at drawn codes.
		for _, black := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
			var bits *gozxing.BinaryBitmap
			if bits, err = gozxing.NewBinaryBitmap(black); err != nil {
				return "", fmt.Errorf("read image: %w", err)
			}
			var result *gozxing.Result
			if result, err = qrcode.NewQRCodeReader().Decode(bits, hints); err == nil {
				return result.GetText(), nil
			}
		}
	}
	return "", fmt.Errorf("find a QR code in the image: %w", err)
}

// parts are the whole of a picture and, since what else is on a screenshot can
// look like a code's corner, overlapping squares of its shorter side, and of half
// of it.
func parts(whole image.Rectangle) []image.Rectangle {
	list := []image.Rectangle{whole}
	shorter := min(whole.Dx(), whole.Dy())
	for _, side := range []int{shorter, shorter / 2} {
		step := max(1, side/4)
		for y := whole.Min.Y; y == whole.Min.Y || y+side-step < whole.Max.Y; y += step {
			for x := whole.Min.X; x == whole.Min.X || x+side-step < whole.Max.X; x += step {
				if part := image.Rect(x, y, x+side, y+side).Intersect(whole); part != whole && !part.Empty() {
					list = append(list, part)
				}
			}
		}
	}
	return list
}
