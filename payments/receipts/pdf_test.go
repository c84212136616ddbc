package receipts_test

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/payments"
	"voicetill/payments/receipts"
)

func pdf(t testing.TB, r payments.Receipt, o receipts.Options, size receipts.Size) string {
	t.Helper()
	data, err := receipts.New(r, o).PDF(size)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "receipt.pdf")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// poppler runs one of its programs; a machine without it fails the test.
func poppler(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s (Debian: poppler-utils): %v %s", name, err, errs.String())
	}
	return out
}

func TestThePDFReadsBack(t *testing.T) {
	for _, size := range []receipts.Size{receipts.A4, receipts.Roll} {
		for lang, words := range map[string][]string{
			"en": {"Café Zürich", "Receipt 12", "COPY", "oat milk", "7.47", "乌龙茶 大红袍", "半糖", "EUR 22.17", "19 %", "0.57", "Prepaid balance", "Password", "LINKOFTHERECEIPT"},
			"zh": {"收据 12", "副本", "合计", "预付余额", "密码", "3 × 2.49", "谢谢惠顾"},
		} {
			file := pdf(t, sale(), receipts.Options{Lang: lang, Copy: true, Base: "https://till.example", Pass: true}, size)
			text := string(poppler(t, "pdftotext", "-layout", file, "-"))
			for _, want := range words {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: %q is not in\n%s", size, lang, want, text)
				}
			}
			if fonts := string(poppler(t, "pdffonts", file)); strings.Contains(fonts, "no  no") {
				t.Errorf("a font is not embedded:\n%s", fonts)
			}
		}
	}
}

// The exit pass is read from a picture of the page, at the pixels of a phone.
func TestTheExitPassIsReadBackFromThePDF(t *testing.T) {
	for _, size := range []receipts.Size{receipts.A4, receipts.Roll} {
		data := poppler(t, "pdftoppm", "-png", "-r", "150", "-singlefile", pdf(t, sale(), receipts.Options{Pass: true}, size))
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got := readQR(t, img); got != pass {
			t.Errorf("%s: got %q", size, got)
		}
		if dir := os.Getenv("RECEIPT_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, string(size)+".png"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheSameReceiptIsTheSamePDF(t *testing.T) {
	for _, size := range []receipts.Size{receipts.A4, receipts.Roll} {
		first, err := receipts.New(sale(), receipts.Options{Pass: true}).PDF(size)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			again, err := receipts.New(sale(), receipts.Options{Pass: true}).PDF(size)
			if err != nil || !bytes.Equal(first, again) {
				t.Fatalf("%s: %d and %d bytes differ, %v", size, len(first), len(again), err)
			}
		}
		if len(first) > 200_000 {
			t.Errorf("%s: %d bytes", size, len(first))
		}
	}
}

func TestALongReceiptGoesOnOverPages(t *testing.T) {
	r := sale()
	for range 120 {
		r.Lines = append(r.Lines, r.Lines[0])
	}
	for size, pages := range map[receipts.Size]string{receipts.A4: "Pages:           6", receipts.Roll: "Pages:           1"} {
		file := pdf(t, r, receipts.Options{Pass: true}, size)
		if info := string(poppler(t, "pdfinfo", file)); !strings.Contains(info, pages) {
			t.Errorf("%s: want %s\n%s", size, pages, info)
		}
		if n := strings.Count(string(poppler(t, "pdftotext", file, "-")), "oat milk"); n != 121 {
			t.Errorf("%s: %d lines of 121", size, n)
		}
	}
}

func TestARefundIsNoSale(t *testing.T) {
	text := string(poppler(t, "pdftotext", "-layout", pdf(t, refund(), receipts.Options{Pass: true}, receipts.A4), "-"))
	for _, want := range []string{"Refund, receipt 13", "Refund of receipt", "12", "spilt", "EUR -2.49", "-0.16"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func FuzzPDF(f *testing.F) {
	for _, s := range []string{"oat milk", "茶", "(\\)<<>>", "한국어", "👩‍👧", "e\u0301\u202e", "", "\xff", strings.Repeat("长", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := refund()
		r.Payee, r.Reason, r.Lines[0].Name, r.Lines[0].Unit = s, s, s, s
		if _, err := receipts.New(r, receipts.Options{}).PDF(receipts.Roll); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkPDF(b *testing.B) {
	for b.Loop() {
		if _, err := receipts.New(sale(), receipts.Options{Pass: true}).PDF(receipts.A4); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkESCPOS(b *testing.B) {
	for b.Loop() {
		if _, err := receipts.New(sale(), receipts.Options{Lang: "zh", Pass: true}).ESCPOS(); err != nil {
			b.Fatal(err)
		}
	}
}
