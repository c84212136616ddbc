package alipay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"voicetill/payments/rsakey"
)

// file is the configuration as JSON. Files are relative to its folder.
type file struct {
	AppID         string `json:"app_id"`
	Seller        string `json:"seller_id"`
	KeyFile       string `json:"private_key_file"`
	AlipayKeyFile string `json:"alipay_public_key_file"`
	URL           string `json:"base_url"`
	Notify        string `json:"notify_url"`
}

// Read makes a Gateway from a configuration file. ErrConfig with all mistakes
// and what to do about each.
func Read(name string) (*Gateway, error) {
	f, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, name, err)
	}
	c := Config{AppID: f.AppID, Seller: f.Seller, URL: f.URL, Notify: f.Notify}
	var wrong []error
	beside := func(file string) string {
		if filepath.IsAbs(file) {
			return file
		}
		return filepath.Join(filepath.Dir(name), file)
	}
	if f.KeyFile != "" {
		if c.Key, err = rsakey.ReadPrivate(beside(f.KeyFile)); err != nil {
			wrong = append(wrong, fmt.Errorf("private_key_file: %w", err))
		}
	}
	if f.AlipayKeyFile != "" {
		if c.AlipayKey, err = rsakey.ReadPublic(beside(f.AlipayKeyFile)); err != nil {
			wrong = append(wrong, fmt.Errorf("alipay_public_key_file: %w", err))
		}
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, name, errors.Join(wrong...))
	}
	g, err := New(c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

func readFile(name string) (f file, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return f, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("the file is no JSON object of the fields that docs/payments.md names: %w", err)
	}
	return f, nil
}
