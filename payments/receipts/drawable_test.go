package receipts_test

import (
	"strings"
	"testing"

	"voicetill/payments/receipts"
)

// Letters that no font has are not left blank: the line is named by its number.
func TestANameThatCannotBeDrawnIsItsNumber(t *testing.T) {
	for name, want := range map[string]string{
		"\u062d\u0644\u064a\u0628":        "Item 1203", // Arabic
		"\uc6b0\uc720":                    "Item 1203", // Hangul
		"milk \u05d7\u05dc\u05d1":         "Item 1203", // Hebrew beside Latin
		"\U0001F34E":                      "Item 1203", // nothing but a picture
		"\U0001F34E apple":                "apple",
		"\u725b\u5976 \u30df\u30eb\u30af": "\u725b\u5976 \u30df\u30eb\u30af",
		"Jalape\u00f1o":                   "Jalape\u00f1o",
	} {
		r := sale()
		r.Payee = "Shop \uc6b0\uc720"
		r.Lines[0].Name = name
		text := string(poppler(t, "pdftotext", "-layout", pdf(t, r, receipts.Options{Lang: "en"}, receipts.A4), "-"))
		for _, want := range []string{want, "Shop ?", "1203 \u00b7 3"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q: %q is not in\n%s", name, want, text)
			}
		}
	}
}

func TestWhatThePrinterCannotDrawIsItsNumber(t *testing.T) {
	r := sale()
	r.Lines[0].Name = "\u062d\u0644\u064a\u0628"
	data, err := receipts.New(r, receipts.Options{Lang: "en"}).ESCPOS()
	if err != nil || !strings.Contains(string(data), "Item 1203") {
		t.Errorf("%v: Item 1203 is not on the paper", err)
	}
}
