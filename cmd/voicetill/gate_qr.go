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
	"golang.org/x/image/draw"
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

// decodeQR reads the QR code anywhere in a PNG or JPEG. Codes that are missed in
// one size are found in another, and by one threshold for the whole picture.
func decodeQR(data []byte) (text string, err error) {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return "", fmt.Errorf("read image: %w", err)
	}
	sizes := map[int]gozxing.LuminanceSource{}
	for _, threshold := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		for _, quarters := range []int{4, 2, 3, 6} {
			if sizes[quarters] == nil {
				sizes[quarters] = gozxing.NewLuminanceSourceFromImage(resized(img, quarters))
			}
			if text, err = decodeSize(sizes[quarters], threshold); err == nil {
				return text, nil
			}
		}
	}
	return "", fmt.Errorf("find a QR code in the image: %w", err)
}

// resized is img at so many quarters of its size.
func resized(img image.Image, quarters int) image.Image {
	if quarters == 4 {
		return img
	}
	size := img.Bounds().Size().Mul(quarters).Div(4)
	gray := image.NewGray(image.Rectangle{Max: size})
	draw.ApproxBiLinear.Scale(gray, gray.Bounds(), img, img.Bounds(), draw.Src, nil)
	return gray
}

func decodeSize(whole gozxing.LuminanceSource, threshold func(gozxing.LuminanceSource) gozxing.Binarizer) (text string, err error) {
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, part := range parts(image.Rect(0, 0, whole.GetWidth(), whole.GetHeight())) {
		var source gozxing.LuminanceSource
		if source, err = whole.Crop(part.Min.X, part.Min.Y, part.Dx(), part.Dy()); err != nil {
			return "", err
		}
		var bits *gozxing.BinaryBitmap
		if bits, err = gozxing.NewBinaryBitmap(threshold(source)); err != nil {
			return "", err
		}
		var result *gozxing.Result
		if result, err = qrcode.NewQRCodeReader().Decode(bits, hints); err == nil {
			return result.GetText(), nil
		}
	}
	return "", err
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
