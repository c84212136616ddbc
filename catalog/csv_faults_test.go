package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestAFileThatIsNoCatalogueIsNamedAsSuch(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want RowError
	}{
		"nothing":              {"", RowError{Line: 1, Column: "file"}},
		"empty lines":          {"\n\n\n", RowError{Line: 1, Column: "file"}},
		"a byte order mark":    {"\xEF\xBB\xBF", RowError{Line: 1, Column: "file"}},
		"half of UTF-16":       {"\xFF\xFE", RowError{Line: 1, Column: "file"}},
		"an open quote":        {`"number,name,price`, RowError{Line: 1, Column: "file"}},
		"a header only":        {"number,name,price\n", RowError{Line: 1, Column: "file"}},
		"an open quote, later": {"number,name,price\n1203,\"oat milk,2.49\n", RowError{Line: 2, Column: "file"}},
		"a quote in a field":   {"number,name,price\n1203,oat\" milk,2.49\n", RowError{Line: 2, Column: "file"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCSV(strings.NewReader(c.text), "EUR")
			var rows RowErrors
			if !errors.As(err, &rows) || len(rows) != 1 || rows[0].Line != c.want.Line || rows[0].Column != c.want.Column || rows[0].Reason == "" {
				t.Errorf("got %v, want one fault of %s on line %d", err, c.want.Column, c.want.Line)
			}
		})
	}
}
