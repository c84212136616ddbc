package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"voicetill/payments/money"
)

// Limits of an uploaded catalogue.
const (
	MaxCSV   = 32 << 20 // bytes
	MaxItems = 100_000
	maxText  = 200 // characters of a name
	// maxPrice is in minor units: ten million euros and a misplaced comma.
	maxPrice = 1_000_000_00
)

// RowError says what is wrong with one field of an uploaded catalogue. Line
// counts from 1, the header's; zero concerns the whole file. Of a workbook, Sheet
// is the sheet's name, and Cell where it stands there, such as C7.
type RowError struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Sheet  string `json:"sheet,omitempty"`
	Cell   string `json:"cell,omitempty"`

	Unknown bool `json:"unknown,omitempty"` // no column of a catalogue has that name: Columns may say what it is

	chinese string // the reason
}

func (e RowError) Error() string {
	where := fmt.Sprintf("line %d, %s", e.Line, e.Column)
	if e.Sheet != "" {
		where = fmt.Sprintf("sheet %s, line %d, %s", e.Sheet, e.Line, e.Column)
	}
	if e.Cell != "" {
		where += " (" + e.Cell + ")"
	}
	return fmt.Sprintf("%s %q: %s", where, e.Value, e.Reason)
}

// RowErrors are all the faults of one file, in its order. While there is one,
// nothing of the file is taken.
type RowErrors []RowError

func (es RowErrors) Error() string {
	if len(es) == 1 {
		return es[0].Error()
	}
	lines := make([]string, 0, 6)
	for i, e := range es {
		if i == 5 {
			lines = append(lines, fmt.Sprintf("and %d more", len(es)-5))
			break
		}
		lines = append(lines, e.Error())
	}
	return fmt.Sprintf("%d faults: %s", len(es), strings.Join(lines, "; "))
}

// columns of a catalogue; those marked true must be there.
var columns = map[string]bool{"number": true, "name": true, "price": true, "also": false, "unit": false, "tax": false,
	"category": false, "gtin": false, "stock": false, "min_age": false, "options": false, "picture": false, "sounds_like": false, "name_zh": false}

// alsoCalled are names that other programs and languages give these columns.
var alsoCalled = map[string]string{
	"sku": "number", "plu": "number", "art-nr": "number", "art.-nr": "number", "artikel-nr": "number", "artikel-nr.": "number", "itemno": "number", "item number": "number", "item no": "number", "artikelnummer": "number", "artikelnr": "number", "art.-nr.": "number", "nummer": "number", "编号": "number", "商品编号": "number",
	"title": "name", "item name": "name", "product name": "name", "bezeichnung": "name", "artikel": "name", "名称": "name", "商品名称": "name",
	"sales price": "price", "preis": "price", "verkaufspreis": "price", "vk": "price", "vk-preis": "price", "bruttopreis": "price", "unit price": "price", "selling price": "price", "retail price": "price", "价格": "price", "单价": "price",
	"einheit": "unit", "单位": "unit", "vat": "tax", "mwst": "tax", "mwst.": "tax", "mwst-satz": "tax", "steuersatz": "tax", "tax rate": "tax", "vat rate": "tax", "ust": "tax", "steuer": "tax", "税率": "tax",
	"kategorie": "category", "warengruppe": "category", "分类": "category", "barcode": "gtin", "ean": "gtin", "条码": "gtin",
	"quantity": "stock", "qty": "stock", "lagerbestand": "stock", "bestand": "stock", "库存": "stock",
}

// unitsCalled are likewise names of units.
var unitsCalled = map[string]string{
	"": Each, "piece": Each, "pieces": Each, "pc": Each, "pcs": Each, "ea": Each, "stück": Each, "stk": Each, "stk.": Each, "st": Each, "st.": Each, "stueck": Each, "个": Each, "件": Each,
	"kilogram": "kg", "公斤": "kg", "千克": "kg", "liter": "l", "litre": "l", "升": "l",
}

// ReadCSV reads a catalogue in the columns of docs/catalog.md, in any order,
// separated by commas, semicolons or tabs, in UTF-8, UTF-16, or what Excel
// writes: Windows-1252 or GB 18030. Either every row
// is good and all items are returned in file order, or the error is RowErrors.
func ReadCSV(r io.Reader, c money.Currency) ([]Item, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxCSV+1))
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	return readCSV(data, c, nil)
}

func readCSV(data []byte, c money.Currency, as Columns) ([]Item, error) {
	if len(data) > MaxCSV {
		return nil, WholeFile("is over %d MiB", MaxCSV>>20)
	}
	text, faults := decodeText(data)
	if faults != nil {
		return nil, faults
	}
	t := newTable(c, as)
	if err := t.read(text); err != nil {
		return nil, err
	}
	if len(t.errs) > 0 {
		slices.SortStableFunc(t.errs, func(a, b RowError) int { return a.Line - b.Line })
		return nil, t.errs
	}
	return t.items, nil
}

// decodeText takes off byte order marks, and says on which line text stops
// being text.
func decodeText(data []byte) (string, RowErrors) {
	var err error
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF}):
		data, err = utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM).NewDecoder().Bytes(data)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		data, err = utf.UTF16(utf.LittleEndian, utf.ExpectBOM).NewDecoder().Bytes(data)
	default:
		data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	}
	if err != nil {
		return "", WholeFile("cannot be decoded: save it as CSV in UTF-8")
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			if text, is := decodeLegacy(data); is {
				return text, nil
			}
			shown := strings.ToValidUTF8(string(line[:min(len(line), 40)]), "�")
			return "", RowErrors{rowError(i+1, "file", strings.ReplaceAll(shown, "\x00", "�"), "is not UTF-8 text: save the file as CSV in UTF-8")}
		}
	}
	return string(data), nil
}

// table reads the rows of one file.
type table struct {
	currency money.Currency
	columns  Columns
	sheet    string // of a workbook
	header   []string
	items    []Item
	lines    map[string]row // number → where it was first seen
	gtins    map[string]row // bar code likewise
	seen     int            // cells of a workbook
	errs     RowErrors
}

// row is where a row stands.
type row struct {
	sheet string // of a workbook
	line  int
}

func newTable(c money.Currency, as Columns) *table {
	return &table{currency: c, columns: as, lines: map[string]row{}, gtins: map[string]row{}}
}

// maxFaults is when reading stops: nobody mends more at once.
const maxFaults = 1000

func (t *table) fault(line int, column, value, reason string, about ...any) {
	e := rowError(line, column, value, reason, about...)
	e.Sheet = t.sheet
	if i := slices.Index(t.header, column); i >= 0 && t.sheet != "" {
		e.Cell = cellName(i, line)
	}
	t.errs = append(t.errs, e)
}

func (t *table) read(text string) error {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	head, _, _ := strings.Cut(text, "\n")
	for _, comma := range []rune{';', '\t'} {
		if strings.Count(head, string(comma)) > strings.Count(head, string(r.Comma)) {
			r.Comma = comma
		}
	}
	for {
		record, err := r.Read()
		line := 0
		if len(record) > 0 {
			line, _ = r.FieldPos(0) // panics after a record without fields
		}
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return t.end()
		case errors.As(err, &bad):
			t.fault(bad.StartLine, "file", "", "is not CSV here: %v", bad.Err)
			return nil
		case err != nil:
			return fmt.Errorf("read catalogue: %w", err)
		case !t.take(record, line):
			return nil
		}
	}
}

// take reads one row, and says whether to go on with the next one.
func (t *table) take(record []string, line int) bool {
	switch {
	case blank(record): // as spreadsheets leave them
	case t.header == nil:
		before := len(t.errs) // of other sheets
		t.readHeader(record, line)
		return len(t.errs) == before
	case len(t.items) >= MaxItems:
		t.fault(line, "file", "", "has over %d items", MaxItems)
		return false
	default:
		t.row(record, line)
	}
	return len(t.errs) < maxFaults
}

// end is the fault of a file that has ended too early.
func (t *table) end() error {
	switch {
	case len(t.errs) > 0, len(t.items) > 0:
	case t.header == nil:
		return WholeFile("is empty: the first line must name the columns, such as number,name,price")
	default:
		return WholeFile("has no items under its header")
	}
	return nil
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

func (t *table) readHeader(record []string, line int) {
	seen := map[string]bool{}
	for _, header := range record {
		name, known := t.columns.columnOf(header)
		t.header = append(t.header, name)
		switch {
		case name == "":
		case !known:
			t.fault(line, name, name, "is no column of a catalogue; those are %s", strings.Join(Header(), ", "))
			t.errs[len(t.errs)-1].Unknown = true
		case seen[name]:
			t.fault(line, name, name, "is there twice")
		}
		seen[name] = true
	}
	for _, name := range []string{"number", "name", "price"} {
		if !seen[name] {
			t.fault(line, name, "", "this column is missing")
		}
	}
}

func (t *table) row(record []string, line int) {
	for len(record) > len(t.header) && strings.TrimSpace(record[len(record)-1]) == "" {
		record = record[:len(record)-1] // separators at the end
	}
	if len(record) != len(t.header) {
		t.fault(line, "row", strconv.Itoa(len(record)), "has %d fields where the header has %d", len(record), len(t.header))
		return
	}
	f := fields{table: t, line: line, values: map[string]string{}}
	before := len(t.errs)
	for i, name := range t.header {
		f.values[name] = bare(strings.TrimSpace(record[i]))
		if t.sheet != "" && isSheetError(f.values[name]) {
			f.fault(name, f.values[name], "is an error of the spreadsheet's, where a value belongs")
		}
	}
	if len(t.errs) > before {
		return
	}
	item := Item{
		Number: f.number(), Name: f.name("name"), Also: f.names("also"), Sounds: f.names("sounds_like"),
		Price: f.price("price", f.values["price"]), Unit: f.unit(), TaxBP: f.tax(), Category: f.values["category"],
		GTIN: f.gtin(), Stock: f.stock(), MinAge: f.minAge(), Groups: f.groups(), Picture: f.values["picture"], NameZH: f.chinese(),
	}
	if first, twice := t.lines[item.Number]; twice && item.Number != "" {
		f.again("number", item.Number, "number", first)
	} else {
		t.lines[item.Number] = row{t.sheet, line}
	}
	if first, twice := t.gtins[gtin14(item.GTIN)]; twice && item.GTIN != "" {
		f.again("gtin", item.GTIN, "bar code", first)
	} else {
		t.gtins[gtin14(item.GTIN)] = row{t.sheet, line}
	}
	if len(t.errs) == before {
		t.items = append(t.items, item)
	}
}

// bare takes off the apostrophe that keeps a spreadsheet from reading a text as a
// formula: files that the till writes have it.
func bare(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// fields reads one row; faults go to the table.
type fields struct {
	table  *table
	line   int
	values map[string]string
}

func (f fields) fault(column, value, reason string, about ...any) {
	f.table.fault(f.line, column, value, reason, about...)
}

// again is the fault of a value that stands in another row already.
func (f fields) again(column, value, what string, first row) {
	if first.sheet != f.table.sheet {
		f.fault(column, value, "is already the "+what+" on line %d of sheet %s", first.line, first.sheet)
		return
	}
	f.fault(column, value, "is already the "+what+" on line %d", first.line)
}

func (f fields) number() string {
	n := f.values["number"]
	switch {
	case n == "":
		f.fault("number", n, "is empty")
	case strings.Trim(n, "0123456789") != "":
		f.fault("number", n, "must be digits only, since shoppers say it")
	case len(n) > 14:
		f.fault("number", n, "is longer than 14 digits")
	}
	return n
}

func (f fields) name(column string) string {
	s := f.values[column]
	f.text(column, s)
	return s
}

func (f fields) chinese() string {
	s := f.values["name_zh"]
	if s != "" {
		f.text("name_zh", s)
	}
	return s
}

func (f fields) text(column, s string) {
	switch {
	case s == "":
		f.fault(column, s, "is empty")
	case utf8.RuneCountInString(s) > maxText:
		f.fault(column, string([]rune(s)[:40])+"…", "is longer than %d characters", maxText)
	case !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		f.fault(column, s, "has neither a letter nor a digit")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		f.fault(column, s, "has a control character in it")
	}
}

func (f fields) names(column string) []string {
	var names []string
	for _, n := range strings.Split(f.values[column], "|") {
		if n = strings.TrimSpace(n); n != "" {
			f.text(column, n)
			names = append(names, n)
		}
	}
	return names
}

func (f fields) price(column, s string) money.Amount {
	text := plainAmount(s, f.table.currency)
	a, err := money.Parse(strings.TrimPrefix(text, "-"), f.table.currency)
	switch {
	case s == "":
		f.fault(column, s, "is empty")
	case err != nil:
		f.fault(column, s, "is not an amount in %s, such as 2.49", f.table.currency)
	case strings.HasPrefix(text, "-"):
		f.fault(column, s, "is negative")
	case a.Minor > maxPrice:
		f.fault(column, s, "is more than a till takes")
	}
	return a
}

func (f fields) unit() string {
	u := strings.ToLower(f.values["unit"])
	if ours, found := unitsCalled[u]; found {
		u = ours
	}
	switch u {
	case Each, "kg", "l":
		return u
	}
	f.fault("unit", f.values["unit"], "must be each, kg or l")
	return Each
}

func (f fields) tax() int {
	s := strings.TrimSpace(strings.TrimSuffix(f.values["tax"], "%"))
	if s == "" {
		return 0
	}
	q, err := ParseQty(strings.Replace(s, ",", ".", 1))
	if err != nil || q%10 != 0 || q > 100_000 {
		f.fault("tax", f.values["tax"], "must be a percentage from 0 to 100 with at most two decimals")
		return 0
	}
	return int(q / 10)
}

func (f fields) gtin() string {
	g := f.values["gtin"]
	switch {
	case g == "":
	case strings.Trim(g, "0123456789") != "" || !slices.Contains([]int{8, 12, 13, 14}, len(g)):
		f.fault("gtin", g, "must have 8, 12, 13 or 14 digits")
	case !CheckDigit(g):
		f.fault("gtin", g, "has a wrong check digit (the last one)")
	}
	return g
}

func (f fields) stock() *Qty {
	s := f.values["stock"]
	if s == "" {
		return nil
	}
	q, err := ParseQty(strings.Replace(s, ",", ".", 1))
	switch {
	case err != nil:
		f.fault("stock", s, "must be a number of units from 0 up")
	case q%1000 != 0 && f.pieces():
		f.fault("stock", s, "must be whole where the unit is each")
	}
	return &q
}

// pieces reports whether the item goes by the piece.
func (f fields) pieces() bool {
	u := strings.ToLower(f.values["unit"])
	return u == Each || unitsCalled[u] == Each
}

func (f fields) minAge() int {
	s := f.values["min_age"]
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 99 {
		f.fault("min_age", s, "must be whole years from 0 to 99")
		return 0
	}
	return n
}

// groups reads "group=value|value+surcharge;group=…".
func (f fields) groups() []Group {
	var groups []Group
	for _, part := range strings.Split(f.values["options"], ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, values, found := strings.Cut(part, "=")
		g := Group{Name: strings.TrimSpace(name)}
		if !found || g.Name == "" {
			f.fault("options", part, "must look like group=value|value+surcharge")
			continue
		}
		if slices.ContainsFunc(groups, func(o Group) bool { return o.Name == g.Name }) {
			f.fault("options", part, "names its group twice")
		}
		for _, v := range strings.Split(values, "|") {
			g.Values = append(g.Values, f.value(g, v))
		}
		groups = append(groups, g)
	}
	return groups
}

func (f fields) value(g Group, text string) Value {
	name, surcharge, extra := strings.Cut(text, "+")
	v := Value{Name: strings.TrimSpace(name), Surcharge: money.Amount{Currency: f.table.currency}}
	switch {
	case v.Name == "":
		f.fault("options", text, "has a value without a name")
	case slices.ContainsFunc(g.Values, func(o Value) bool { return strings.EqualFold(o.Name, v.Name) }):
		f.fault("options", text, "is there twice in group %s", g.Name)
	}
	if extra {
		v.Surcharge = f.price("options", strings.TrimSpace(surcharge))
	}
	return v
}

// CheckDigit reports whether the last of the digits is the GS1 check digit of
// the others (GS1 General Specifications, 7.9: weights 3 and 1 from the right).
func CheckDigit(digits string) bool {
	sum := 0
	for i := len(digits) - 1; i >= 0; i-- {
		weight := 1
		if (len(digits)-1-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(digits[i]-'0')
	}
	return len(digits) > 0 && sum%10 == 0
}
