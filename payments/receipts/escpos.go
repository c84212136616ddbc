package receipts

import (
	"bytes"
	"fmt"

	"golang.org/x/text/encoding/charmap"
)

// Commands of ESC/POS, as Epson's reference names them
// (https://download4.epson.biz/sec_pubs/pos/reference_en/escpos/).
const (
	escInit    = "\x1b@"                 // ESC @
	escLatin   = "\x1bt\x13"             // ESC t 19: code page 858, which has the euro
	escNoKanji = "\x1c."                 // FS .: Chinese models begin in a mode that pairs bytes
	escLeft    = "\x1ba\x00"             // ESC a 0
	escCentre  = "\x1ba\x01"             // ESC a 1
	escPlain   = "\x1bE\x00"             // ESC E 0
	escBold    = "\x1bE\x01"             // ESC E 1
	escSingle  = "\x1d!\x00"             // GS ! 0
	escDouble  = "\x1d!\x11"             // GS ! 17: twice as wide and high
	escCut     = "\x1dV\x42\x00"         // GS V 66 0: feed to the cutter, partial cut
	escQRModel = "\x1d(k\x04\x001A2\x00" // GS ( k, function 165: model 2
	escQRSize  = "\x1d(k\x03\x001C"      // function 167, dots a module
	escQRLevel = "\x1d(k\x03\x001E1"     // function 169: level M
	escQRPrint = "\x1d(k\x03\x001Q0"     // function 181
	escRaster  = "\x1dv0\x00"            // GS v 0, normal size
)

// ESCPOS is the receipt as bytes for a printer of 80 mm paper, 576 dots wide.
// A line that code page 858 cannot write is sent as a picture, so that any
// printer prints Chinese.
func (d Document) ESCPOS() ([]byte, error) {
	d, err := d.drawn()
	if err != nil {
		return nil, fmt.Errorf("print receipt: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(escInit + escNoKanji + escLatin)
	before, after := d.paper(bigColumns)
	for _, l := range before {
		if err := line(&b, l); err != nil {
			return nil, err
		}
	}
	if d.Pass != "" {
		if err := qrCommand(&b, d.Pass); err != nil {
			return nil, err
		}
	}
	for _, l := range after {
		if err := line(&b, l); err != nil {
			return nil, err
		}
	}
	b.WriteString("\n" + escCut)
	return b.Bytes(), nil
}

// line writes one line and leaves the printer in its normal style.
func line(b *bytes.Buffer, l printed) error {
	text, err := charmap.CodePage858.NewEncoder().String(l.text)
	if err != nil {
		return rasterLine(b, l)
	}
	switch l.style {
	case bold:
		text = escBold + text + "\n" + escPlain
	case big:
		text = escBold + escDouble + text + "\n" + escSingle + escPlain
	case centre:
		text = escCentre + text + "\n" + escLeft
	default:
		text += "\n"
	}
	b.WriteString(text)
	return nil
}

// rasterLine sends a line as a picture of all the paper's width.
func rasterLine(b *bytes.Buffer, l printed) error {
	p, err := drawLine(l)
	if err != nil {
		return err
	}
	b.WriteString(escRaster)
	b.Write([]byte{rowBytes, 0, byte(p.rows), byte(p.rows >> 8)})
	b.Write(p.bits)
	return nil
}

// Limits of one QR code symbol on this paper.
const (
	maxQR   = 1024 // bytes; a pass has about 400
	qrWidth = 480  // dots at most
)

var errQR = fmt.Errorf("the exit pass is longer than %d bytes", maxQR)

// qrCommand has the printer draw a QR code: its data is stored, then printed.
func qrCommand(b *bytes.Buffer, data string) error {
	if len(data) > maxQR {
		return errQR
	}
	modules, err := qrModules(data)
	if err != nil {
		return err
	}
	n := len(data) + 3
	b.WriteString("\n" + escCentre + escQRModel + escQRSize)
	b.WriteByte(byte(min(max(qrWidth/(len(modules)+8), 2), 8)))
	b.WriteString(escQRLevel + "\x1d(k")
	b.Write([]byte{byte(n), byte(n >> 8)})
	b.WriteString("1P0" + data + escQRPrint + escLeft)
	return nil
}
