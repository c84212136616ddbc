//go:build !vosk

// Package vosk is the recogniser of github.com/alphacep/vosk-api behind the
// contract of package speech. Build with the tag vosk (make does) to have it.
package vosk

import (
	"errors"

	"voicetill/speech"
)

// ErrNotBuilt says that this binary was built without the recogniser.
var ErrNotBuilt = errors.New("built without speech recognition: build with `make build`, which sets the tag vosk")

// Open returns ErrNotBuilt.
func Open(modelDir string) (speech.Engine, error) { return nil, ErrNotBuilt }
