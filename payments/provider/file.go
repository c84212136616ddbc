package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// ReadFile reads a configuration file, a JSON object, into a struct. A field
// that the struct has not is an error.
func ReadFile(name string, into any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the file is no JSON object of the fields that docs/payments.md names: %w", err)
	}
	return nil
}

// Beside is a file that a configuration file names: relative to its folder.
func Beside(name, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(name), file)
}
