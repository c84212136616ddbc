package receipts

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
)

//go:embed mail.html
var mailHTML string

var mailTemplate = template.Must(template.New("mail").Parse(mailHTML))

// Letter is a receipt as a mail. PDF is attached; Pass, if there is one, is a
// PNG that the HTML shows as cid:pass.png.
type Letter struct {
	Subject string
	Text    string
	HTML    string
	Name    string // of the attached file
	PDF     []byte
	Pass    []byte
}

// Reader is to whom a letter goes.
type Reader struct {
	Name  string
	Payer bool // who paid for somebody else
}

// Letter writes the receipt to a reader. Who only paid gets no exit pass: it is
// for who carries the goods out.
func (d Document) Letter(to Reader) (l Letter, err error) {
	w := wordsOf(d.Lang)
	if to.Payer {
		d.Pass = ""
	}
	subject, body := w.opening(d, to)
	hello := fmt.Sprintf(w.greeting, plain(to.Name))
	l = Letter{Subject: subject, Name: "receipt-" + digits(d.No) + ".pdf"}
	l.Text = hello + "\n\n" + body + " " + w.attached + "\n\n" + d.Text()
	if l.PDF, err = d.PDF(A4); err != nil {
		return l, err
	}
	if d.Pass != "" {
		if l.Pass, err = qrPNG(d.Pass); err != nil {
			return l, err
		}
	}
	var b bytes.Buffer
	err = mailTemplate.Execute(&b, map[string]any{"D": d, "Hello": hello, "Body": body, "Attached": w.attached, "LinkWord": w.link})
	if err != nil {
		return l, fmt.Errorf("write the mail: %w", err)
	}
	l.HTML = b.String()
	return l, nil
}

// opening is a letter's subject and first sentence.
func (w words) opening(d Document, to Reader) (subject, body string) {
	subject, body = fmt.Sprintf(w.subject, d.Shop), w.forBuyer
	switch {
	case d.Refund:
		subject, body = fmt.Sprintf(w.refundSubject, d.Shop), w.forRefund
	case d.TopUp:
		subject, body = fmt.Sprintf(w.topUpSubject, d.Shop), w.forTopUp
	case to.Payer:
		body = w.forPayer
	}
	if d.Copy != "" {
		subject += w.again
	}
	return subject, body
}
