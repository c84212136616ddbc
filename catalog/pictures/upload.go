package pictures

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"strings"

	"voicetill/catalog"
)

// zipMark begins every ZIP file that has an entry.
var zipMark = []byte("PK\x03\x04")

// Open splits an upload into the catalogue, as catalog.Read takes it, and the
// files beside it. What is not a ZIP file, or is a workbook, is a catalogue with
// none. The error is catalog.RowErrors.
func Open(upload []byte) (list []byte, files fs.FS, err error) {
	if !bytes.HasPrefix(upload, zipMark) || catalog.IsWorkbook(upload) {
		return upload, nil, nil
	}
	z, err := zip.NewReader(bytes.NewReader(upload), int64(len(upload)))
	if err != nil {
		return nil, nil, catalog.WholeFile("is a ZIP file that cannot be opened")
	}
	var found []*zip.File
	for _, f := range z.File {
		if isList(f.Name) && !strings.HasPrefix(path.Base(f.Name), ".") && !strings.HasPrefix(f.Name, "__MACOSX/") {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return nil, nil, catalog.WholeFile("must have one CSV or XLSX file in it, the catalogue")
	}
	f, err := found[0].Open()
	if err != nil {
		return nil, nil, catalog.WholeFile("is a ZIP file that cannot be opened")
	}
	defer f.Close()
	if list, err = io.ReadAll(io.LimitReader(f, catalog.MaxCSV+1)); err != nil {
		return nil, nil, catalog.WholeFile("is a ZIP file that is damaged")
	}
	if files, err = fs.Sub(z, path.Dir(found[0].Name)); err != nil {
		return nil, nil, catalog.WholeFile("has a name in it that is none")
	}
	return list, files, nil
}

func isList(name string) bool {
	kind := strings.ToLower(path.Ext(name))
	return kind == ".csv" || kind == ".xlsx"
}
