package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"voicetill/catalog"
	"voicetill/catalog/pictures"
	"voicetill/payments/money"
)

// ErrNoPicture says that no item is shown with the picture.
var ErrNoPicture = errors.New("no such picture")

const picturePath = "/v1/pictures/"

// maxPictureFaults are named, no more: nobody mends more at once.
const maxPictureFaults = 1000

type picturesBody struct {
	Shown  int                    `json:"shown"` // items with a picture
	Faults []catalog.PictureFault `json:"faults"`
}

// readUpload reads a CSV file or a workbook, or a ZIP file of one and pictures.
func (s *Server) readUpload(r io.Reader, c money.Currency, as catalog.Columns) ([]catalog.Item, fs.FS, error) {
	upload, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, err
	}
	list, files, err := pictures.Open(upload)
	if err != nil {
		return nil, nil, err
	}
	items, err := catalog.Read(list, c, as)
	return items, files, err
}

// gatherPictures makes and keeps the pictures of items. nil where none names one.
func (s *Server) gatherPictures(ctx context.Context, place string, before, items []catalog.Item, files fs.FS) ([]catalog.Item, *picturesBody, error) {
	items, made, faults := pictures.Gather(ctx, before, items, files, s.Fetch)
	if err := s.Records.SavePictures(ctx, place, made); err != nil {
		return nil, nil, fmt.Errorf("save pictures: %w", err)
	}
	body := &picturesBody{Faults: append([]catalog.PictureFault{}, faults[:min(len(faults), maxPictureFaults)]...)}
	for _, it := range items {
		if it.Shown != "" {
			body.Shown++
		}
	}
	if body.Shown == 0 && len(faults) == 0 {
		return items, nil, nil
	}
	return items, body, nil
}

// pictureOf is the address of an item's picture, or "".
func pictureOf(it catalog.Item) string {
	if it.Shown == "" {
		return ""
	}
	return picturePath + it.Shown + ".jpg"
}

// getPicture is GET /v1/pictures/{file}. What has a hash for its name never
// changes.
func (s *Server) getPicture(w http.ResponseWriter, r *http.Request) error {
	hash, found := strings.CutSuffix(r.PathValue("file"), ".jpg")
	if !found {
		return errNotFound
	}
	body, err := s.Records.Picture(r.Context(), hash)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(body) // the client may be gone
	return nil
}
