package pictures

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"voicetill/catalog"
)

// drawn is a PNG whose left half is red and whose right half is transparent.
func drawn(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width / 2 {
			img.Set(x, y, color.NRGBA{200, 20, 20, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestMadePicturesAreSmallJPEGsOnWhite(t *testing.T) {
	for _, c := range []struct{ name, size, want string }{
		{"small ones keep their size", "40x30", "40x30"},
		{"wide", "1024x512", "256x128"},
		{"tall", "100x1000", "25x256"},
		{"a line", "2000x1", "256x1"},
	} {
		var w, h int
		if _, err := fscan(c.size, &w, &h); err != nil {
			t.Fatal(err)
		}
		p, err := Make(drawn(t, w, h))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		fscan(c.want, &w, &h)
		if b := img.Bounds(); b.Dx() != w || b.Dy() != h {
			t.Errorf("%s: got %v, want %s", c.name, b, c.want)
		}
		if h > 1 {
			left, _, _, _ := img.At(w/4, h/2).RGBA()
			r, g, b, _ := img.At(w*3/4, h/2).RGBA()
			if left>>8 < 180 || min(r, g, b)>>8 < 240 {
				t.Errorf("%s: left %x, right %x %x %x", c.name, left, r, g, b)
			}
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	huge := drawn(t, 10, 10)
	copy(huge[16:24], []byte{0, 0, 0x80, 0, 0, 0, 0x80, 0}) // its header claims 32768 × 32768
	fixCRC(huge)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":              {nil, ErrNoPicture},
		"text":                 {[]byte("<svg onload=alert(1)>"), ErrNoPicture},
		"half a picture":       {drawn(t, 500, 500)[:120], ErrNoPicture},
		"too many bytes":       {make([]byte, MaxBytes+1), ErrTooBig},
		"a bomb of its pixels": {huge, ErrTooBig},
	} {
		if _, err := Make(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestPhotosOfPhonesAreUpright(t *testing.T) {
	// The top left quarter of an upright picture of 40 × 20 is red.
	for noted := 1; noted <= 8; noted++ {
		w, h := 40, 20
		if noted >= 5 {
			w, h = h, w
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range 20 {
			for x := range 40 {
				c := color.RGBA{255, 255, 255, 255}
				if x < 20 && y < 10 {
					c = color.RGBA{200, 0, 0, 255}
				}
				sx, sy := origin(noted, x, y, 40, 20)
				img.SetRGBA(sx, sy, c)
			}
		}
		var out bytes.Buffer
		if err := jpeg.Encode(&out, img, nil); err != nil {
			t.Fatal(err)
		}
		p, err := Make(withOrientation(out.Bytes(), noted))
		if err != nil {
			t.Fatal(err)
		}
		made, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil || made.Bounds().Dx() != 40 || made.Bounds().Dy() != 20 {
			t.Fatalf("orientation %d: %v, %v", noted, made.Bounds(), err)
		}
		for _, at := range []image.Point{{5, 5}, {35, 5}, {5, 15}, {35, 15}} {
			_, g, _, _ := made.At(at.X, at.Y).RGBA()
			if isRed := g>>8 < 100; isRed != (at == image.Point{5, 5}) {
				t.Errorf("orientation %d: red at %v: %t", noted, at, isRed)
			}
		}
	}
	if orientation([]byte("no picture"), "jpeg") != 1 || orientation(nil, "gif") != 1 {
		t.Error("what notes nothing is upright")
	}
}

// TestWhereAPictureIsTurnedTo holds three known turns against EXIF's table: row
// 0 and column 0 of what is stored are the visual side and top that it names.
func TestWhereAPictureIsTurnedTo(t *testing.T) {
	for noted, want := range map[int]image.Point{1: {0, 0}, 3: {39, 19}, 6: {0, 39}, 8: {19, 0}} {
		if x, y := origin(noted, 0, 0, 40, 20); (image.Point{x, y}) != want {
			t.Errorf("orientation %d: the top left comes from %d, %d, want %v", noted, x, y, want)
		}
	}
}

func FuzzMake(f *testing.F) {
	f.Add(drawn(f, 20, 10))
	f.Add([]byte("GIF89a"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Make(data)
		if err == nil && (len(p.Hash) != 32 || len(p.JPEG) == 0) {
			t.Errorf("%+v", p)
		}
	})
}

func TestFaultyPicturesCostNothingElse(t *testing.T) {
	get := func(_ context.Context, address string) ([]byte, error) {
		if strings.HasSuffix(address, "gone.png") {
			return nil, ErrNotGiven
		}
		return drawn(t, 30, 30), nil
	}
	files := fstest.MapFS{"a.png": {Data: drawn(t, 20, 20)}, "b.txt": {Data: []byte("no")}, "deep/c.png": {Data: drawn(t, 20, 20)}}
	items := []catalog.Item{{Number: "1", Picture: "a.png"}, {Number: "2", Picture: "b.txt"}, {Number: "3", Picture: "missing.png"},
		{Number: "4", Picture: "../etc/passwd"}, {Number: "5", Picture: "https://example.com/x.png"}, {Number: "6", Picture: "https://example.com/gone.png"},
		{Number: "7", Picture: "http://example.com/x.png"}, {Number: "8"}, {Number: "9", Picture: "deep/c.png"}, {Number: "10", Picture: "old.png"}}
	before := []catalog.Item{{Number: "10", Picture: "old.png", Shown: "0123"}}
	list, made, faults := Gather(t.Context(), before, items, files, get)
	reasons := map[string]string{}
	for _, f := range faults {
		reasons[f.Number] = f.Reason
	}
	want := map[string]error{"2": ErrNoPicture, "3": ErrNoFile, "4": ErrNoFile, "6": ErrNotGiven, "7": ErrAddress}
	if len(faults) != len(want) {
		t.Errorf("faults: %v", faults)
	}
	for _, it := range list {
		if err := want[it.Number]; err != nil && (it.Shown != "" || reasons[it.Number] != err.Error()) {
			t.Errorf("%s: got %q, %q, want %v", it.Number, it.Shown, reasons[it.Number], err)
		} else if err == nil && (it.Shown == "") != (it.Number == "8") {
			t.Errorf("%s: got %q", it.Number, it.Shown)
		}
	}
	if len(made) != 2 || list[9].Shown != "0123" || list[0].Shown != list[8].Shown {
		t.Errorf("got %d pictures, %+v", len(made), list)
	}
}

func TestOnlyTheInternetIsAsked(t *testing.T) {
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/plain":
			http.Redirect(w, r, "http://"+r.Host+"/x.png", http.StatusFound)
		case "/gone":
			http.NotFound(w, r)
		default:
			_, _ = w.Write([]byte("picture"))
		}
	}))
	defer site.Close()
	transport := func() *http.Transport { return site.Client().Transport.(*http.Transport).Clone() }
	if _, err := getter(outside, transport())(t.Context(), site.URL+"/x.png"); !errors.Is(err, ErrInside) {
		t.Errorf("the till itself: got %v", err)
	}
	all := getter(func(netip.Addr) bool { return true }, transport())
	if data, err := all(t.Context(), site.URL+"/x.png"); err != nil || string(data) != "picture" {
		t.Errorf("a site: got %q, %v", data, err)
	}
	if _, err := all(t.Context(), site.URL+"/gone"); !errors.Is(err, ErrNotGiven) || !strings.Contains(err.Error(), "404") {
		t.Errorf("not there: got %v", err)
	}
	if _, err := all(t.Context(), site.URL+"/plain"); !errors.Is(err, ErrAddress) {
		t.Errorf("sent on to http: got %v", err)
	}
	for address, want := range map[string]bool{"93.184.216.34": true, "2606:4700::1": true, "127.0.0.1": false, "10.1.2.3": false, "192.168.0.9": false,
		"169.254.169.254": false, "::1": false, "fd00::1": false, "fe80::1": false, "::ffff:10.0.0.1": false, "0.0.0.0": false, "100.64.0.1": false, "64:ff9b::a00:1": false} {
		if got := outside(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %t", address, got)
		}
	}
}

func TestAZIPOfCatalogueAndPictures(t *testing.T) {
	pack := func(names ...string) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, n := range names {
			w, err := z.Create(n)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write([]byte(n))
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	csv, files, err := Open(pack("shop/list.csv", "shop/pics/a.png", "__MACOSX/shop/._list.csv"))
	if err != nil || string(csv) != "shop/list.csv" {
		t.Fatalf("got %q, %v", csv, err)
	}
	if a, err := fs.ReadFile(files, "pics/a.png"); err != nil || string(a) != "shop/pics/a.png" {
		t.Errorf("beside the catalogue: %q, %v", a, err)
	}
	if list, _, err := Open(pack("shop/list.xlsx", "shop/pics/a.png")); err != nil || string(list) != "shop/list.xlsx" {
		t.Errorf("a workbook with pictures: %q, %v", list, err)
	}
	workbook := pack("[Content_Types].xml", "xl/workbook.xml")
	if list, files, err := Open(workbook); err != nil || files != nil || !bytes.Equal(list, workbook) {
		t.Errorf("a workbook: %d bytes, %v, %v", len(list), files, err)
	}
	if csv, files, err := Open([]byte("number,name\n")); err != nil || files != nil || string(csv) != "number,name\n" {
		t.Errorf("a plain CSV: %q, %v, %v", csv, files, err)
	}
	for name, data := range map[string][]byte{"none": pack("a.png"), "two": pack("a.csv", "b.xlsx"), "cut off": pack("a.csv")[:40]} {
		var rows catalog.RowErrors
		if _, _, err := Open(data); !errors.As(err, &rows) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
