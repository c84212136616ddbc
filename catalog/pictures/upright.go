package pictures

import (
	"bytes"
	"image"

	"github.com/bep/imagemeta"
)

// formats that say which side of a picture is up, by the names of package image.
var formats = map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP}

// orientation of a picture as a camera has noted it: EXIF 2.32, tag 274. 1, as it
// is, where none is noted.
func orientation(data []byte, format string) int {
	kind, known := formats[format]
	if !known {
		return 1
	}
	noted := 1
	_, err := imagemeta.Decode(imagemeta.Options{R: bytes.NewReader(data), ImageFormat: kind, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if n, ok := tag.Value.(uint16); ok && n >= 1 && n <= 8 {
				noted = int(n)
			}
			return nil
		}})
	if err != nil {
		return 1 // what surrounds a picture may be damaged: the picture is good
	}
	return noted
}

// upright turns and mirrors a small picture with an orientation.
func upright(img *image.RGBA, noted int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if noted >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.SetRGBA(x, y, img.RGBAAt(origin(noted, x, y, w, h)))
		}
	}
	return out
}

// origin is which point of the noted picture is shown at x, y of the upright
// one, which measures w by h.
func origin(noted, x, y, w, h int) (int, int) {
	switch noted {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, w - 1 - x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return h - 1 - y, x
	}
	return x, y
}
