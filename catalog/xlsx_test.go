package catalog

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// sheet is a sheet of a workbook for a test, by rows.
type sheet struct {
	name string
	rows [][]any
}

// workbook writes sheets as Excel would, and lets finish style them.
func workbook(t testing.TB, sheets []sheet, finish ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range sheets {
		if i == 0 {
			must(f.SetSheetName("Sheet1", s.name))
		} else {
			_, err := f.NewSheet(s.name)
			must(err)
		}
		for j, row := range s.rows {
			must(f.SetSheetRow(s.name, fmt.Sprintf("A%d", j+1), &row))
		}
	}
	for _, change := range finish {
		change(f)
	}
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

// styled gives a column the number format of code.
func styled(column, code string) func(*excelize.File) {
	return func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err == nil {
			err = f.SetCellStyle(f.GetSheetName(0), column+"2", column+"99", style)
		}
		if err != nil {
			panic(err)
		}
	}
}

var head = []any{"number", "name", "price"}

func TestAWorkbookIsReadAsItIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		head, row []any
		style     func(*excelize.File)
		want      string // column=value of the item as written
	}{
		"numbers":                     {head, []any{1203, "oat milk", 2.49}, nil, "number=1203 price=2.49"},
		"texts":                       {head, []any{"0105", "oat milk", "2,49"}, nil, "number=0105 price=2.49"},
		"a price that is nearly one":  {head, []any{1203, "oat milk", 0.1 + 0.2}, nil, "price=0.30"},
		"a price with its currency":   {head, []any{1203, "oat milk", 1234.5}, styled("C", `#,##0.00\ "€"`), "price=1234.50"},
		"a price in front of it":      {head, []any{1203, "oat milk", 2.49}, styled("C", `[$$-409]#,##0.00`), "price=2.49"},
		"a price that was worked out": {head, []any{1203, "oat milk", 2.4937}, styled("C", "0.00"), "price=2.49"},
		"a number of four digits":     {head, []any{105, "oat milk", 2}, styled("A", "0000"), "number=0105"},
		"a number with an exponent":   {head, []any{1203, "oat milk", 2}, styled("A", "0.00E+00"), "number=1203"},
		"a bar code":                  {append(head, "gtin"), []any{1203, "oat milk", 2, 4006381333931}, nil, "gtin=4006381333931"},
		"a bar code in short":         {append(head, "gtin"), []any{1203, "oat milk", 2, 4006381333931}, styled("D", "0.00E+00"), "gtin=4006381333931"},
		"a tax in percent":            {append(head, "tax"), []any{1203, "oat milk", 2, 0.07}, styled("D", "0%"), "tax=7"},
		"a tax of half a percent":     {append(head, "tax"), []any{1203, "oat milk", 2, 0.055}, styled("D", "0%"), "tax=5.5"},
		"a tax as a number":           {append(head, "tax"), []any{1203, "oat milk", 2, 19}, nil, "tax=19"},
		"stock with decimals":         {append(head, "stock", "unit"), []any{1203, "tomatoes", 2, 25.5, "kg"}, nil, "stock=25.5 unit=kg"},
		"columns in other words":      {[]any{"Artikelnr", "Bezeichnung", "Preis"}, []any{7, "Brötchen", 0.35}, nil, "number=7 name=Brötchen price=0.35"},
		"a column without a name":     {append(head, nil, "unit"), []any{1203, "oat milk", 2, nil, "Stück"}, nil, "unit=each"},
		"an empty end":                {append(head, "also"), []any{1203, "oat milk", 2}, nil, "also="},
		"rich text and spaces":        {head, []any{1203, "  oat milk ", 2}, nil, "name=oat milk"},
	} {
		t.Run(name, func(t *testing.T) {
			finish := []func(*excelize.File){}
			if c.style != nil {
				finish = append(finish, c.style)
			}
			items, err := Read(workbook(t, []sheet{{"Items", [][]any{c.head, c.row}}}, finish...), "EUR", nil)
			if err != nil || len(items) != 1 {
				t.Fatalf("got %v, %v", items, err)
			}
			for _, want := range strings.Split(c.want, " ") {
				column, value, _ := strings.Cut(want, "=")
				if got := items[0].Row()[column]; got != value && !strings.HasPrefix(got, value+" ") {
					t.Errorf("%s is %q, want %q", column, got, value)
				}
			}
		})
	}
}

func TestWhatIsWrongInAWorkbookIsNamedWithItsCell(t *testing.T) {
	for name, c := range map[string]struct {
		rows  [][]any
		style func(*excelize.File)
		want  string
	}{
		"no price":             {[][]any{head, {1203, "oat milk"}}, nil, `sheet Items, line 2, price (C2) "": is empty`},
		"a date for a number":  {[][]any{head, {45296, "oat milk", 2}}, styled("A", "dd.mm.yyyy"), `sheet Items, line 2, number (A2) "05.01.2024": must be digits only, since shoppers say it`},
		"a word for a price":   {[][]any{head, {1, "tea", 1}, nil, {1203, "oat milk", "free"}}, nil, `sheet Items, line 4, price (C4) "free": is not an amount in EUR, such as 2.49`},
		"true for a name":      {[][]any{head, {true, "oat milk", 2}}, nil, `sheet Items, line 2, number (A2) "TRUE": must be digits only, since shoppers say it`},
		"a failed formula":     {[][]any{head, {1203, "#N/A", 2}}, nil, `sheet Items, line 2, name (B2) "#N/A": is an error of the spreadsheet's, where a value belongs`},
		"a cell beside":        {[][]any{head, {1203, "oat milk", 2, nil, "new!"}}, nil, `sheet Items, line 2, row "5": has 5 fields where the header has 3`},
		"a column too many":    {[][]any{{"number", "name", "price", "shelf"}, {1203, "oat milk", 2, 1}}, nil, `sheet Items, line 1, shelf (D1) "shelf": is no column`},
		"a column missing":     {[][]any{{"number", "name"}, {1203, "oat milk"}}, nil, `sheet Items, line 1, price "": this column is missing`},
		"a number twice":       {[][]any{head, {1, "tea", 1}, {1, "coffee", 1}}, nil, `sheet Items, line 3, number (A3) "1": is already the number on line 2`},
		"nothing but a header": {[][]any{head}, nil, `line 1, file "": has no items under its header`},
		"nothing at all":       {nil, nil, `line 1, file "": is empty`},
		"another thing":        {[][]any{{"Dear", "customer"}, {"we", "are"}}, nil, `line 1, file "": has no catalogue in it: the first row of sheet Items must name the columns`},
	} {
		t.Run(name, func(t *testing.T) {
			finish := []func(*excelize.File){}
			if c.style != nil {
				finish = append(finish, c.style)
			}
			items, err := Read(workbook(t, []sheet{{"Items", c.rows}}, finish...), "EUR", nil)
			var rows RowErrors
			if !errors.As(err, &rows) || !strings.HasPrefix(rows[0].Error(), c.want) || items != nil {
				t.Errorf("got %v, %v, want %s", items, err, c.want)
			}
			inChinese(t, rows)
		})
	}
}

func TestEverySheetThatIsACatalogueIsRead(t *testing.T) {
	sheets := []sheet{
		{"Read me", [][]any{{"How to fill in this file"}, {"number", "of the item"}}},
		{"Milk", [][]any{{}, head, {1203, "oat milk", 2.49}}},
		{"Bread", [][]any{{"price", "number", "name"}, {3.9, 2101, "sourdough bread"}}},
		{"Old", [][]any{head, {"x", "", ""}}},
		{"Notes", [][]any{{"Please do not forget"}}},
	}
	hide := func(f *excelize.File) {
		if err := f.SetSheetVisible("Old", false); err != nil {
			t.Fatal(err)
		}
	}
	items, err := Read(workbook(t, sheets, hide), "EUR", nil)
	if err != nil || len(items) != 2 || items[0].Number != "1203" || items[1].Number != "2101" || items[1].Price.Decimal() != "3.90" {
		t.Errorf("got %+v, %v", items, err)
	}
	sheets[1].rows = append(sheets[1].rows, []any{1230, "goat milk", "dear"})
	sheets[2].rows = append(sheets[2].rows, []any{1, 1203, "rye bread"})
	_, err = Read(workbook(t, sheets, hide), "EUR", nil)
	for _, want := range []string{`2 faults: sheet Milk, line 4, price (C4) "dear": is not an amount in EUR, such as 2.49; `,
		`sheet Bread, line 3, number (B3) "1203": is already the number on line 3 of sheet Milk`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// without writes the workbook anew with change made to one part.
func without(t testing.TB, data []byte, part string, change func([]byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			text = change(text)
		}
		to, err := w.Create(f.Name)
		if err == nil {
			_, err = to.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const firstSheet = "xl/worksheets/sheet1.xml"

func TestAFileThatIsNoWorkbookLosesNothing(t *testing.T) {
	defer func(usual int64) { maxUnpacked = usual }(maxUnpacked)
	maxUnpacked = 1 << 20
	good := workbook(t, []sheet{{"Items", [][]any{head, {1203, "oat milk", 2.49}, {2101, "bread", 3}}}})
	cut := func(text []byte) []byte { return text[:bytes.Index(text, []byte(`r="3"`))] }
	wide := func(text []byte) []byte {
		return bytes.Replace(text, []byte(`r="C2"`), []byte(`r="XFD2"`), 1)
	}
	huge := func(text []byte) []byte { return append(text, bytes.Repeat([]byte(" "), int(maxUnpacked))...) }
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"half a file":             {good[:len(good)/2], "is not UTF-8 text"},
		"a sheet cut short":       {without(t, good, firstSheet, cut), "is a workbook that is damaged"},
		"a sheet without its end": {without(t, good, firstSheet, func(text []byte) []byte { return text[:bytes.Index(text, []byte(`<row r="3"`))] }), "is a workbook that is damaged"},
		"strings cut short":       {without(t, good, "xl/sharedStrings.xml", func(text []byte) []byte { return text[:len(text)-9] }), "is a workbook that is damaged"},
		"a byte changed":          {bytes.Replace(good, []byte("PK\x03\x04"), []byte("PK\x03\x05"), 1), "is a workbook that is damaged"},
		"a bomb":                  {without(t, good, firstSheet, huge), "is a workbook that unpacks to over 1 MiB"},
		"a bomb in a picture":     {without(t, good, "xl/theme/theme1.xml", huge), "is a workbook that unpacks to over 1 MiB"},
		"a very wide row":         {without(t, good, firstSheet, wide), "has over 100 columns"},
		"a string that is none":   {without(t, good, "xl/sharedStrings.xml", func([]byte) []byte { return []byte(`<sst count="99999999999999999"></sst>`) }), "cannot be read in sheet Items"},
		"no workbook in it":       {without(t, good, "xl/workbook.xml", func([]byte) []byte { return []byte("<no/>") }), "is no workbook of Excel"},
		"an old one":              {append(bytes.Clone(oldMark), make([]byte, 500)...), "is an Excel file of the old kind"},
	} {
		t.Run(name, func(t *testing.T) {
			items, err := Read(c.file, "EUR", nil)
			var rows RowErrors
			if !errors.As(err, &rows) || !strings.Contains(rows[0].Reason, c.want) || items != nil {
				t.Errorf("got %v, %v, want one that %s", items, err, c.want)
			}
			inChinese(t, rows)
		})
	}
}

func TestAWorkbookOfLibreOfficesOwnIsNamed(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if _, err := w.Create("META-INF/manifest.xml"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(b.Bytes(), "EUR", nil); err == nil || !strings.Contains(err.Error(), "OpenDocument") {
		t.Errorf("got %v", err)
	}
}

// rowsOf writes a sheet of n rows by hand, since that is faster.
func rowsOf(t testing.TB, n int, row func(int) string) []byte {
	t.Helper()
	return without(t, workbook(t, []sheet{{"Items", nil}}), firstSheet, func([]byte) []byte {
		var b bytes.Buffer
		b.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
		b.WriteString(`<row r="1"><c t="inlineStr"><is><t>number</t></is></c><c t="inlineStr"><is><t>name</t></is></c><c t="inlineStr"><is><t>price</t></is></c></row>`)
		for i := range n {
			b.WriteString(row(i + 2))
		}
		b.WriteString(`</sheetData></worksheet>`)
		return b.Bytes()
	})
}

func TestRowsWithoutEndThatHaveNothingInThem(t *testing.T) {
	data := rowsOf(t, 50_000, func(line int) string {
		if line == 40_000 {
			return `<row r="40000"><c><v>1203</v></c><c t="inlineStr"><is><t>oat milk</t></is></c><c><v>2.49</v></c></row>`
		}
		return fmt.Sprintf(`<row r="%d"/>`, line)
	})
	items, err := Read(data, "EUR", nil)
	if err != nil || len(items) != 1 || items[0].Number != "1203" {
		t.Errorf("got %v, %v", items, err)
	}
}

// A workbook that packs well is refused before it costs much.
func TestAWorkbookOfFarTooManyCells(t *testing.T) {
	refused := func(name string, data []byte, want string) {
		t.Helper()
		_, err := Read(data, "EUR", nil)
		var rows RowErrors
		if !errors.As(err, &rows) || !strings.Contains(rows[0].Reason, want) {
			t.Errorf("%s: got %v", name, err)
		}
		inChinese(t, rows)
	}
	wide := func(cell string) func(int) string {
		row := "<row>" + strings.Repeat(cell, 90) + "</row>"
		return func(int) string { return row }
	}
	defer func(usual int) { maxCells = usual }(maxCells)
	maxCells = 9_000
	refused("a cell too many", rowsOf(t, 100, wide("<c><v>1</v></c>")), "over 9000 cells") // three more in its head
	few := rowsOf(t, 95, wide(`<c t="inlineStr"><is><t> </t></is></c>`))
	refused("few enough", few, "no items under its header")
	refused("in another folder", renamed(t, rowsOf(t, 101, wide("<c><v>1</v></c>"))), "over 9000 cells")
	refused("one sheet under two names", without(t, few, "xl/workbook.xml", func(part []byte) []byte {
		one := regexp.MustCompile(`<sheet [^>]*>`).Find(part)
		two := bytes.Replace(bytes.Replace(one, []byte(`"Items"`), []byte(`"Again"`), 1), []byte(`sheetId="1"`), []byte(`sheetId="2"`), 1)
		return bytes.Replace(part, []byte("</sheets>"), append(two, "</sheet></sheets>"...), 1)
	}), "over 9000 cells")
}

// renamed puts the first sheet of a workbook in another folder.
func renamed(t *testing.T, data []byte) []byte {
	t.Helper()
	return bytes.ReplaceAll(without(t, data, "xl/_rels/workbook.xml.rels", func(part []byte) []byte {
		return bytes.ReplaceAll(part, []byte("worksheets/sheet1.xml"), []byte("worksheetz/sheet1.xml"))
	}), []byte("xl/worksheets/sheet1.xml"), []byte("xl/worksheetz/sheet1.xml"))
}

func FuzzReadWorkbook(f *testing.F) {
	good := workbook(f, []sheet{{"Items", [][]any{head, {1203, "oat milk", 2.49}}}}, styled("C", "0.00 €"))
	for _, seed := range []string{"<row r=\"9\"><c r=\"A9\" t=\"s\"><v>-1</v></c></row>", "<row r=\"1\"><c r=\"XFD1\" s=\"99\"><v>1e999</v></c></row>", "<row><c t=\"e\"><f>A1</f></c></row>"} {
		f.Add([]byte(seed), []byte("<si><t>number</t></si>"))
	}
	f.Fuzz(func(t *testing.T, rows, strings []byte) {
		data := without(t, good, firstSheet, func([]byte) []byte {
			return fmt.Appendf(nil, "<worksheet><sheetData>%s</sheetData></worksheet>", rows)
		})
		data = without(t, data, "xl/sharedStrings.xml", func([]byte) []byte { return fmt.Appendf(nil, "<sst>%s</sst>", strings) })
		items, err := Read(data, "EUR", nil)
		var faults RowErrors
		switch {
		case err == nil:
			mustBeGood(t, items)
		case !errors.As(err, &faults) || len(faults) == 0 || items != nil:
			t.Errorf("got %v with %d items", err, len(items))
		}
	})
}
