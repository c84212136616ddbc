// Package pictures makes the small pictures that shoppers see beside items out
// of what merchants upload or point to. Nothing that was uploaded is served as
// it came: every picture is decoded and written anew.
package pictures

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // decoders of what may be uploaded
	"image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"voicetill/catalog"
)

const (
	// MaxBytes and MaxPixels bound a picture before it is made small.
	MaxBytes  = 5 << 20
	MaxPixels = 25_000_000
	side      = 256 // px, the longest of a made picture
	quality   = 80  // of its JPEG
)

// What is wrong with a picture, as the fault list says it.
var (
	ErrTooBig    = fmt.Errorf("is over %d MiB or %d million pixels", MaxBytes>>20, MaxPixels/1_000_000)
	ErrNoPicture = errors.New("is no PNG, JPEG, GIF or WebP picture")
	ErrNoFile    = errors.New("is neither a file beside the catalogue nor known from before")
	ErrAddress   = errors.New("must be a file's name or begin with https://")
	ErrInside    = errors.New("leads to a computer that is not on the internet")
	ErrNotGiven  = errors.New("could not be fetched")
	ErrTooSlow   = errors.New("was not fetched in time: upload again, what was fetched is kept")
)

// Make returns the picture as a JPEG of at most 256 px, upright as its camera
// has noted, on white where it is transparent. ErrTooBig, or ErrNoPicture.
func Make(data []byte) (catalog.Picture, error) {
	if len(data) > MaxBytes {
		return catalog.Picture{}, ErrTooBig
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return catalog.Picture{}, ErrNoPicture
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return catalog.Picture{}, ErrTooBig
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return catalog.Picture{}, ErrNoPicture
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrink(img), orientation(data, format)), &jpeg.Options{Quality: quality}); err != nil {
		return catalog.Picture{}, fmt.Errorf("write picture: %w", err)
	}
	sum := sha256.Sum256(out.Bytes())
	return catalog.Picture{Hash: hex.EncodeToString(sum[:16]), JPEG: out.Bytes()}, nil
}

func shrink(img image.Image) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	if b.Dx() == w && b.Dy() == h {
		draw.Draw(small, small.Bounds(), img, b.Min, draw.Over)
	} else {
		draw.CatmullRom.Scale(small, small.Bounds(), img, b, draw.Over, nil)
	}
	return small
}
