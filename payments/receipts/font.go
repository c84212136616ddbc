package receipts

import (
	_ "embed"
	"fmt"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// hanTTF has 27,484 Chinese characters and kana, but no Latin: the Go fonts
// have Latin, Greek and Cyrillic.
//
//go:embed font/DroidSansFallbackFull.ttf
var hanTTF []byte

var latinTTF, latinBoldTTF, monoTTF, monoBoldTTF = goregular.TTF, gobold.TTF, gomono.TTF, gomonobold.TTF

// fonts are read once; a parsed font is safe for concurrent use.
type fonts struct{ mono, monoBold, han, latin *sfnt.Font }

var readFonts = sync.OnceValues(func() (f fonts, err error) {
	for _, one := range []struct {
		into **sfnt.Font
		data []byte
	}{{&f.mono, monoTTF}, {&f.monoBold, monoBoldTTF}, {&f.han, hanTTF}, {&f.latin, latinTTF}} {
		if *one.into, err = sfnt.Parse(one.data); err != nil {
			return f, fmt.Errorf("read a font: %w", err)
		}
	}
	return f, nil
})

// has reports whether a font draws a character.
func has(f *sfnt.Font, b *sfnt.Buffer, r rune) bool {
	i, err := f.GlyphIndex(b, r)
	return err == nil && i != 0
}
