package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/speech"
)

// Limits of teaching.
const (
	maxLesson  = 8 << 20 // bytes of one request
	maxLessons = 5       // recordings in it
	maxSaid    = 10      // seconds of one
)

type taughtBody struct {
	Number  string   `json:"number"`
	Name    string   `json:"name"`
	Taught  []string `json:"taught"`
	Version string   `json:"version"`
}

// teachItem is POST /v1/places/{id}/items/{number}/teach: WAV recordings of the
// name, one as the body or several as the parts of a form. What open dictation
// hears in them becomes the item's respellings.
func (s *Server) teachItem(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if s.Engine == nil {
		return errNoSpeech
	}
	recordings, err := lessons(http.MaxBytesReader(w, r.Body, maxLesson), r.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	var texts []string
	for _, pcm := range recordings {
		text, err := speech.Dictate(r.Context(), s.Engine, s.decoders, pcm)
		if err != nil {
			return fmt.Errorf("teach: %w", err)
		}
		texts = append(texts, text)
	}
	_, items, err := s.Records.Catalog(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	taught, err := checkout.Taught(s.Grammars["en"], items, number, texts)
	if errors.Is(err, catalog.ErrNoItem) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	version, err := s.Records.TeachItem(r.Context(), p.place.ID, number, taught)
	if err != nil {
		return err
	}
	if err := s.shelves.reload(r.Context(), p); err != nil {
		return err
	}
	i := slices.IndexFunc(items, func(it catalog.Item) bool { return it.Number == number })
	writeJSON(w, http.StatusOK, taughtBody{number, items[i].Name, taught, version})
	return nil
}

// lessons reads recordings to PCM at speech.SampleRate.
func lessons(body io.Reader, contentType string) ([][]byte, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		pcm, err := lesson(body)
		return [][]byte{pcm}, err
	}
	parts := multipart.NewReader(body, params["boundary"])
	var list [][]byte
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF) && len(list) > 0:
			return list, nil
		case err != nil:
			return nil, lessonFault(err)
		case len(list) == maxLessons:
			return nil, errTooBig
		}
		pcm, err := lesson(part)
		if err != nil {
			return nil, err
		}
		list = append(list, pcm)
	}
}

func lesson(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, lessonFault(err)
	}
	samples, rate, err := speech.ReadWAV(bytes.NewReader(data))
	if err != nil {
		return nil, errNoWAV
	}
	if len(samples) > maxSaid*rate {
		return nil, errTooBig
	}
	if samples, err = speech.Resample(samples, rate); err != nil {
		return nil, errNoWAV
	}
	return speech.PCM16(samples), nil
}

func lessonFault(err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return errTooBig
	}
	return errNoWAV
}
