package receipts_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"voicetill/payments/receipts"
)

func TestALetterToTheBuyerAndOneToThePayer(t *testing.T) {
	d := receipts.New(sale(), receipts.Options{Pass: true, Base: "https://till.example"})
	buyer, err := d.Letter(receipts.Reader{Name: "Ada"})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(buyer.Pass))
	if err != nil {
		t.Fatal(err)
	}
	if got := readQR(t, img); got != pass {
		t.Errorf("the code says %q", got)
	}
	if buyer.Subject != "Your receipt from Café Zürich" || buyer.Name != "receipt-12.pdf" || !bytes.HasPrefix(buyer.PDF, []byte("%PDF-")) {
		t.Errorf("got %s, %s, %.8s", buyer.Subject, buyer.Name, buyer.PDF)
	}
	for _, want := range []string{"Hello Ada,", "cid:pass.png", "乌龙茶 大红袍", "EUR 22.17", `href="https://till.example/receipt/LINKOFTHERECEIPT"`} {
		if !strings.Contains(buyer.HTML, want) {
			t.Errorf("the HTML lacks %s", want)
		}
	}
	payer, err := d.Letter(receipts.Reader{Name: "Ben", Payer: true})
	if err != nil {
		t.Fatal(err)
	}
	if payer.Pass != nil || strings.Contains(payer.HTML, "cid:") || !strings.Contains(payer.Text, "you paid for this purchase") {
		t.Errorf("the payer got\n%s", payer.Text)
	}
}

func TestALetterInChineseOnceMore(t *testing.T) {
	l, err := receipts.New(sale(), receipts.Options{Lang: "zh", Copy: true}).Letter(receipts.Reader{Name: "文"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Subject != "Café Zürich 的收据（再次发送）" || !strings.Contains(l.Text, "文，您好：") || !strings.Contains(l.HTML, "副本") {
		t.Errorf("got %s\n%s", l.Subject, l.Text)
	}
}

func TestANameIsNoMarkup(t *testing.T) {
	r := sale()
	r.Payee, r.Lines[0].Name = "<script>alert(1)</script>\r\nBcc: x@example.com", "<img src=x>"
	l, err := receipts.New(r, receipts.Options{}).Letter(receipts.Reader{Name: "<b>\nAda"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(l.HTML, "<script") || strings.Contains(l.HTML, "<img src=x") || strings.Contains(l.HTML, "<b>") {
		t.Errorf("markup passed:\n%s", l.HTML)
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("the subject is %q", l.Subject)
	}
}

func TestALetterOfARefund(t *testing.T) {
	for lang, want := range map[string][2]string{
		"en": {"Your refund from Café Zürich", "what was given back"}, "zh": {"Café Zürich 的退款收据", "这是退款的收据"},
	} {
		l, err := receipts.New(refund(), receipts.Options{Lang: lang, Pass: true}).Letter(receipts.Reader{Name: "Ada", Payer: true})
		if err != nil || l.Subject != want[0] || !strings.Contains(l.Text, want[1]) || l.Pass != nil {
			t.Errorf("%s: got %s, %v\n%s", lang, l.Subject, err, l.Text)
		}
	}
}
