package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestPagesArePackedAndAskedForOnce(t *testing.T) {
	x := newTill(t)
	get := func(path string, header ...string) *http.Response {
		r, err := http.NewRequest("GET", x.http.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/assets/shop.js": "text/javascript; charset=utf-8", "/sw.js": "text/javascript; charset=utf-8",
		"/assets/style.css": "text/css; charset=utf-8", "/assets/voicetill.webmanifest": "application/manifest+json"} {
		plain, err := io.ReadAll(get(path, "Accept-Encoding", "identity").Body)
		if err != nil {
			t.Fatal(err)
		}
		packed := get(path, "Accept-Encoding", "gzip, br")
		if packed.StatusCode != 200 || packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Content-Type") != kind || packed.Header.Get("Cache-Control") != "no-cache" {
			t.Fatalf("%s: got %d %v", path, packed.StatusCode, packed.Header)
		}
		z, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(z); err != nil || string(body) != string(plain) || len(body) == 0 {
			t.Errorf("%s: unpacked to %d bytes, want %d, %v", path, len(body), len(plain), err)
		}
		if again := get(path, "Accept-Encoding", "gzip", "If-None-Match", packed.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: the same again: got %d", path, again.StatusCode)
		}
		if other := get(path, "Accept-Encoding", "identity", "If-None-Match", packed.Header.Get("ETag")); other.StatusCode != http.StatusOK {
			t.Errorf("%s: packed for who cannot unpack: got %d", path, other.StatusCode)
		}
	}
	if icon := get("/assets/icon-192.png", "Accept-Encoding", "gzip"); icon.StatusCode != 200 || icon.Header.Get("Content-Encoding") != "" {
		t.Errorf("icon: got %d %v", icon.StatusCode, icon.Header)
	}
	for _, path := range []string{"/assets/", "/assets/none.js", "/assets/../routes.go", "/index.html"} {
		if answer := get(path); answer.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
	if !strings.Contains(get("/").Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("pages have no policy")
	}
}
