package server_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestUploadedPicturesAreServedAndFaultyOnesNamed(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	var picture, upload bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 600, 300))); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&upload)
	for name, data := range map[string]string{"a.png": picture.String(), "evil.svg": "<svg onload='alert(1)'/>",
		"shop.csv": "number,name,price,picture\n1,pear,1,a.png\n2,fig,1,evil.svg\n3,kiwi,1,lost.png\n"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(data))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	status, body := x.call(m, "PUT", "/v1/places/demo/catalog", upload.String())
	pictures, _ := body["pictures"].(map[string]any)
	if status != 200 || body["items"] != 3.0 || pictures["shown"] != 1.0 || len(pictures["faults"].([]any)) != 2 {
		t.Fatalf("got %d %v", status, body)
	}
	fault := pictures["faults"].([]any)[0].(map[string]any)
	if fault["number"] != "2" || fault["value"] != "evil.svg" || !strings.Contains(fault["reason"].(string), "no PNG") {
		t.Errorf("got %v", fault)
	}

	_, found := x.call(x.browser(), "GET", "/v1/items?q=pear", "")
	address := found["items"].([]any)[0].(map[string]any)["picture"].(string)
	answer, err := http.Get(x.http.URL + address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	img, err := jpeg.Decode(answer.Body)
	if err != nil || img.Bounds().Dx() != 256 || img.Bounds().Dy() != 128 {
		t.Fatalf("got %v, %v", img, err)
	}
	h := answer.Header
	if h.Get("Content-Type") != "image/jpeg" || !strings.Contains(h.Get("Cache-Control"), "immutable") || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("got %v", h)
	}

	// A later file without the picture beside it keeps the one that is known.
	if status, body = x.call(m, "PUT", "/v1/places/demo/catalog", "number,name,price,picture\n1,pear,2,a.png\n"); status != 200 || body["pictures"].(map[string]any)["shown"] != 1.0 {
		t.Errorf("got %d %v", status, body)
	}
	for _, path := range []string{"/v1/pictures/0.jpg", "/v1/pictures/" + strings.Repeat("0", 32) + ".jpg", strings.TrimSuffix(address, ".jpg")} {
		gone, err := http.Get(x.http.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, gone.Body)
		gone.Body.Close()
		if gone.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d", path, gone.StatusCode)
		}
	}
}
