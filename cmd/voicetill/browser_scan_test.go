package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// cameraBefore gives the page a camera before which the test holds pictures.
const cameraBefore = `(() => {
	const canvas = document.createElement("canvas");
	canvas.width = 1280, canvas.height = 720;
	const paint = canvas.getContext("2d");
	window.hold = async (png) => {
		paint.fillStyle = "#778";
		paint.fillRect(0, 0, 1280, 720);
		if (!png) return;
		const picture = new Image();
		picture.src = "data:image/png;base64," + png;
		await picture.decode();
		paint.drawImage(picture, 340, 160);
	};
	hold("");
	setInterval(() => paint.fillRect(0, 0, 1, 1), 50);
	navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
})()`

// barcode draws a bar code as a label of 600 × 320, base64 of its PNG.
func barcode(t *testing.T, w gozxing.Writer, format gozxing.BarcodeFormat, digits string) string {
	t.Helper()
	bars, err := w.Encode(digits, format, 480, 240, nil)
	if err != nil {
		t.Fatal(err)
	}
	label := image.NewGray(image.Rect(0, 0, 600, 320))
	draw.Draw(label, label.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for y := range bars.GetHeight() {
		for x := range bars.GetWidth() {
			if bars.Get(x, y) {
				label.SetGray(60+x, 40+y, color.Gray{Y: 20})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, label); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

func (s *screen) holds(picture string) {
	s.t.Helper()
	js[bool](s, fmt.Sprintf("hold(%q).then(() => true)", picture))
}

func TestBarCodesAreScannedWithTheCamera(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/merchant#catalog", desktop)
	enterConsole(t, s)
	s.uploads("codes.csv", "number,name,price,gtin\n1,pencil,1.20,4006381333931\n2,rubber,0.80,96385074\n3,tissues,2.10,036000291452\n")
	s.sees("#upload-done", "3 items are in the shop now")

	p := openScreen(t, s.ctx, till.address, "/", phone, cameraBefore)
	p.front()
	p.linked()
	if js[int](p, `performance.getEntriesByName(location.origin + "/assets/barcode.js").length`) != 0 {
		t.Error("the decoder is loaded before anybody scans")
	}
	p.click(".entry .scan")
	p.wait("document.querySelector('.finder video')?.videoWidth === 1280")
	p.holds(barcode(t, oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13, "4006381333931"))
	p.sees(".scan-said", "pencil")
	p.view("phone-scan")
	p.axe("scanning")
	p.holds(barcode(t, oned.NewEAN8Writer(), gozxing.BarcodeFormat_EAN_8, "96385074"))
	p.sees(".scan-said", "rubber")
	p.holds(barcode(t, oned.NewUPCAWriter(), gozxing.BarcodeFormat_UPC_A, "036000291452"))
	p.sees(".scan-said", "tissues")
	p.holds(barcode(t, oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13, "4006381333948"))
	p.sees(".scan-said", "no item")
	p.click(".scan-done")
	for _, item := range []string{"1", "2", "3"} {
		p.line(item, "1") // held for long, but added once
	}
	p.fill("#type", "4006381333931"+kb.Enter) // as a reader of bar codes types it
	p.line("1", "2")
}
