package catalog

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"voicetill/models"
	"voicetill/payments/money"
)

func read(t *testing.T, text string) []Item {
	t.Helper()
	items, err := ReadCSV(strings.NewReader(text), "EUR")
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return items
}

// faults reads a catalogue that must be refused whole.
func faults(t *testing.T, text string) RowErrors {
	t.Helper()
	items, err := ReadCSV(strings.NewReader(text), "EUR")
	var faults RowErrors
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("%q: got %+v, %v; want faults", text, items, err)
	}
	if len(items) > 0 {
		t.Errorf("%q: %d items beside %v: nothing of a faulty file may be taken", text, len(items), err)
	}
	inChinese(t, faults)
	return faults
}

func TestAnItemWithEverything(t *testing.T) {
	got := read(t, "number,name,also,price,unit,tax,category,gtin,stock,min_age,options,picture,sounds_like\n"+
		`0105,Latte," caffè latte | coffee with milk ",3.60,each,19,coffee,4006381333931,12,16,"size=small|large+0.60;milk=soy milk+0,40",latte.png,lah tay|lat ay`)
	stock := Qty(12000)
	want := []Item{{Number: "0105", Name: "Latte", Also: []string{"caffè latte", "coffee with milk"}, Price: money.Of(360, "EUR"), Unit: Each,
		TaxBP: 1900, Category: "coffee", GTIN: "4006381333931", Stock: &stock, MinAge: 16, Picture: "latte.png",
		Sounds: []string{"lah tay", "lat ay"},
		Groups: []Group{
			{"size", []Value{{"small", money.Of(0, "EUR")}, {"large", money.Of(60, "EUR")}}},
			{"milk", []Value{{"soy milk", money.Of(40, "EUR")}}}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestAnItemWithNoMoreThanItMust(t *testing.T) {
	got := read(t, "price,number,name\n2.49,1203,oat milk\n")
	want := []Item{{Number: "1203", Name: "oat milk", Price: money.Of(249, "EUR"), Unit: Each}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// plain is a catalogue of two items; the encodings and separators all say it.
const plain = "number,name,price\n1203,crème fraîche,2.49\n1204,燕麦奶,1.99\n"

func inUTF16(text string, little bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + text)) {
		if little {
			b = append(b, byte(u), byte(u>>8))
		} else {
			b = append(b, byte(u>>8), byte(u))
		}
	}
	return string(b)
}

func inUTF32(text string, little bool) string {
	var b []byte
	for _, r := range "\uFEFF" + text {
		if little {
			b = append(b, byte(r), byte(r>>8), byte(r>>16), 0)
		} else {
			b = append(b, 0, byte(r>>16), byte(r>>8), byte(r))
		}
	}
	return string(b)
}

func TestEncodingsAndSeparators(t *testing.T) {
	want := read(t, plain)
	if len(want) != 2 || want[0].Name != "crème fraîche" || want[1].Name != "燕麦奶" {
		t.Fatalf("got %+v", want)
	}
	for name, text := range map[string]string{
		"byte order mark":            "\xEF\xBB\xBF" + plain,
		"UTF-16 little endian":       inUTF16(plain, true),
		"UTF-16 big endian":          inUTF16(plain, false),
		"UTF-32 little endian":       inUTF32(plain, true),
		"UTF-32 big endian":          inUTF32(plain, false),
		"Windows line ends":          strings.ReplaceAll(plain, "\n", "\r\n"),
		"no last line end":           strings.TrimSuffix(plain, "\n"),
		"blank lines":                strings.ReplaceAll(plain, "\n", "\n\n"),
		"semicolons":                 strings.ReplaceAll(plain, ",", ";"),
		"tabs":                       strings.ReplaceAll(plain, ",", "\t"),
		"semicolons and 2,49":        strings.ReplaceAll(strings.ReplaceAll(plain, ",", ";"), ".", ","),
		"quotes":                     strings.NewReplacer("crème fraîche", `"crème fraîche"`, "number", `"number"`).Replace(plain),
		"blanks around fields":       strings.ReplaceAll(plain, ",", " , "),
		"columns in capitals":        strings.Replace(plain, "number,name,price", "Number,NAME,Price", 1),
		"an empty column at the end": strings.ReplaceAll(plain, "\n", ",\n"),
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, text); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	row := func(columns, values string) string {
		return "number,name,price" + columns + "\n1203,oat milk,2.49" + values + "\n"
	}
	for name, c := range map[string]struct {
		text         string
		line         int
		column       string
		value, about string // value as written; about is part of the reason
	}{
		"an empty file":             {"", 1, "file", "", "empty"},
		"blank lines only":          {"\n\n", 1, "file", "", "empty"},
		"a header only":             {"number,name,price\n", 1, "file", "", "no items"},
		"a column that is missing":  {"number,name\n1203,oat milk\n", 1, "price", "", "missing"},
		"a column that is unknown":  {row(",colour", ",red"), 1, "colour", "colour", "no column"},
		"a column that is twice":    {row(",name", ",oat milk"), 1, "name", "name", "twice"},
		"no header":                 {"1203,oat milk,2.49\n", 1, "1203", "1203", "no column"},
		"no known alphabet":         {"number,name,price\n1203,oat milk,2.49\n1204,cr\x81me,1.99\n", 3, "file", "1204,cr�me,1.99", "not UTF-8"},
		"a zero byte":               {"number,name,price\n1203,oat\x00milk,2.49\n", 2, "file", "1203,oat�milk,2.49", "not UTF-8"},
		"UTF-16 without its mark":   {inUTF16(plain, true)[2:], 1, "file", "", "not UTF-8"},
		"a spreadsheet":             {"PK\x03\x04\x14\x00\x06\x00\x08\x00", 1, "file", "", "not UTF-8"},
		"a quote left open":         {"number,name,price\n1203,\"oat milk,2.49\n", 2, "file", "", "not CSV"},
		"a quote inside":            {"number,name,price\n1203,oat \"milk\",2.49\n", 2, "file", "", "not CSV"},
		"too few fields":            {"number,name,price\n1203,oat milk\n", 2, "row", "2", "2 fields where the header has 3"},
		"too many fields":           {"number,name,price\n1203,oat milk,2.49,7\n", 2, "row", "4", "4 fields where the header has 3"},
		"no number":                 {"number,name,price\n,oat milk,2.49\n", 2, "number", "", "empty"},
		"a number with letters":     {"number,name,price\nA12,oat milk,2.49\n", 2, "number", "A12", "digits only"},
		"a number from a sheet":     {"number,name,price\n1.203E+03,oat milk,2.49\n", 2, "number", "1.203E+03", "digits only"},
		"a number too long":         {"number,name,price\n123456789012345,oat milk,2.49\n", 2, "number", "123456789012345", "14 digits"},
		"a number twice":            {"number,name,price\n1203,oat milk,2.49\n1204,soy milk,1\n1203,goat milk,3\n", 4, "number", "1203", "on line 2"},
		"no name":                   {"number,name,price\n1203, ,2.49\n", 2, "name", "", "empty"},
		"a name of signs":           {"number,name,price\n1203,???,2.49\n", 2, "name", "???", "neither a letter nor a digit"},
		"a name that turns round":   {"number,name,price\n1203,oat \u202eklim,2.49\n", 2, "name", "oat \u202eklim", "control character"},
		"a name over two lines":     {"number,name,price\n1203,\"oat\nmilk\",2.49\n", 2, "name", "oat\nmilk", "control character"},
		"a name too long":           {"number,name,price\n1203," + strings.Repeat("x", 201) + ",2.49\n", 2, "name", strings.Repeat("x", 40) + "…", "200 characters"},
		"another name of signs":     {row(",also", ",milk|--"), 2, "also", "--", "neither a letter nor a digit"},
		"no price":                  {"number,name,price\n1203,oat milk,\n", 2, "price", "", "empty"},
		"a price in words":          {"number,name,price\n1203,oat milk,free\n", 2, "price", "free", "not an amount"},
		"a negative price":          {"number,name,price\n1203,oat milk,-2.49\n", 2, "price", "-2.49", "negative"},
		"a price in mills":          {"number,name,price\n1203,oat milk,2.499\n", 2, "price", "2.499", "not an amount"},
		"a price in other money":    {"number,name,price\n1203,oat milk,$2.49\n", 2, "price", "$2.49", "not an amount"},
		"a price of two thousands":  {"number,name,price\n1203,oat milk,1.04.900\n", 2, "price", "1.04.900", "not an amount"},
		"a price out of reach":      {"number,name,price\n1203,oat milk,99999999\n", 2, "price", "99999999", "more than a till takes"},
		"a price beyond numbers":    {"number,name,price\n1203,oat milk,99999999999999999999\n", 2, "price", "99999999999999999999", "not an amount"},
		"a unit unheard of":         {row(",unit", ",dozen"), 2, "unit", "dozen", "each, kg or l"},
		"tax in words":              {row(",tax", ",none"), 2, "tax", "none", "percentage"},
		"negative tax":              {row(",tax", ",-7"), 2, "tax", "-7", "percentage"},
		"tax over all":              {row(",tax", ",100.01"), 2, "tax", "100.01", "percentage"},
		"tax too fine":              {row(",tax", ",7.125"), 2, "tax", "7.125", "percentage"},
		"a GTIN with a wrong digit": {row(",gtin", ",4006381333932"), 2, "gtin", "4006381333932", "check digit"},
		"a GTIN too short":          {row(",gtin", ",400638133393"[:11]), 2, "gtin", "4006381333", "8, 12, 13 or 14"},
		"a GTIN with letters":       {row(",gtin", ",400638133393X"), 2, "gtin", "400638133393X", "8, 12, 13 or 14"},
		"stock in words":            {row(",stock", ",lots"), 2, "stock", "lots", "number of units"},
		"negative stock":            {row(",stock", ",-1"), 2, "stock", "-1", "number of units"},
		"half a piece in stock":     {row(",stock", ",1.5"), 2, "stock", "1.5", "whole"},
		"half a Stück in stock":     {row(",Bestand,Einheit", ",\"1,5\",Stück"), 2, "stock", "1,5", "whole"},
		"a column under two names":  {row(",ean,gtin", ",,"), 1, "gtin", "gtin", "there twice"},
		"half an EACH in stock":     {row(",stock,unit", ",1.5,EACH"), 2, "stock", "1.5", "whole"},
		"an age in words":           {row(",min_age", ",adult"), 2, "min_age", "adult", "0 to 99"},
		"an age of Methuselah":      {row(",min_age", ",969"), 2, "min_age", "969", "0 to 99"},
		"a negative age":            {row(",min_age", ",-1"), 2, "min_age", "-1", "0 to 99"},
		"options without a group":   {row(",options", ",small|large"), 2, "options", "small|large", "group=value"},
		"options with no name":      {row(",options", ",=small|large"), 2, "options", "=small|large", "group=value"},
		"an option without a name":  {row(",options", ",size=small||large"), 2, "options", "", "without a name"},
		"an option twice":           {row(",options", ",size=small|Small"), 2, "options", "Small", "twice in group size"},
		"a group twice":             {row(",options", ",size=small;size=large"), 2, "options", "size=large", "twice"},
		"a surcharge in words":      {row(",options", ",size=large+much"), 2, "options", "much", "not an amount"},
		"a negative surcharge":      {row(",options", ",size=large+-1"), 2, "options", "-1", "negative"},
		"an empty surcharge":        {row(",options", ",size=large+"), 2, "options", "", "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			got := faults(t, c.text)[0]
			if got.Line != c.line || got.Column != c.column || !strings.Contains(got.Reason, c.about) {
				t.Errorf("got %v, want line %d, %s, %q", got, c.line, c.column, c.about)
			}
			if c.value != "" && got.Value != c.value {
				t.Errorf("got the value %q, want %q", got.Value, c.value)
			}
		})
	}
}

func TestASpreadsheetOfAnotherProgramIsRead(t *testing.T) {
	const text = "\ufeffArtikelnummer;Bezeichnung;Preis;Einheit;MwSt;Bestand\r\n" +
		"101;Käsebrötchen;2,90;Stück;7 %;40\r\n104;Äpfel Elstar;2,49;kg;7;50,5\r\n105;\"Weißwein; 0,75 l\";7,90;;19;\r\n"
	var got []string
	for _, item := range read(t, text) {
		stock := "any"
		if item.Stock != nil {
			stock = item.Stock.String()
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %d %s", item.Number, item.Name, item.Price, item.Unit, item.TaxBP, stock))
	}
	want := []string{"101 Käsebrötchen 2.90 EUR each 700 40", "104 Äpfel Elstar 2.49 EUR kg 700 50.5", "105 Weißwein; 0,75 l 7.90 EUR each 1900 any"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := read(t, "编号,名称,价格,单位\n101,燕麦奶,2.49,件\n")[0]; got.Name != "燕麦奶" || got.Unit != Each {
		t.Errorf("got %+v", got)
	}
}

// What tills and spreadsheets export, as they write it.
func TestAnExportIsReadAsItIs(t *testing.T) {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("编号,名称,价格,单位\r\n101,燕麦奶,2.49,件\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"signs and thousands":   {"PLU;Bezeichnung;VK-Preis\n101;Gift basket;1.049,00 €\n", "101 Gift basket 1049.00 EUR"},
		"thousands in English":  {"sku,title,unit price\n101,gift basket,\"EUR 1,049.00\"\n", "101 gift basket 1049.00 EUR"},
		"a no-break space":      {"sku,title,price\n101,gift basket,\"49,90\u00a0€\"\n", "101 gift basket 49.90 EUR"},
		"Excel in the West":     {"Artikelnummer;Bezeichnung;Preis\r\n106;Cr\xe8me fra\xeeche;0,99 \x80\r\n", "106 Crème fraîche 0.99 EUR"},
		"Excel in China":        {gbk, "101 燕麦奶 2.49 EUR"},
		"separators at the end": {"number;name;price\n101;apple juice;1,89;;;\n", "101 apple juice 1.89 EUR"},
	} {
		items := read(t, c.text)
		if got := fmt.Sprint(items[0].Number, " ", items[0].Name, " ", items[0].Price); len(items) != 1 || got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestColumnsMayBeNamed(t *testing.T) {
	const text = "Nr;Ware;Was es kostet;Notiz\n101;apple juice;1,89;cold\n"
	_, err := Read([]byte(text), "EUR", nil)
	var rows RowErrors
	if !errors.As(err, &rows) || len(rows) != 7 || !rows[0].Unknown || rows[0].Column != "nr" || rows[6].Unknown {
		t.Fatalf("got %+v", rows)
	}
	as := Columns{"nr": "number", "ware": "name", "was es kostet": "price", "notiz": ""}
	items, err := Read([]byte(text), "EUR", as)
	if err != nil || len(items) != 1 || items[0].Price != money.Of(189, "EUR") {
		t.Errorf("got %+v, %v", items, err)
	}
	items, err = Read(workbook(t, []sheet{{"Items", [][]any{{"Nr", "Ware", "Was es kostet", "Notiz"}, {101, "apple juice", 1.89, "cold"}}}}), "EUR", as)
	if err != nil || len(items) != 1 || items[0].Name != "apple juice" {
		t.Errorf("of a workbook: got %+v, %v", items, err)
	}
	as["notiz"] = "colour"
	if _, err = Read([]byte(text), "EUR", as); !errors.As(err, &rows) || rows[0].Column != "colour" {
		t.Errorf("a column that is none: got %v", err)
	}
}

func TestWhatIsTaken(t *testing.T) {
	row := func(columns, values string) Item {
		t.Helper()
		return read(t, "number,name,price"+columns+"\n1203,oat milk,2.49"+values+"\n")[0]
	}
	for in, want := range map[string]int{"": 0, "0": 0, "7": 700, "19 %": 1900, "5.5": 550, `"5,5"`: 550, "100": 10000} {
		if got := row(",tax", ","+in).TaxBP; got != want {
			t.Errorf("tax %q: got %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string]string{"": Each, "each": Each, "EACH": Each, "kg": "kg", "KG": "kg", "l": "l", "L": "l"} {
		if got := row(",unit", ","+in).Unit; got != want {
			t.Errorf("unit %q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]int64{"0": 0, "2": 200, "2.5": 250, "2.49": 249, `"2,49"`: 249, "1000000.00": 100_000_000} {
		if got := read(t, "number,name,price\n1,x,"+in+"\n")[0].Price; got != money.Of(want, "EUR") {
			t.Errorf("price %q: got %v, want %d", in, got, want)
		}
	}
	for _, gtin := range []string{"", "96385074", "036000291452", "4006381333931", "00012345600012"} {
		if got := row(",gtin", ","+gtin).GTIN; got != gtin {
			t.Errorf("gtin %q: got %q", gtin, got)
		}
	}
	if got := row(",stock,unit", ",\"1,5\",kg").Stock; got == nil || *got != 1500 {
		t.Errorf("got stock %v, want 1.5", got)
	}
	if got := row(",stock", ",").Stock; got != nil {
		t.Errorf("got stock %v where none is counted", *got)
	}
	if got := row(",stock", ",0").Stock; got == nil || *got != 0 {
		t.Errorf("got stock %v, want none left", got)
	}
}

func TestAllFaultsAreNamedAtOnceAndNothingIsTaken(t *testing.T) {
	got := faults(t, "number,name,price,gtin\n1203,oat milk,2.49,\nx,soy milk,-1,123\n1205,,1.00,\n1203,goat milk,3,\n1206,whole milk,1\n")
	var lines []string
	for _, f := range got {
		lines = append(lines, fmt.Sprintf("%d %s", f.Line, f.Column))
	}
	want := "3 number, 3 price, 3 gtin, 4 name, 5 number, 6 row"
	if strings.Join(lines, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(lines, ", "), want)
	}
	if !strings.HasPrefix(got.Error(), "6 faults: line 3, ") || !strings.HasSuffix(got.Error(), "; and 1 more") {
		t.Errorf("got %q", got.Error())
	}
}

func TestFaultsEnd(t *testing.T) {
	got := faults(t, "number,name,price\n"+strings.Repeat("x,,\n", 5000))
	if len(got) < maxFaults || len(got) > maxFaults+10 {
		t.Errorf("got %d faults", len(got))
	}
}

func TestTooManyItems(t *testing.T) {
	var b strings.Builder
	b.WriteString("number,name,price\n")
	for i := range MaxItems {
		fmt.Fprintf(&b, "%d,item %d,1\n", i, i)
	}
	if got := read(t, b.String()); len(got) != MaxItems {
		t.Errorf("got %d items", len(got))
	}
	b.WriteString("999999,one more,1\n")
	if got := faults(t, b.String()); got[0].Line != MaxItems+2 || !strings.Contains(got[0].Reason, "over 100000 items") {
		t.Errorf("got %v", got)
	}
}

// endless gives lines for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestAnUploadWithoutEnd(t *testing.T) {
	_, err := ReadCSV(endless{}, "EUR")
	var faults RowErrors
	if !errors.As(err, &faults) || !strings.Contains(faults[0].Reason, "over 32 MiB") {
		t.Errorf("got %v", err)
	}
}

var errLine = errors.New("the line dropped")

type dropping struct{}

func (dropping) Read([]byte) (int, error) { return 0, errLine }

func TestAnUploadThatBreaksIsNoFaultOfTheFile(t *testing.T) {
	_, err := ReadCSV(dropping{}, "EUR")
	var faults RowErrors
	if !errors.Is(err, errLine) || errors.As(err, &faults) {
		t.Errorf("got %v", err)
	}
}

func TestCurrenciesHaveTheirOwnDecimals(t *testing.T) {
	const text = "number,name,price\n1,tea,300\n"
	for currency, want := range map[money.Currency]int64{"EUR": 30000, "JPY": 300, "KWD": 300000} {
		items, err := ReadCSV(strings.NewReader(text), currency)
		if err != nil || items[0].Price != money.Of(want, currency) {
			t.Errorf("%s: got %v, %v", currency, items, err)
		}
	}
	if _, err := ReadCSV(strings.NewReader("number,name,price\n1,tea,3.5\n"), "JPY"); err == nil {
		t.Error("half a yen was taken")
	}
}

func TestTheDemoCatalogues(t *testing.T) {
	for name, want := range map[string]int{"demo/catalog.csv": 52, "demo/coffee.csv": 10} {
		f, err := models.FS.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		items, err := ReadCSV(f, "EUR")
		f.Close()
		if err != nil || len(items) != want {
			t.Errorf("%s: got %d items, %v; want %d", name, len(items), err, want)
		}
	}
}

func TestCheckDigit(t *testing.T) {
	for _, good := range []string{"96385074", "036000291452", "4006381333931", "00012345600012", "0"} {
		if !CheckDigit(good) {
			t.Errorf("%s is right", good)
		}
	}
	const gtin = "4006381333931"
	for at := range gtin {
		for d := byte('0'); d <= '9'; d++ {
			if d == gtin[at] {
				continue
			}
			if wrong := gtin[:at] + string(d) + gtin[at+1:]; CheckDigit(wrong) {
				t.Errorf("%s has one wrong digit and passed", wrong)
			}
		}
	}
	if CheckDigit("") {
		t.Error("nothing passed")
	}
}

// FuzzReadCSV: whatever is uploaded, items that keep the rules or faults, never
// both, never a panic.
func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{plain, "", "number;name;price\n1;a;2,49", inUTF16(plain, true), inUTF16(plain, false), inUTF32(plain, true),
		"\xff\xfe", "\xff", "\"", "number,name,price,options\n1,a,1,s=x|y+1;t=", "number,name,price,tax,stock,gtin\n1,a,1,5 %,1.5,96385074",
		"number,name,price\n1,a\n1,a,1,1\n", "number,name,price\n1," + strings.Repeat("é", 201) + ",1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, err := ReadCSV(strings.NewReader(string(data)), "EUR")
		if err != nil {
			var faults RowErrors
			if !errors.As(err, &faults) || len(faults) == 0 || len(items) > 0 {
				t.Fatalf("%d items, %v", len(items), err)
			}
			for _, fault := range faults {
				if fault.Reason == "" || fault.Column == "" && fault.Line > 1 {
					t.Errorf("%+v", fault)
				}
			}
			return
		}
		mustBeGood(t, items)
	})
}

func mustBeGood(t *testing.T, items []Item) {
	t.Helper()
	if len(items) == 0 {
		t.Error("no items and no fault")
	}
	numbers := map[string]bool{}
	for _, it := range items {
		if numbers[it.Number] {
			t.Errorf("number %s is there twice", it.Number)
		}
		numbers[it.Number] = true
		if it.Number == "" || it.Name == "" || it.Price.Minor < 0 || it.TaxBP < 0 || it.TaxBP > 10000 || it.Price.Currency != "EUR" {
			t.Errorf("%+v", it)
		}
		if it.Unit != Each && it.Unit != "kg" && it.Unit != "l" || it.Stock != nil && *it.Stock < 0 {
			t.Errorf("%+v", it)
		}
	}
}

func TestWhatAnItemIsCalledInChinese(t *testing.T) {
	items, err := ReadCSV(strings.NewReader("number,name,also,price,name_zh\n1,oat milk,燕麦牛奶,1,燕麦奶\n2,bread,面包|roll,1,\n3,豆腐,tofu,1,\n4,tea,,1,\n"), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"燕麦奶", "面包", "豆腐", ""} {
		if got := items[i].Chinese(); got != want {
			t.Errorf("%s: got %q, want %q", items[i].Name, got, want)
		}
	}
	var rows RowErrors
	_, err = ReadCSV(strings.NewReader("number,name,price,name_zh\n1,oat milk,1,"+strings.Repeat("奶", 201)+"\n"), "EUR")
	if !errors.As(err, &rows) || rows[0].Column != "name_zh" || rows[0].Line != 2 {
		t.Errorf("got %v", err)
	}
}

func TestRowsWithNothingInThemAreNone(t *testing.T) {
	items, err := ReadCSV(strings.NewReader("number,name,price\n,,\n1203,oat milk,2.49\n\n , ,\n,,\n"), "EUR")
	if err != nil || len(items) != 1 || items[0].Number != "1203" {
		t.Errorf("got %v, %v", items, err)
	}
}
