package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// asset is a file that pages load. Names do not change with content, so browsers
// ask each time whether what they have is still good.
type asset struct {
	contentType string
	tag         string
	body        []byte
	packed      func() []byte // gzip; nil where it would save little
}

// packable types shrink to a third.
var packable = map[string]bool{".js": true, ".css": true, ".svg": true, ".html": true, ".webmanifest": true, ".txt": true}

func init() {
	for ext, kind := range map[string]string{".webmanifest": "application/manifest+json", ".js": "text/javascript; charset=utf-8"} {
		if err := mime.AddExtensionType(ext, kind); err != nil {
			panic(err)
		}
	}
}

func readAsset(files fs.FS, name string) (*asset, error) {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	sum := sha256.Sum256(body)
	a := &asset{contentType: mime.TypeByExtension(path.Ext(name)), tag: hex.EncodeToString(sum[:8]), body: body}
	if packable[path.Ext(name)] {
		a.packed = sync.OnceValue(func() []byte { return pack(body) })
	}
	return a, nil
}

func pack(body []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a good one
	_, _ = z.Write(body)                                    // a bytes.Buffer never fails
	_ = z.Close()
	return out.Bytes()
}

func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "no-cache")
	body, tag := a.body, a.tag
	if a.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body, tag = a.packed(), a.tag+"-gzip"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// pages serves the pages and what they load.
func (s *Server) pages(mux *http.ServeMux) error {
	for pattern, name := range map[string]string{
		"GET /{$}": "index.html", "GET /kiosk": "kiosk.html", "GET /merchant": "merchant.html",
		"GET /gate": "gate.html", "GET /receipt/{token}": "receipt.html", "GET /receipts": "receipts.html",
		"GET /sw.js": "assets/sw.js", // a service worker rules over what lies below its own address
	} {
		page, err := readAsset(s.Pages, name)
		if err != nil {
			return err
		}
		mux.Handle(pattern, page)
	}
	entries, err := fs.ReadDir(s.Pages, "assets")
	if err != nil {
		return fmt.Errorf("read pages: %w", err)
	}
	for _, e := range entries {
		file, err := readAsset(s.Pages, "assets/"+e.Name())
		if err != nil {
			return err
		}
		mux.Handle("GET /assets/"+e.Name(), file)
	}
	return nil
}
