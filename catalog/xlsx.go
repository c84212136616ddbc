package catalog

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"voicetill/payments/money"
)

// Bounds of a workbook, which is packed: a small file may become a huge one.
const maxColumns = 100

var maxUnpacked int64 = 128 << 20 // bytes of all its parts; tests take less

// maxCells of a workbook, all its sheets together: MaxItems with all columns, and
// some that are left out. Tests take less.
var maxCells = 2_000_000

const tooManyCells = "is a workbook of over %d cells: leave out the columns and rows that are not for the till"

var (
	errUnpacks = errors.New("unpacks to too much")
	errDamaged = errors.New("is damaged")
	errCells   = errors.New("has too many cells")
)

// Read reads a catalogue as ReadCSV does, from CSV or from a workbook (XLSX); as
// may be nil:
// what it is, its first bytes say. Of a workbook, every visible sheet is read
// whose first row names columns of a catalogue; numbers are taken as they are shown.
func Read(data []byte, c money.Currency, as Columns) ([]Item, error) {
	switch {
	case bytes.HasPrefix(data, oldMark):
		return nil, WholeFile("is an Excel file of the old kind (.xls), or has a password: save it as .xlsx without one")
	case IsWorkbook(data):
		return readWorkbook(data, c, as)
	}
	return readCSV(data, c, as)
}

// oldMark begins files of Excel before 2007, and those with a password.
var oldMark = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// IsWorkbook says whether data is a spreadsheet that is a ZIP file of parts.
func IsWorkbook(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "[Content_Types].xml" || isOpenDocument(f) })
}

// isOpenDocument knows a part that each file of LibreOffice's own kind has.
func isOpenDocument(f *zip.File) bool { return f.Name == "META-INF/manifest.xml" }

func readWorkbook(data []byte, c money.Currency, as Columns) ([]Item, error) {
	t := newTable(c, as)
	if faults := t.readSheets(data); faults != nil {
		return nil, faults
	}
	if err := t.end(); err != nil {
		return nil, err
	}
	if len(t.errs) > 0 {
		return nil, t.errs
	}
	return t.items, nil
}

// readSheets returns what is wrong with the whole file, or nil.
func (t *table) readSheets(data []byte) RowErrors {
	if len(data) > MaxCSV {
		return WholeFile("is over %d MiB", MaxCSV>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return WholeFile("is a workbook that is damaged: save it anew")
	}
	if slices.ContainsFunc(z.File, isOpenDocument) {
		return WholeFile("is an OpenDocument sheet: save it as .xlsx or as CSV")
	}
	if err := checkParts(z); errors.Is(err, errUnpacks) {
		return WholeFile("is a workbook that unpacks to over %d MiB", maxUnpacked>>20)
	} else if errors.Is(err, errCells) {
		return WholeFile(tooManyCells, maxCells)
	} else if err != nil {
		return WholeFile("is a workbook that is damaged: save it anew")
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return WholeFile("is no workbook of Excel: save it as .xlsx or as CSV")
	}
	defer f.Close()
	var others []string
	for _, sheet := range f.GetSheetList() {
		if seen, err := f.GetSheetVisible(sheet); err != nil || !seen {
			continue
		}
		t.sheet, t.header = sheet, nil
		is, err := t.readSheet(f, sheet)
		if errors.Is(err, errCells) {
			return WholeFile(tooManyCells, maxCells)
		}
		if err != nil {
			return WholeFile("cannot be read in sheet %s: save it anew", sheet)
		}
		if !is {
			others = append(others, sheet)
		}
	}
	if t.header == nil && len(t.items) == 0 && len(t.errs) == 0 && len(others) > 0 {
		return WholeFile("has no catalogue in it: the first row of sheet %s must name the columns, such as number, name and price", others[0])
	}
	return nil
}

// checkParts reads all parts once: they stay within bounds, are whole, and those
// that are used are XML to their end. The library takes what comes before a fault
// for everything.
func checkParts(z *zip.Reader) error {
	if err := lookAtCells(z); err != nil {
		return err
	}
	left, cells := maxUnpacked, 0
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return errDamaged
		}
		limited := &io.LimitedReader{R: part, N: left + 1}
		err = checkXML(limited, &cells) // a sheet may be anywhere
		if errors.Is(err, errCells) {
			_ = part.Close()
			return err
		}
		if dir := path.Dir(f.Name); path.Ext(f.Name) != ".xml" || dir != "xl" && dir != "xl/worksheets" {
			err = nil
		}
		if err == nil {
			_, err = io.Copy(io.Discard, limited) // to the checksum
		}
		_ = part.Close() // it was read
		if left = limited.N - 1; left < 0 {
			return errUnpacks
		}
		if err != nil {
			return errDamaged
		}
	}
	return nil
}

// lookAtCells refuses at a glance what has too many cells, as nearly every program
// writes them: to read XML takes ten times as long.
func lookAtCells(z *zip.Reader) error {
	left, cells := maxUnpacked, 0
	room := make([]byte, 64<<10)
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return errDamaged
		}
		kept := 0 // bytes at the end of the last piece, in which a cell may begin
		for err == nil && cells <= maxCells && left >= 0 {
			var n int
			n, err = part.Read(room[kept:])
			left -= int64(n)
			piece := room[:kept+n]
			for _, cell := range []string{"<c ", "<c>", "<c/"} {
				cells += bytes.Count(piece, []byte(cell))
			}
			kept = copy(room, piece[max(0, len(piece)-2):])
		}
		_ = part.Close() // what is wrong with it is told later
		switch {
		case cells > maxCells:
			return errCells
		case left < 0:
			return errUnpacks
		}
	}
	return nil
}

// checkXML wants XML whose last element is closed, and counts cells.
func checkXML(r io.Reader, cells *int) error {
	d := xml.NewDecoder(r)
	for depth := 0; ; {
		token, err := d.RawToken() // Token takes twice as long
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			return nil
		case err != nil:
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			if token.Name.Local == "c" {
				*cells++
			}
			if *cells > maxCells {
				return errCells
			}
		case xml.EndElement:
			depth--
		}
	}
}

// readSheet takes the rows of one sheet. It returns false if the sheet has rows
// and is no catalogue: fewer than two columns are known by its first row.
func (t *table) readSheet(f *excelize.File, sheet string) (bool, error) {
	raw, err := f.Rows(sheet)
	if err != nil {
		return false, err
	}
	defer raw.Close()
	shown, err := f.Rows(sheet)
	if err != nil {
		return false, err
	}
	defer shown.Close()
	for line := 1; raw.Next() && shown.Next(); line++ {
		stored, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return false, err
		}
		record, err := shown.Columns()
		if err != nil {
			return false, err
		}
		if len(stored) == 0 && len(record) == 0 {
			continue // a gap may be a million rows long
		}
		if t.seen += max(len(stored), len(record)); t.seen > maxCells { // of sheets that are one part
			return false, errCells
		}
		if max(len(stored), len(record)) > maxColumns {
			t.fault(line, "row", "", "has over %d columns", maxColumns)
			return true, nil
		}
		record = t.cells(stored, record)
		if t.header == nil && !blank(record) && t.known(record) < 2 {
			return false, nil
		}
		if !t.take(record, line) {
			return true, nil
		}
	}
	if err := errors.Join(raw.Error(), shown.Error()); err != nil {
		return false, err
	}
	return true, nil
}

func (t *table) known(record []string) (n int) {
	for _, cell := range record {
		if _, is := t.columns.columnOf(cell); is {
			n++
		}
	}
	return n
}

// cells is a row as long as the header at least, as a person sees it.
func (t *table) cells(stored, shown []string) []string {
	record := make([]string, max(len(stored), len(shown), len(t.header)))
	for i := range record {
		record[i] = seen(at(stored, i), at(shown, i))
	}
	for t.header != nil && len(record) > len(t.header) && record[len(record)-1] == "" {
		record = record[:len(record)-1]
	}
	return record
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// seen is a cell as it is shown, without what only adorns a number: 2.49 of
// "€ 2.49", stored as 2.4900000000000002, and 4006381333931 of 4.00638E+12. A
// date stays what is shown.
func seen(stored, shown string) string {
	n, err := strconv.ParseFloat(stored, 64)
	if stored == shown || err != nil {
		return shown
	}
	plain := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return -1
	}, shown)
	_, decimals, _ := strings.Cut(plain, ".")
	m, err := strconv.ParseFloat(plain, 64)
	switch {
	case strings.HasSuffix(shown, "%"):
		return digits15(n*100) + "%"
	case err == nil && math.Abs(m-n) <= 0.5001*math.Pow10(-len(decimals)):
		return plain
	}
	if m, err := strconv.ParseFloat(shown, 64); err == nil && strings.Contains(shown, "E") && math.Abs(m-n) <= math.Abs(n)/100 {
		return digits15(n)
	}
	return shown
}

// digits15 writes a number without an exponent, in as many digits as Excel counts.
func digits15(n float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64) // what was just written
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// isSheetError knows what a spreadsheet shows where a formula failed.
func isSheetError(cell string) bool {
	return slices.Contains([]string{"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}, cell)
}

// cellName is C7 for column 2, counted from 0, and line 7.
func cellName(column, line int) string {
	name, _ := excelize.CoordinatesToCellName(column+1, line) // fails without a line, which is a change in place
	return name
}
