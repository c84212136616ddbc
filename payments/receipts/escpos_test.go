package receipts_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"voicetill/payments"
	"voicetill/payments/receipts"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func escpos(t testing.TB, r payments.Receipt, o receipts.Options) []byte {
	t.Helper()
	data, err := receipts.New(r, o).ESCPOS()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestThePrinterDrawsTheReceipt(t *testing.T) {
	for name, tt := range map[string]struct {
		r payments.Receipt
		o receipts.Options
	}{
		"sale.en.png":   {sale(), receipts.Options{Base: "https://till.example", Pass: true}},
		"sale.zh.png":   {sale(), receipts.Options{Lang: "zh", Pass: true, Copy: true}},
		"refund.en.png": {refund(), receipts.Options{}},
	} {
		p := printOut(t, escpos(t, tt.r, tt.o))
		if p.cuts != 1 {
			t.Errorf("%s: %d cuts, want 1", name, p.cuts)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, p.picture()); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestTheExitPassIsReadBackFromThePaper(t *testing.T) {
	p := printOut(t, escpos(t, sale(), receipts.Options{Pass: true}))
	if got := readQR(t, p.picture()); got != pass {
		t.Errorf("got %q", got)
	}
	for name, o := range map[string]receipts.Options{"who pays": {}, "english": {Lang: "en"}} {
		if data := escpos(t, sale(), o); bytes.Contains(data, []byte(pass)) {
			t.Errorf("%s: a pass that was not asked for", name)
		}
	}
	r := sale()
	r.Pass = strings.Repeat("x", 2000)
	if _, err := receipts.New(r, receipts.Options{Pass: true}).ESCPOS(); err == nil {
		t.Error("a pass that no code holds was drawn")
	}
}

func readQR(t testing.TB, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		t.Fatalf("read QR code: %v", err)
	}
	return result.GetText()
}

// Latin is sent as text, Chinese as a picture: never as bytes that a printer
// would take for something else.
func TestWhatCannotBeWrittenIsDrawn(t *testing.T) {
	p := printOut(t, escpos(t, sale(), receipts.Options{}))
	for want, as := range map[string]string{"Café Zürich": p.text, "oat milk": p.text} {
		if !strings.Contains(as, want) {
			t.Errorf("%q is not printed as text", want)
		}
	}
	if p.rasters != 1 {
		t.Errorf("%d pictures, want 1: the line of the tea", p.rasters)
	}
	if zh := printOut(t, escpos(t, sale(), receipts.Options{Lang: "zh"})); zh.rasters < 8 {
		t.Errorf("%d pictures in Chinese", zh.rasters)
	}
}

// Names are a stranger's: whatever is in them, the printer gets our commands
// alone.
func FuzzNamesAreNoCommands(f *testing.F) {
	for _, s := range []string{"oat milk", "\x1b@\x1dV\x00", "\x1d(k\xff\xff", "茶\x00\x1b", "é€\u202e\ufeff", "\xff\xfe", "e\u0301", "👩‍👧"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, option string) {
		r := sale()
		r.Payee, r.Lines[0].Name, r.Lines[0].Options = option, name, map[string]string{"o": option}
		if p := printOut(t, escpos(t, r, receipts.Options{Pass: true})); p.cuts != 1 || p.qrs != 1 {
			t.Errorf("%d cuts, %d codes", p.cuts, p.qrs)
		}
	})
}
