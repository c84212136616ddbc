package server

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// holdsNUL reports whether a JSON text has the character U+0000 in a string:
// PostgreSQL stores none, and SQLite cuts texts there.
func holdsNUL(data []byte) bool {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(data[i:], []byte(`\u0000`)) {
			return true
		}
		i++ // what is escaped
	}
	return false
}

// isText reports whether path and query of an address are UTF-8 without U+0000.
func isText(r *http.Request) bool {
	values, _ := url.ParseQuery(r.URL.RawQuery) // what of it can be read, as every handler sees it
	for _, texts := range values {
		for _, text := range texts {
			if !isPlain(text) {
				return false
			}
		}
	}
	return isPlain(r.URL.Path)
}

func isPlain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
